/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The maps of tarpit.xdp.o, which `xt-tarpit xdp` fills. A program of yours may fill them, too:
 * they are pinned in /sys/fs/bpf/xt-tarpit/INTERFACE under the names here. Addresses are in network
 * order, all other numbers in that of the machine.
 */
#ifndef _TARPIT_XDP_H
#define _TARPIT_XDP_H

/*
 * settings: one entry, with the key 0. A limit has an interval above 0. After a change of the
 * limit, delete all entries of sources, else a source stays over the old one.
 */
struct settings {
	__u32 flags;		/* BPF_TARPIT_FLAGS() */
	__u32 by_device;	/* 1: redirect to the device even if the function is there */
	__u64 interval;		/* nanoseconds between two frames of a source at its limit */
	__u64 tolerance;	/* interval * (burst - 1): so far ahead its time may be */
	__u32 count;		/* for status: the limit is so many frames */
	__u32 period;		/* in so many seconds */
	__u32 burst;		/* and so many at once */
	__u32 device;		/* the index of the tarpit device that was made, or 0; its offset
				 * stays, because detach of another version reads it
				 */
};

/*
 * ports: an array. Bit PORT % PORTS_A_WORD of the entry PORT / PORTS_A_WORD is 1 if the program
 * gives this port to the tarpit. The program reads an entry in one access, but two writers can
 * undo each other's bits: `xt-tarpit xdp port` holds an exclusive flock(2) on the directory
 * meanwhile.
 */
#define PORTS_A_WORD 64

/*
 * prefixes4, prefixes6: tries, from a prefix of the destination to enum destination. The longest
 * prefix decides, and the ports then do not count.
 */
enum destination {
	DESTINATION_TARPIT = 1,	/* all its TCP ports */
	DESTINATION_LEAVE = 2,	/* none of its ports, whatever the map ports says */
};

/* counters: each is the number of TCP frames. */
enum counter {
	COUNTER_PORT,		/* given to the tarpit because of the port */
	COUNTER_PREFIX,		/* given to the tarpit because of the destination's prefix */
	COUNTER_LEFT,		/* left to the host because of the destination's prefix */
	COUNTER_SPARED,		/* left to the host because of the source */
	COUNTER_LIMITED,	/* dropped, because the source was over its limit */
	COUNTERS,
};

/*
 * spared4, spared6: tries, from a prefix of the source to a number that does not matter (the tool
 * writes 1). A frame of such a source goes to the host.
 *
 * All tries have these keys.
 */
struct prefix4 {
	__u32 length;		/* in bits */
	__u8 address[4];
};

struct prefix6 {
	__u32 length;
	__u8 address[16];
};

#define PREFIXES 65536		/* in each trie */

/*
 * sources: from a source to a time of CLOCK_MONOTONIC in nanoseconds, which each frame puts off by
 * the interval of the limit. In IPv4 a source is an address, in IPv6 a network of 64 bits.
 *
 * The map is a hash that forgets the sources that it has not seen for long. The kernel does so by
 * processor and in batches, so it may forget some before it has SOURCES of them; their limit then
 * starts again.
 */
#define SOURCES 65536

struct source {
	__u8 address[16];	/* ::ffff:ADDRESS in IPv4; the network and 8 bytes of 0 in IPv6 */
};

/*
 * devices: one entry, with the key 0: the index of the tarpit device. It is for redirects only, and
 * the kernel deletes the entry when the device goes. Without it the program leaves frames to the
 * host.
 */

#endif /* _TARPIT_XDP_H */

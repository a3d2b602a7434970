/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The maps of tarpit.xdp.o, which `xt-tarpit xdp` fills. Programs of yours may fill them, too:
 * they are pinned in /sys/fs/bpf/xt-tarpit/INTERFACE under the names here.
 */
#ifndef _TARPIT_XDP_H
#define _TARPIT_XDP_H

/* settings: one entry. A limit has an interval above 0. */
struct settings {
	__u32 flags;		/* BPF_TARPIT_FLAGS() */
	__u32 by_device;	/* 1: redirect to the device even if the function is there */
	__u64 interval;		/* nanoseconds between two frames of a source at its limit */
	__u64 tolerance;	/* nanoseconds that a source may be ahead: its burst */
	__u32 count;		/* the limit as it was given: so many frames */
	__u32 period;		/* in so many seconds */
	__u32 burst;
	__u32 device;		/* the index of the tarpit device that was made, or 0 */
};

/* prefixes4, prefixes6: destinations. The longest prefix decides. */
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

struct prefix4 {
	__u32 length;
	__u8 address[4];
};

struct prefix6 {
	__u32 length;
	__u8 address[16];
};

#define PORTS_A_WORD 64
#define PREFIXES 65536
#define SOURCES 65536

#endif /* _TARPIT_XDP_H */

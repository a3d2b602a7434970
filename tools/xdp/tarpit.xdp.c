// SPDX-License-Identifier: GPL-2.0
/*
 * tarpit.xdp.o - an XDP program that gives TCP frames to the tarpit by ports and prefixes.
 *
 * `xt-tarpit xdp attach` loads it. A frame goes to bpf_xdp_tarpit() where the module offers that,
 * else by redirect to a tarpit device. What no map names, and what is not understood, goes on to
 * the host.
 */
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <stdbool.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "bpf_tarpit.h"
#include "tarpit.h"
#include "parse.h"

#define ATTEMPTS 4

/* The module may not have it. */
extern int bpf_xdp_tarpit(struct xdp_md *ctx, __u32 flags) __ksym __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct settings);
} settings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 65536 / PORTS_A_WORD);
	__type(key, __u32);
	__type(value, __u64);
} ports SEC(".maps");

#define PREFIX_MAP(name, prefix)				\
	struct {						\
		__uint(type, BPF_MAP_TYPE_LPM_TRIE);		\
		__uint(max_entries, PREFIXES);			\
		__uint(map_flags, BPF_F_NO_PREALLOC);		\
		__type(key, struct prefix);			\
		__type(value, __u32);				\
	} name SEC(".maps")

PREFIX_MAP(prefixes4, prefix4);
PREFIX_MAP(prefixes6, prefix6);
PREFIX_MAP(spared4, prefix4);
PREFIX_MAP(spared6, prefix6);

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, SOURCES);
	__type(key, struct source);
	__type(value, __u64);
} sources SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} devices SEC(".maps");

static __always_inline void count(__u32 which)
{
	__u64 *counter = bpf_map_lookup_elem(&counters, &which);

	if (counter)
		*counter += 1;
}

static __always_inline bool port_is_wanted(const struct packet *packet)
{
	__u32 word = packet->port / PORTS_A_WORD;
	__u64 *bits = bpf_map_lookup_elem(&ports, &word);

	return packet->has_port && bits && *bits >> packet->port % PORTS_A_WORD & 1;
}

/* Returns the counter of the reason; COUNTERS if there is none. */
static __always_inline enum counter reason(const struct packet *packet)
{
	__u32 *destination = packet->ipv6 ?
		bpf_map_lookup_elem(&prefixes6, &packet->to6) :
		bpf_map_lookup_elem(&prefixes4, &packet->to4);

	if (destination)
		return *destination == DESTINATION_TARPIT ? COUNTER_PREFIX : COUNTER_LEFT;
	return port_is_wanted(packet) ? COUNTER_PORT : COUNTERS;
}

static __always_inline bool is_spared(const struct packet *packet)
{
	return packet->ipv6 ? bpf_map_lookup_elem(&spared6, &packet->from6) :
			      bpf_map_lookup_elem(&spared4, &packet->from4);
}

/*
 * The time of a source is when the frames that it has sent are paid off: each frame puts it off by
 * the interval. A frame is over the limit if that time is further ahead than the tolerance.
 */
static __always_inline bool is_over_limit(const struct packet *packet,
					  const struct settings *limit)
{
	__u64 now = bpf_ktime_get_ns(), first = now + limit->interval, *paid, seen, then;

	paid = bpf_map_lookup_elem(&sources, &packet->source);
	if (!paid) {
		if (!bpf_map_update_elem(&sources, &packet->source, &first, BPF_NOEXIST))
			return false;
		/* Another processor was faster, or there is no room. */
		paid = bpf_map_lookup_elem(&sources, &packet->source);
	}
	for (int attempt = 0; paid && attempt < ATTEMPTS; attempt++) {
		seen = *paid;
		barrier_var(seen);
		then = seen > now ? seen : now;
		if (then - now > limit->tolerance)
			return true;
		if (__sync_val_compare_and_swap(paid, seen, then + limit->interval) == seen)
			return false;
	}
	return true;
}

SEC("xdp")
int tarpit(struct xdp_md *ctx)
{
	struct settings *set = bpf_map_lookup_elem(&settings, &(__u32){ 0 });
	struct packet packet = {};
	enum counter why;

	if (!set || !parse(ctx, &packet))
		return XDP_PASS;
	why = reason(&packet);
	if (why == COUNTERS)
		return XDP_PASS;
	if (why != COUNTER_LEFT && is_spared(&packet))
		why = COUNTER_SPARED;
	else if (why != COUNTER_LEFT && set->interval && is_over_limit(&packet, set))
		why = COUNTER_LIMITED;
	count(why);
	if (why == COUNTER_LIMITED)
		return XDP_DROP;
	if (why == COUNTER_LEFT || why == COUNTER_SPARED)
		return XDP_PASS;
	if (bpf_ksym_exists(bpf_xdp_tarpit) && !set->by_device)
		return bpf_xdp_tarpit(ctx, set->flags);
	return bpf_redirect_map(&devices, 0, XDP_PASS);
}

char terms[] SEC("license") = "GPL";

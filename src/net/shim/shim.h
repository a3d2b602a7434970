/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What Rust cannot reach: the kernel's inline functions and macros, one wrapper
 * each, and structures whose layout depends on the configuration. src/net/ffi.rs is
 * the other side; both are written by hand, so keep them in the same order.
 */
#ifndef _XT_TARPIT_SHIM_H
#define _XT_TARPIT_SHIM_H

#include <linux/build_bug.h>
#include <linux/in6.h>
#include <linux/stddef.h>
#include <linux/types.h>

struct dst_entry;
struct net;
struct net_device;
struct seq_file;
struct sk_buff;
struct xt_action_param;

/* What each network namespace sets aside, zeroed; src/net/namespace.rs has the same. */
struct tarpit_state {
	u64 key[2];
	u64 __percpu *counters;
};

static_assert(sizeof(struct tarpit_state) == 24);

/*
 * What routing makes of a packet that came in. In Rust it is an enum: nothing else may
 * be returned as one of these.
 */
enum tarpit_way_in {
	TARPIT_UNROUTED,	/* no route yet */
	TARPIT_TO_ONE_HOST,
	TARPIT_TO_MANY_HOSTS,	/* multicast, broadcast, anycast */
	TARPIT_REFUSED,		/* a martian */
	TARPIT_UNREACHABLE,	/* the host neither takes nor forwards it */
};

/* A packet in a hook of netfilter: what x_tables hands over, and all that one look tells. */
struct tarpit_packet {
	struct sk_buff *skb;
	struct net *net;
	struct net_device *in;
	struct tarpit_state *state;
	const u64 *key;			/* the state's */
	u32 length;
	u32 way_in;			/* enum tarpit_way_in */
	const u8 *head;			/* the linear part, from the IP header on */
	u32 head_length;
	bool ipv6;
	u8 hook;			/* NF_INET_NUMHOOKS without a device to come in by */
	bool drawn;			/* the key is */
	bool to_us;			/* the link layer's address is ours */
	bool unsummed;			/* nobody has looked at its checksum */
	bool traced;			/* somebody listens to a tracepoint of ours */
};

static_assert(sizeof(struct tarpit_packet) == 72);
static_assert(offsetof(struct tarpit_packet, traced) == 65);

/* A text of Rust: no zero at its end. */
struct tarpit_text {
	const char *start;
	size_t length;
};

/*
 * What a tracepoint tells of a packet: from where to where, with ports;
 * each is a struct sockaddr_in for IPv4.
 */
struct tarpit_ends {
	struct sockaddr_in6 source;
	struct sockaddr_in6 destination;
};

/* A route, with a reference to it, and what it says. */
struct tarpit_route {
	struct dst_entry *dst;
	u32 mtu;
	u32 advmss;
	s32 hop_limit;
	bool to_one_host;
	bool inward;		/* to this very host, though the packet came from outside */
	bool by_bridge;		/* the reply leaves by the segment's bridge port */
};

static_assert(sizeof(struct tarpit_route) == 24);
static_assert(offsetof(struct tarpit_route, by_bridge) == 22);

/*
 * A reply and where its bytes start; both NULL where there is none. Two registers hold it,
 * and Rust need not know how an skb is laid out.
 */
struct tarpit_reply {
	struct sk_buff *skb;
	u8 *data;
};

/* Rust, called by C; the first two only by src/compat/module.c. */
int xt_tarpit_init(void);
void xt_tarpit_exit(void);
u32 xt_tarpit_tg0_v4(const struct tarpit_packet *packet, const void *info);
u32 xt_tarpit_tg0_v6(const struct tarpit_packet *packet, const void *info);
u32 xt_tarpit_tg1_v4(const struct tarpit_packet *packet, const void *info);
u32 xt_tarpit_tg1_v6(const struct tarpit_packet *packet, const void *info);
const char *xt_tarpit_tg0_check(const void *info, bool in_nat);
const char *xt_tarpit_tg1_check(const void *info, bool in_nat);
int xt_tarpit_net_init(struct net *net);
void xt_tarpit_net_exit(struct net *net);
void xt_tarpit_show(struct seq_file *file, struct tarpit_state *state);

/* C, called by C. */
extern unsigned int tarpit_net_id;
bool tarpit_is_bridged(const struct tarpit_packet *packet);
bool tarpit_bridge_reaches_peer(const struct tarpit_packet *packet);
unsigned int tarpit_tg0_v4(struct sk_buff *skb, const struct xt_action_param *par);
unsigned int tarpit_tg0_v6(struct sk_buff *skb, const struct xt_action_param *par);
unsigned int tarpit_tg1_v4(struct sk_buff *skb, const struct xt_action_param *par);
unsigned int tarpit_tg1_v6(struct sk_buff *skb, const struct xt_action_param *par);

/* C, called by Rust. */
int tarpit_targets_register(void);
void tarpit_targets_unregister(void);

int tarpit_net_register(void);
void tarpit_net_unregister(void);
struct tarpit_state *tarpit_net_state(const struct net *net);

u64 __percpu *tarpit_counters_alloc(size_t count);
void tarpit_counters_free(u64 __percpu *counters);
void tarpit_counters_inc(u64 __percpu *counters, size_t index);
void tarpit_counters_tally(u64 __percpu *counters, size_t first, size_t kind,
			   u64 age, u64 payload);
u64 tarpit_counters_sum(const u64 __percpu *counters, size_t index);
bool tarpit_proc_create(struct net *net);
void tarpit_proc_remove(struct net *net);
u64 tarpit_random_u64(void);
u32 tarpit_clock_ms(void);

u32 tarpit_route_in(const struct tarpit_packet *packet);
u16 tarpit_checksum(const struct tarpit_packet *packet, unsigned int offset);

bool tarpit_route_back(const struct tarpit_packet *packet,
		       __be16 sport, __be16 dport, struct tarpit_route *route);
void tarpit_dst_release(struct dst_entry *dst);

struct tarpit_reply tarpit_reply_rewrite(const struct tarpit_packet *packet,
					 unsigned int length, struct dst_entry *dst,
					 bool track);
struct tarpit_reply tarpit_reply_alloc(const struct tarpit_packet *packet,
				       unsigned int length, struct dst_entry *dst,
				       bool track);
void tarpit_reply_set_closing(const struct sk_buff *skb);
void tarpit_reply_free(struct sk_buff *skb);
void tarpit_reply_send(struct sk_buff *skb, struct net *net, bool ipv6);
void tarpit_reply_bridge(struct sk_buff *skb, const struct tarpit_packet *packet);

void tarpit_trace_reply(const struct sk_buff *skb, bool ipv6,
			struct tarpit_text mode, s64 age);
void tarpit_trace_ignored(const struct tarpit_packet *packet, struct tarpit_text mode,
			  struct tarpit_text reason, s64 age);

#endif /* _XT_TARPIT_SHIM_H */

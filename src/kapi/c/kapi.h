/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The border between C and Rust: the kernel's inline functions and macros, one wrapper
 * each, and structures whose layout depends on the configuration. bindgen generates
 * src/kapi/bindings.rs from this header (make bindings), and lint compares the two.
 */
#ifndef _XT_TARPIT_KAPI_H
#define _XT_TARPIT_KAPI_H

#ifdef __BINDGEN__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define u8 uint8_t
#define u16 uint16_t
#define __be16 uint16_t
#define u32 uint32_t
#define u64 uint64_t
#define s32 int32_t
#define s64 int64_t
#define __percpu
#else
#include <linux/stddef.h>
#include <linux/types.h>
#endif

struct dst_entry;
struct net;
struct net_device;
struct nf_hook_state;
struct seq_file;
struct sk_buff;

/* The state of each network namespace, zeroed by the kernel. */
struct tarpit_netns {
	u64 key[2];		/* 0 until it is drawn */
	u64 __percpu *counters;
};

/* What input routing decides about a packet. */
enum tarpit_input_route {
	TARPIT_UNROUTED,	/* no route yet */
	TARPIT_UNICAST,		/* to one host */
	TARPIT_NOT_UNICAST,	/* multicast, broadcast, anycast */
	TARPIT_MARTIAN,		/* source validation refuses it */
	TARPIT_UNREACHABLE,	/* the host neither takes nor forwards it */
};

/* What netfilter does with the packet; packet.c asserts the values. */
enum tarpit_verdict {
	TARPIT_DROP = 0,
	TARPIT_STOLEN = 2,
};

/* The hooks that packets come in by, or a device; packet.c asserts the values. */
enum tarpit_hook {
	TARPIT_PRE_ROUTING = 0,
	TARPIT_LOCAL_IN = 1,
	TARPIT_FORWARD = 2,
	TARPIT_DEVICE = 16,
	TARPIT_OTHER_HOOK = 255,
};

/* The ways by which a reply leaves. */
enum tarpit_way {
	TARPIT_BY_ROUTE,
	TARPIT_BY_BRIDGE,	/* by the segment's bridge port */
	TARPIT_REFLECT,		/* out by the device where the packet came in */
	TARPIT_RECEIVE,		/* in by the tarpit device */
	TARPIT_RECEIVE_SENT,	/* in by the device that was about to send the packet */
};

/* Where a packet came in before it was sent to a tarpit device. */
enum tarpit_origin {
	TARPIT_FROM_HOST,
	TARPIT_FROM_ETHERNET,
	TARPIT_FROM_TARPIT,
	TARPIT_FROM_OTHER,
};

/* How a packet came to a tarpit device. */
struct tarpit_arrival {
	struct net_device *dev;		/* the tarpit device */
	struct net_device *sent;	/* the device that was about to send it, or NULL */
	u8 mac[12];			/* destination and source, if it has an Ethernet header */
	__be16 vlan_proto;		/* 0: it has no tag */
	u16 vlan_tci;
	u8 origin;			/* enum tarpit_origin */
	u8 way;				/* enum tarpit_way; Rust writes it */
	bool routed;			/* a route led to the device */
	bool port;			/* the device is a bridge's port, or below a macvlan */
	bool egress;			/* it was redirected where another device sends */
	bool ethernet;			/* it has an Ethernet header */
	bool ipsec;			/* IPsec delivered it, or may apply to the reply */
	bool gso;			/* it is a super-packet */
	bool nat;			/* its connection is NATed */
};

/* A packet in a netfilter hook or a device, with the properties that one call reads. */
struct tarpit_packet {
	struct sk_buff *skb;
	struct net *net;
	struct net_device *in;
	struct tarpit_netns *netns;
	u32 length;			/* from the IP header on */
	u32 input_route;		/* enum tarpit_input_route */
	const u8 *head;			/* the linear part, from the IP header on */
	u32 head_length;
	bool ipv6;
	u8 hook;			/* enum tarpit_hook */
	bool has_key;			/* the namespace's key is drawn */
	bool pkt_host;			/* the link-layer address is ours */
	bool csum_none;			/* the device reports nothing about the checksum */
	bool traced;			/* a tracepoint of ours is enabled */
	struct tarpit_arrival arrival;	/* only if the hook is TARPIT_DEVICE */
};

/* What connection tracking has seen of a connection; the packet is for "our" side. */
struct tarpit_tracked {
	u32 una;		/* the highest acknowledgement of ours */
	u32 next;		/* the end of what our side has sent */
	u32 our_window;		/* the largest that our side has offered */
	u32 peer_window;
};

/* A Rust string: not terminated by a zero. */
struct tarpit_text {
	const char *start;
	size_t length;
};

/* A route, with a reference to it, and its properties. */
struct tarpit_route {
	struct dst_entry *dst;	/* NULL where the link alone leads to the peer */
	u32 mtu;
	u32 advmss;
	s32 hop_limit;
	bool unicast;
	bool inward;		/* to this host, although the packet came from outside */
	u8 way;			/* enum tarpit_way */
};

/*
 * A reply and where its bytes start; both NULL if there is none. It is returned in two
 * registers, and Rust does not depend on the layout of an skb.
 */
struct tarpit_reply {
	struct sk_buff *skb;
	u8 *data;
};

/* Rust, called by C. */
int xt_tarpit_net_init(struct net *net);
void xt_tarpit_net_exit(struct net *net);
void xt_tarpit_show(struct seq_file *file, struct tarpit_netns *netns);

/* C, called by Rust. */
int tarpit_net_register(void);
void tarpit_net_unregister(void);
struct tarpit_netns *tarpit_net_state(const struct net *net);

u64 __percpu *tarpit_counters_alloc(size_t count);
void tarpit_counters_free(u64 __percpu *counters);
void tarpit_counters_inc(u64 __percpu *counters, size_t index);
void tarpit_counters_add(u64 __percpu *counters, size_t index, u64 value);
void tarpit_counters_update(u64 __percpu *counters, size_t first, size_t kind,
			    u64 age, u64 payload);
u64 tarpit_counters_sum(const u64 __percpu *counters, size_t index);
bool tarpit_proc_create(struct net *net);
void tarpit_proc_remove(struct net *net);
u64 tarpit_random_u64(void);
u32 tarpit_clock_ms(void);

u32 tarpit_route_in(const struct tarpit_packet *packet);
bool tarpit_tracked(const struct tarpit_packet *packet, struct tarpit_tracked *tracked);
void tarpit_tracked_answered(const struct tarpit_packet *packet);
u16 tarpit_checksum(const struct tarpit_packet *packet, u32 offset);

bool tarpit_route_back(const struct tarpit_packet *packet,
		       __be16 sport, __be16 dport, struct tarpit_route *route);
bool tarpit_device_route_back(const struct tarpit_packet *packet,
			      __be16 sport, __be16 dport, struct tarpit_route *route);
void tarpit_dst_release(struct dst_entry *dst);
void tarpit_trim(struct tarpit_packet *packet, u32 length);

struct tarpit_reply tarpit_reply_rewrite(const struct tarpit_packet *packet,
					 u32 length, const struct tarpit_route *route, bool track);
struct tarpit_reply tarpit_reply_alloc(const struct tarpit_packet *packet,
				       u32 length, const struct tarpit_route *route, bool track);
void tarpit_reply_set_closing(const struct sk_buff *skb);
void tarpit_reply_free(struct sk_buff *skb);
void tarpit_reply_send(struct sk_buff *skb, struct net *net, bool ipv6);
void tarpit_reply_bridge(struct sk_buff *skb, const struct tarpit_packet *packet);
void tarpit_reply_link(struct sk_buff *skb, const struct tarpit_packet *packet, u8 way);

void tarpit_trace_reply(const struct sk_buff *skb, bool ipv6,
			struct tarpit_text mode, s64 age);
void tarpit_trace_ignored(const struct tarpit_packet *packet, struct tarpit_text mode,
			  struct tarpit_text reason, s64 age);

#ifndef __BINDGEN__
/* Rust, called by src/compat/module.c. */
int xt_tarpit_init(void);
void xt_tarpit_exit(void);

/* C, called by C. */
extern unsigned int tarpit_net_id;
bool tarpit_is_bridged(const struct tarpit_packet *packet);
bool tarpit_bridge_reaches_peer(const struct tarpit_packet *packet);
enum tarpit_input_route tarpit_link_input(const struct net_device *in, bool ipv6,
					  const void *packet);
void tarpit_describe_link(const struct net *net, const struct net_device *dev, bool ipv6,
			  struct tarpit_route *route);

/* The device by which a reply leaves or comes in, if no route decides it. */
static inline struct net_device *tarpit_link_device(const struct tarpit_packet *packet,
						     u8 way)
{
	switch (way) {
	case TARPIT_REFLECT:
		return packet->in;
	case TARPIT_RECEIVE_SENT:
		return packet->arrival.sent;
	default:
		return packet->arrival.dev;
	}
}
#endif

#endif /* _XT_TARPIT_KAPI_H */

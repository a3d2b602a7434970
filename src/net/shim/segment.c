// SPDX-License-Identifier: GPL-2.0
/*
 * A packet that came in: what there is to see of it. Nothing is decided here.
 */
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <net/addrconf.h>
#include <net/dst_metadata.h>
#include <net/ip6_route.h>
#include <net/netns/generic.h>
#include <net/route.h>

#include "compat.h"
#include "events.h"
#include "shim.h"

/* src/net/ffi.rs says the same. */
static_assert(NF_INET_PRE_ROUTING == 0);
static_assert(NF_INET_LOCAL_IN == 1);
static_assert(NF_INET_FORWARD == 2);
static_assert(NF_DROP == 0);
static_assert(NF_STOLEN == 2);

/*
 * Whether br_netfilter calls the hook, so that a bridge forwards the packet. The bridge
 * extension alone does not tell: it stays with a packet that a bridge has delivered to a
 * device above it (macvlan, ipvlan, VLAN, xfrm), or that is routed on from there.
 */
bool tarpit_is_bridged(const struct tarpit_packet *packet)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	switch (packet->hook) {
	case NF_INET_PRE_ROUTING:
		return nf_bridge_in_prerouting(packet->skb);
	case NF_INET_FORWARD:
		return nf_bridge_get_physoutdev(packet->skb);
	}
#endif
	return false;
}

/*
 * Whether the packet has its own input route. In PREROUTING the route may be that of an
 * outer packet (SRv6 decapsulation, IPsec): only a packet that this host sent over lo or
 * within a VRF has its own there.
 */
static __always_inline bool tarpit_is_routed(const struct sk_buff *skb,
					     const struct net_device *in, u8 hook)
{
	return skb_valid_dst(skb) &&
	       (hook != NF_INET_PRE_ROUTING || in->flags & IFF_LOOPBACK ||
		netif_is_l3_master(in));
}

static inline enum tarpit_way_in tarpit_way_in_v4(const struct sk_buff *skb)
{
	switch (skb_rtable(skb)->rt_type) {
	case RTN_BROADCAST:
	case RTN_MULTICAST:
	case RTN_ANYCAST:
		return TARPIT_TO_MANY_HOSTS;
	default:
		return TARPIT_TO_ONE_HOST;
	}
}

static inline enum tarpit_way_in tarpit_way_in_v6(const struct sk_buff *skb)
{
	if (ipv6_anycast_destination(skb_dst(skb), &ipv6_hdr(skb)->daddr))
		return TARPIT_TO_MANY_HOSTS;
	return TARPIT_TO_ONE_HOST;
}

/* All fields are written: the caller need not clear them. */
static __always_inline void tarpit_look(struct tarpit_packet *packet, struct sk_buff *skb,
					const struct xt_action_param *par, bool ipv6)
{
	struct net_device *in = xt_in(par);
	struct tarpit_state *state;

	packet->skb = skb;
	packet->net = xt_net(par);
	packet->in = in;
	/* As net_generic(), but in a hook RCU's lock is held already. */
	state = rcu_dereference(xt_net(par)->gen)->ptr[tarpit_net_id];
	packet->state = state;
	packet->key = state->key;
	packet->drawn = READ_ONCE(state->key[0]) && READ_ONCE(state->key[1]);
	packet->head = skb->data;
	packet->head_length = skb_headlen(skb);
	packet->length = skb->len;
	packet->ipv6 = ipv6;
	packet->hook = in ? xt_hooknum(par) : NF_INET_NUMHOOKS;
	if (!tarpit_is_routed(skb, in, packet->hook))
		packet->way_in = TARPIT_UNROUTED;
	else
		packet->way_in = ipv6 ? tarpit_way_in_v6(skb) : tarpit_way_in_v4(skb);
	packet->to_us = skb->pkt_type == PACKET_HOST;
	packet->unsummed = skb->ip_summed == CHECKSUM_NONE;
	packet->traced = trace_reply_enabled() || trace_ignored_enabled();
}

/* A target of each revision for each family: all of them look, and ask Rust. */
#define TARPIT_TG(rev, af, ipv6)						\
unsigned int tarpit_tg##rev##_##af(struct sk_buff *skb,				\
				   const struct xt_action_param *par)		\
{										\
	struct tarpit_packet packet __uninitialized;				\
										\
	tarpit_look(&packet, skb, par, ipv6);					\
	return xt_tarpit_tg##rev##_##af(&packet, par->targinfo);		\
}

TARPIT_TG(0, v4, false)
TARPIT_TG(0, v6, true)
TARPIT_TG(1, v4, false)
TARPIT_TG(1, v6, true)

static enum tarpit_way_in tarpit_route_in_v4(struct sk_buff *skb,
					     struct net_device *in)
{
	const struct iphdr *iph = ip_hdr(skb);

	if (ip_route_input_noref(skb, iph->daddr, iph->saddr, tarpit_dscp(iph), in))
		return TARPIT_REFUSED;
	return skb_dst(skb)->error ? TARPIT_UNREACHABLE : tarpit_way_in_v4(skb);
}

/* Whether the host would take the packet, or forward what comes in there. */
static bool tarpit_has_use_v6(const struct sk_buff *skb, const struct net_device *in)
{
	const struct inet6_dev *idev = __in6_dev_get(in);

	return dst_rt6_info(skb_dst(skb))->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST) ||
	       READ_ONCE(dev_net(in)->ipv6.devconf_all->forwarding) ||
	       (idev && tarpit_forced_forwarding(idev));
}

/* IPv6 routing does not ask whether the host forwards at all, so we do. */
static enum tarpit_way_in tarpit_route_in_v6(struct sk_buff *skb,
					     struct net_device *in)
{
	ip6_route_input(skb);
	if (skb_dst(skb)->error || !tarpit_has_use_v6(skb, in))
		return TARPIT_UNREACHABLE;
	return tarpit_way_in_v6(skb);
}

/*
 * Routes the packet as the kernel does after PREROUTING, to check its addresses; routing
 * releases the route that it may have. A bridge forwards what the host has no route for.
 */
u32 tarpit_route_in(const struct tarpit_packet *packet)
{
	enum tarpit_way_in way_in =
		packet->ipv6 ? tarpit_route_in_v6(packet->skb, packet->in)
			     : tarpit_route_in_v4(packet->skb, packet->in);

	if (way_in == TARPIT_UNREACHABLE && tarpit_is_bridged(packet))
		return TARPIT_TO_ONE_HOST;
	return way_in;
}

/*
 * 0 where the sum of TCP, whose header is at the offset, is right. PRE_ROUTING: else
 * CHECKSUM_COMPLETE would go unverified.
 */
u16 tarpit_checksum(const struct tarpit_packet *packet, unsigned int offset)
{
	struct sk_buff *skb = packet->skb;
	__sum16 sum = packet->ipv6 ?
		nf_ip6_checksum(skb, NF_INET_PRE_ROUTING, offset, IPPROTO_TCP) :
		nf_ip_checksum(skb, NF_INET_PRE_ROUTING, offset, IPPROTO_TCP);

	return (__force u16)sum;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads a packet that came in by a hook of netfilter or by a device. Inline, because each
 * entrance does it once per packet.
 */
#ifndef _XT_TARPIT_PACKET_H
#define _XT_TARPIT_PACKET_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/dst_metadata.h>
#include <net/ip6_route.h>
#include <net/netns/generic.h>
#include <net/route.h>

#include "compat.h"
#include "events.h"
#include "kapi.h"

/*
 * Whether the packet has its own input route. In PREROUTING a packet has its own only if this
 * host sent it over lo or within a VRF. Any other route there is that of an outer packet (SRv6
 * decapsulation, IPsec).
 */
static __always_inline bool tarpit_is_routed(const struct sk_buff *skb,
					     const struct net_device *in, u8 hook)
{
	return skb_valid_dst(skb) &&
	       (hook != NF_INET_PRE_ROUTING || in->flags & IFF_LOOPBACK ||
		netif_is_l3_master(in));
}

/* A port of a switch receives frames for other hosts, which the switch forwards. */
static inline bool tarpit_is_switch_port(const struct net_device *dev)
{
	return netif_is_bridge_port(dev) || netif_is_ovs_port(dev);
}

static inline enum tarpit_input_route tarpit_input_route_v4(const struct sk_buff *skb)
{
	switch (skb_rtable(skb)->rt_type) {
	case RTN_BROADCAST:
	case RTN_MULTICAST:
	case RTN_ANYCAST:
		return TARPIT_NOT_UNICAST;
	default:
		return TARPIT_UNICAST;
	}
}

static inline enum tarpit_input_route tarpit_input_route_v6(const struct sk_buff *skb)
{
	if (ipv6_anycast_destination(skb_dst(skb), &ipv6_hdr(skb)->daddr))
		return TARPIT_NOT_UNICAST;
	return TARPIT_UNICAST;
}

/* Writes all fields: the caller need not clear them. */
static __always_inline void tarpit_read_packet(struct tarpit_packet *packet, struct sk_buff *skb,
					       const struct nf_hook_state *state, bool ipv6)
{
	struct net_device *in = state->in;
	struct tarpit_netns *netns;

	packet->skb = skb;
	packet->net = state->net;
	packet->in = in;
	/* As net_generic(), but in a hook RCU's lock is held already. */
	netns = rcu_dereference(state->net->gen)->ptr[tarpit_net_id];
	packet->netns = netns;
	packet->has_key = READ_ONCE(netns->key[0]) && READ_ONCE(netns->key[1]);
	packet->head = skb->data;
	packet->head_length = skb_headlen(skb);
	packet->length = skb->len;
	packet->ipv6 = ipv6;
	packet->hook = in ? state->hook : TARPIT_OTHER_HOOK;
	if (!tarpit_is_routed(skb, in, packet->hook))
		packet->input_route = TARPIT_UNROUTED;
	else
		packet->input_route = ipv6 ? tarpit_input_route_v6(skb)
					   : tarpit_input_route_v4(skb);
	packet->pkt_host = skb->pkt_type == PACKET_HOST;
	packet->csum_none = skb->ip_summed == CHECKSUM_NONE;
	packet->traced = trace_reply_enabled() || trace_ignored_enabled();
}

#endif /* _XT_TARPIT_PACKET_H */

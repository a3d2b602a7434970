// SPDX-License-Identifier: GPL-2.0
/*
 * A packet that came in: its bridge, its input route, its checksum. Nothing is decided here.
 */
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
#include "packet.h"

static_assert((int)NF_INET_PRE_ROUTING == (int)TARPIT_PRE_ROUTING);
static_assert((int)NF_INET_LOCAL_IN == (int)TARPIT_LOCAL_IN);
static_assert((int)NF_INET_FORWARD == (int)TARPIT_FORWARD);
static_assert(NF_DROP == TARPIT_DROP);
static_assert(NF_STOLEN == TARPIT_STOLEN);

/*
 * Whether br_netfilter calls the hook, so that a bridge forwards the packet. The bridge
 * extension alone does not prove it: a packet keeps it when the bridge delivers it to a
 * device above (macvlan, ipvlan, VLAN, xfrm), and when it is routed on from there.
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

static enum tarpit_input_route tarpit_route_in_v4(struct sk_buff *skb,
					     struct net_device *in)
{
	const struct iphdr *iph = ip_hdr(skb);

	if (ip_route_input_noref(skb, iph->daddr, iph->saddr, tarpit_dscp(iph), in))
		return TARPIT_MARTIAN;
	return skb_dst(skb)->error ? TARPIT_UNREACHABLE : tarpit_input_route_v4(skb);
}

/* Whether the host takes the packet, or forwards what comes in by this device. */
static bool tarpit_accepts_v6(const struct sk_buff *skb, const struct net_device *in)
{
	const struct inet6_dev *idev = __in6_dev_get(in);

	return dst_rt6_info(skb_dst(skb))->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST) ||
	       READ_ONCE(dev_net(in)->ipv6.devconf_all->forwarding) ||
	       (idev && tarpit_forced_forwarding(idev));
}

/* IPv6 input routing does not check whether the host forwards. */
static enum tarpit_input_route tarpit_route_in_v6(struct sk_buff *skb,
					     struct net_device *in)
{
	ip6_route_input(skb);
	if (skb_dst(skb)->error || !tarpit_accepts_v6(skb, in))
		return TARPIT_UNREACHABLE;
	return tarpit_input_route_v6(skb);
}

/*
 * Routes the packet as the kernel does after PREROUTING, to check its addresses. This
 * releases a route that it may have. A bridge needs no route to forward a packet.
 */
u32 tarpit_route_in(const struct tarpit_packet *packet)
{
	enum tarpit_input_route route =
		packet->ipv6 ? tarpit_route_in_v6(packet->skb, packet->in)
			     : tarpit_route_in_v4(packet->skb, packet->in);

	if (route == TARPIT_UNREACHABLE && tarpit_is_bridged(packet))
		return TARPIT_UNICAST;
	return route;
}

/*
 * Returns 0 if the checksum of the TCP header at the offset is right. In hooks other than
 * PRE_ROUTING and LOCAL_IN the kernel takes CHECKSUM_COMPLETE unverified, hence the hook.
 */
u16 tarpit_checksum(const struct tarpit_packet *packet, u32 offset)
{
	struct sk_buff *skb = packet->skb;
	__sum16 sum = packet->ipv6 ?
		nf_ip6_checksum(skb, NF_INET_PRE_ROUTING, offset, IPPROTO_TCP) :
		nf_ip_checksum(skb, NF_INET_PRE_ROUTING, offset, IPPROTO_TCP);

	return (__force u16)sum;
}

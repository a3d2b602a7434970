// SPDX-License-Identifier: GPL-2.0
/*
 * The route back to a peer, by mark, VRF and IPsec policies as REJECT looks it up.
 */
#include <linux/security.h>
#include <net/addrconf.h>
#include <net/dst_metadata.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "compat.h"
#include "kapi.h"

/*
 * Applies the IPsec policies. As in ip_route_output_flow(), the flow has the device of the
 * route, because a policy's selector may name one. xfrm_lookup() makes the same test first;
 * making it here saves the call.
 */
static struct dst_entry *tarpit_xfrm(struct net *net, struct sk_buff *skb,
				     struct dst_entry *dst, struct flowi *fl)
{
	if (!tarpit_ipsec_may_apply(net))
		return dst;
	fl->u.__fl_common.flowic_oif = dst_dev_rcu(dst)->ifindex;
	tarpit_classify_flow(skb, fl);
	dst = xfrm_lookup(net, dst, fl, NULL, 0);
	return IS_ERR(dst) ? NULL : dst;
}

static int tarpit_l3mdev(struct net_device *in)
{
	return netif_is_l3_master(in) || netif_is_l3_slave(in) ?
	       l3mdev_master_ifindex_rcu(in) : 0;
}

static struct dst_entry *tarpit_route_v4(const struct tarpit_packet *packet,
					 __be16 sport, __be16 dport)
{
	const struct iphdr *iph = ip_hdr(packet->skb);
	struct net *net = packet->net;
	struct flowi4 fl4 = {
		.daddr = iph->saddr,
		.saddr = iph->daddr,
		.fl4_sport = sport,
		.fl4_dport = dport,
		.flowi4_proto = iph->protocol,
		.flowi4_mark = IP4_REPLY_MARK(net, packet->skb->mark),
		.flowi4_l3mdev = tarpit_l3mdev(packet->in),
		/* In FORWARD the source is another host's address. */
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
	};
	struct rtable *rt;

	rt = __ip_route_output_key(net, &fl4);
	return IS_ERR(rt) ? NULL : tarpit_xfrm(net, packet->skb, &rt->dst, flowi4_to_flowi(&fl4));
}

/*
 * The link that a segment came by. If its device is lo or a VRF, the segment's route names
 * the link.
 */
static int tarpit_link(const struct tarpit_packet *packet)
{
	const struct sk_buff *skb = packet->skb;

	if (packet->in->flags & IFF_LOOPBACK || netif_is_l3_master(packet->in)) {
		const struct rt6_info *rt = skb_valid_dst(skb) ? dst_rt6_info(skb_dst(skb)) : NULL;

		if (rt && rt->rt6i_idev)
			return rt->rt6i_idev->dev->ifindex;
	}
	return packet->in->ifindex;
}

static struct dst_entry *tarpit_route_v6(const struct tarpit_packet *packet,
					 __be16 sport, __be16 dport)
{
	const struct ipv6hdr *iph = ipv6_hdr(packet->skb);
	struct net *net = packet->net;
	struct flowi6 fl6 = {
		.daddr = iph->saddr,
		.saddr = iph->daddr,
		.fl6_sport = sport,
		.fl6_dport = dport,
		.flowi6_proto = iph->nexthdr == NEXTHDR_ICMP ? NEXTHDR_ICMP : IPPROTO_TCP,
		.flowi6_mark = IP6_REPLY_MARK(net, packet->skb->mark),
		.flowi6_l3mdev = tarpit_l3mdev(packet->in),
	};
	struct dst_entry *dst;

	/* A link-local peer is reached on its own link only. */
	if ((fl6.daddr.s6_addr32[0] & htonl(0xffc00000)) == htonl(0xfe800000))
		fl6.flowi6_oif = tarpit_link(packet);
	dst = ip6_route_output(net, NULL, &fl6);
	return dst->error ? dst : tarpit_xfrm(net, packet->skb, dst, flowi6_to_flowi(&fl6));
}

/*
 * Whether only the device limits the size of a packet. Then the MTU and the MSS need no
 * calls that would check the same again.
 */
static bool tarpit_is_plain(const struct dst_entry *dst)
{
	return !dst_metric_raw(dst, RTAX_MTU) && !dst_metric_locked(dst, RTAX_MTU) &&
	       !dst_metric_raw(dst, RTAX_ADVMSS) && !dst_xfrm(dst) && !dst->lwtstate;
}

/* Sets what ipv4_mtu(), ipv4_default_advmss() and ip4_dst_hoplimit() return. */
static void tarpit_describe_v4(const struct net *net, struct tarpit_route *route)
{
	const struct dst_entry *dst = route->dst;
	const struct rtable *rt = dst_rtable(dst);

	if (tarpit_is_plain(dst) && !rt->rt_pmtu && !rt->rt_mtu_locked) {
		route->mtu = READ_ONCE(dst_dev_rcu(dst)->mtu);
		route->advmss = clamp_t(int, route->mtu - 40, tarpit_min_advmss(net),
					IP_MAX_MTU - 40);
	} else {
		route->mtu = dst_mtu(dst);
		route->advmss = dst_metric_advmss(dst);
	}
	route->hop_limit = dst_metric_raw(dst, RTAX_HOPLIMIT) ?:
			   READ_ONCE(net->ipv4.sysctl_ip_default_ttl);
	route->unicast = !(rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST));
	route->inward = rt->rt_flags & RTCF_LOCAL;
}

/* The largest IPv6 MTU without jumbograms. */
#define TARPIT_MAX_PLAIN_MTU6 (IPV6_MAXPLEN + sizeof(struct ipv6hdr))

/*
 * Sets what ip6_mtu(), ip6_default_advmss() and ip6_dst_hoplimit() return. The MSS of a
 * jumbo MTU differs between kernels, so the kernel's own function computes it.
 */
static void tarpit_describe_v6(const struct net *net, struct tarpit_route *route)
{
	struct dst_entry *dst = route->dst;
	const struct inet6_dev *idev = __in6_dev_get(dst_dev_rcu(dst));
	const u32 flags = dst_rt6_info(dst)->rt6i_flags;
	const u32 mtu = idev ? READ_ONCE(idev->cnf.mtu6) : 0;

	if (mtu && mtu <= TARPIT_MAX_PLAIN_MTU6 && tarpit_is_plain(dst)) {
		route->mtu = mtu;
		route->advmss = max_t(int, mtu - 60, net->ipv6.sysctl.ip6_rt_min_advmss);
		route->hop_limit = dst_metric_raw(dst, RTAX_HOPLIMIT) ?:
				   READ_ONCE(idev->cnf.hop_limit);
	} else {
		route->mtu = dst_mtu(dst);
		route->advmss = dst_metric_advmss(dst);
		route->hop_limit = ip6_dst_hoplimit(dst);
	}
	route->unicast = !(flags & RTF_ANYCAST);
	route->inward = flags & RTF_LOCAL;
}

/*
 * Whether the reply leaves by the bridge port that the segment came in by. With NAT it is
 * routed, because its addresses are translated in LOCAL_OUT; with IPsec too.
 */
static bool tarpit_by_bridge(const struct tarpit_packet *packet, const struct dst_entry *dst)
{
	enum ip_conntrack_info info;
	const struct nf_conn *ct = nf_ct_get(packet->skb, &info);

	return !(ct && ct->status & IPS_NAT_MASK) && !dst_xfrm(dst);
}

/*
 * Looks up the route and takes a reference to it; false if there is none. An IPsec bundle
 * has the flags and the family of the route that it wraps.
 */
bool tarpit_route_back(const struct tarpit_packet *packet,
		       __be16 sport, __be16 dport, struct tarpit_route *route)
{
	struct dst_entry *dst = packet->ipv6 ? tarpit_route_v6(packet, sport, dport)
					     : tarpit_route_v4(packet, sport, dport);

	if (!dst)
		return false;
	if (dst->error) {
		dst_release(dst);
		return false;
	}
	route->dst = dst;
	route->way = TARPIT_BY_ROUTE;
	if (tarpit_is_bridged(packet)) {
		if (!tarpit_bridge_reaches_peer(packet)) {
			dst_release(dst);
			return false;
		}
		if (tarpit_by_bridge(packet, dst))
			route->way = TARPIT_BY_BRIDGE;
	}
	if (packet->ipv6)
		tarpit_describe_v6(packet->net, route);
	else
		tarpit_describe_v4(packet->net, route);
	/* A packet from this host may go back to it. */
	if (packet->in->flags & IFF_LOOPBACK)
		route->inward = false;
	return true;
}

void tarpit_dst_release(struct dst_entry *dst)
{
	dst_release(dst);
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the C side uses and an older kernel lacks: all differences between kernels, in the
 * order in which mainline got them. Stable trees and distributions take new interfaces into
 * old kernels, so probe.sh asks the kernel's headers and exports, never its version.
 * Include this after the kernel's headers.
 */
#ifndef _XT_TARPIT_COMPAT_H
#define _XT_TARPIT_COMPAT_H

#include <linux/netfilter.h>
#include <linux/netfilter_bridge.h>
#include <linux/security.h>
#include <linux/skbuff.h>
#include <net/dst_metadata.h>
#include <net/flow.h>
#include <net/if_inet6.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include <net/xfrm.h>

/* A variable that is left uninitialized on purpose. 5.10.218 does not have it, 5.10.223 does. */
#ifndef __uninitialized
#define __uninitialized
#endif

/* 5.11: LSMs get the part of a flow that both families have. */
static inline void tarpit_classify_flow(struct sk_buff *skb, struct flowi *fl)
{
#ifdef TARPIT_HAS_FLOWI_COMMON
	security_skb_classify_flow(skb, &fl->u.__fl_common);
#else
	security_skb_classify_flow(skb, fl);
#endif
}

/*
 * 5.17: whether a namespace may block what no IPsec policy covers. Before that, only
 * xfrm_lookup() can tell.
 */
static inline bool tarpit_xfrm_may_block(const struct net *net)
{
#ifdef TARPIT_HAS_XFRM_POLICY_DEFAULT
	return READ_ONCE(net->xfrm.policy_default[XFRM_POLICY_OUT]) == XFRM_USERPOLICY_BLOCK;
#else
	return true;
#endif
}

/* Whether an outbound IPsec policy may apply to a packet. */
static inline bool tarpit_ipsec_may_apply(const struct net *net)
{
	return READ_ONCE(net->xfrm.policy_count[XFRM_POLICY_OUT]) || tarpit_xfrm_may_block(net);
}

/* 5.18: a flow names its VRF. Before that, the VRF is the device to leave by. */
#ifndef TARPIT_HAS_FLOWIC_L3MDEV
#define flowi4_l3mdev flowi4_oif
#define flowi6_l3mdev flowi6_oif
#endif

/* 5.18: each namespace has its own. Before that, modules cannot read it; 256 is the default. */
static inline int tarpit_min_advmss(const struct net *net)
{
#ifdef TARPIT_HAS_IP_RT_MIN_ADVMSS
	return net->ipv4.ip_rt_min_advmss;
#else
	return 256;
#endif
}

/* 5.19: the skb knows which CPU allocated it. */
static inline void tarpit_set_alloc_cpu(struct sk_buff *skb)
{
#ifdef TARPIT_HAS_ALLOC_CPU
	skb->alloc_cpu = raw_smp_processor_id();
#endif
}

/* 6.3: marks a connection as closing. Before that, it keeps the timeout of its state. */
#ifndef TARPIT_HAS_NF_CT_SET_CLOSING
#define nf_ct_set_closing(nfct) ((void)(nfct))
#endif

/* 6.8: the port is looked up in a namespace. */
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
static inline struct net_device *tarpit_bridge_port(const struct sk_buff *skb, struct net *net)
{
#ifdef TARPIT_HAS_PHYSINDEV_NET
	return nf_bridge_get_physindev(skb, net);
#else
	return nf_bridge_get_physindev(skb);
#endif
}
#endif

/* 6.10 */
#ifndef TARPIT_HAS_DST_RTABLE
#define dst_rtable(_ptr) container_of(_ptr, struct rtable, dst)
#endif
#ifndef TARPIT_HAS_DST_RT6_INFO
#define dst_rt6_info(_ptr) container_of(_ptr, struct rt6_info, dst)
#endif

/*
 * 6.13: routing takes a DSCP. Before that it takes the TOS and masks it itself. The
 * presence of ip4h_dscp() proves nothing: stable kernels got it without this.
 */
#ifdef TARPIT_HAS_ROUTE_INPUT_DSCP
#define tarpit_dscp(iph) ip4h_dscp(iph)
#else
#define tarpit_dscp(iph) ((iph)->tos)
#endif

/* 6.17: an interface may forward although the host does not. */
static inline bool tarpit_forced_forwarding(const struct inet6_dev *idev)
{
#ifdef TARPIT_HAS_FORCE_FORWARDING
	return READ_ONCE(idev->cnf.force_forwarding);
#else
	return false;
#endif
}

/* 6.18 */
#ifndef TARPIT_HAS_DST_DEV_RCU
#define dst_dev_rcu(_ptr) READ_ONCE((_ptr)->dev)
#endif

/*
 * After 6.12: ip6_route_input() is exported to modules. ip6_route_input_lookup(), which it
 * calls, is exported since 4.17. The lookup computes multipath hashes, except for ICMPv6.
 */
#ifndef TARPIT_HAS_IP6_ROUTE_INPUT
static inline void tarpit_ip6_route_input(struct sk_buff *skb)
{
	const struct ip_tunnel_info *tunnel = skb_tunnel_info(skb);
	const struct ipv6hdr *iph = ipv6_hdr(skb);
	struct net *net = dev_net(skb->dev);
	struct flow_keys keys;
	struct flowi6 fl6 = {
		.flowi6_iif = skb->dev->ifindex,
		.flowi6_mark = skb->mark,
		.flowi6_proto = iph->nexthdr,
		.flowlabel = ip6_flowinfo(iph),
		.saddr = iph->saddr,
		.daddr = iph->daddr,
	};

	if (tunnel && !(tunnel->mode & IP_TUNNEL_INFO_TX))
		fl6.flowi6_tun_key.tun_id = tunnel->key.tun_id;
	fib6_rules_early_flow_dissect(net, skb, &fl6, &keys);
	skb_dst_drop(skb);
	skb_dst_set(skb, ip6_route_input_lookup(net, skb->dev, &fl6, skb,
						RT6_LOOKUP_F_HAS_SADDR));
}
#define ip6_route_input tarpit_ip6_route_input
#endif

#endif /* _XT_TARPIT_COMPAT_H */

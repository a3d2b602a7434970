// SPDX-License-Identifier: GPL-2.0
/*
 * Reads a packet whose connection has a helper of ours. Connection tracking calls the
 * helper last in INPUT and POSTROUTING, before it confirms the connection, but does not say
 * in which of them. Nothing is decided here.
 */
#include <linux/export.h>
#include <linux/netdevice.h>
#include <net/netfilter/nf_conntrack.h>

#include "helper.h"
#include "packet.h"

/* Whether the packet is on its way to this host. */
static bool tarpit_is_input(const struct sk_buff *skb, bool ipv6)
{
	if (!skb_valid_dst(skb))
		return false;
	if (ipv6)
		return dst_rt6_info(skb_dst(skb))->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST);
	return skb_rtable(skb)->rt_flags & RTCF_LOCAL;
}

/*
 * The device that the packet came in by, as FORWARD has it: for a bridged packet it is the
 * bridge. NULL if this host sends the packet.
 */
static struct net_device *tarpit_device_in(struct net *net, const struct sk_buff *skb)
{
	struct net_device *in = dev_get_by_index_rcu(net, skb->skb_iif);

	if (in && netif_is_bridge_port(in))
		return netdev_master_upper_dev_get_rcu(in);
	return in;
}

/* Whether the packet's source is translated. */
static bool tarpit_has_snat(const struct nf_conn *ct, enum ip_conntrack_info info)
{
	return ct->status & IPS_SRC_NAT && CTINFO2DIR(info) == IP_CT_DIR_ORIGINAL;
}

/*
 * Answers a packet, whose TCP header is at the offset. The caller drops it: tc and Open
 * vSwitch, which call helpers too, do not know stolen packets. A second reference keeps the
 * skb from becoming the reply.
 */
int xt_tarpit_help(struct sk_buff *skb, unsigned int offset, const struct nf_conn *ct,
		   enum ip_conntrack_info info, u8 mode)
{
	const bool ipv6 = nf_ct_l3num(ct) == NFPROTO_IPV6;
	const bool input = tarpit_is_input(skb, ipv6);
	struct nf_hook_state state = {
		.hook = input ? NF_INET_LOCAL_IN : NF_INET_FORWARD,
		.net = nf_ct_net(ct),
	};
	struct tarpit_packet packet __uninitialized;

	if (skb_network_offset(skb) ||
	    (tarpit_has_snat(ct, info) && !tarpit_undo_snat(skb, ct, offset)))
		return NF_DROP;
	state.in = tarpit_device_in(state.net, skb);
	skb_get(skb);
	tarpit_read_packet(&packet, skb, &state, ipv6);
	if (ipv6)
		xt_tarpit_help_v6(&packet, mode);
	else
		xt_tarpit_help_v4(&packet, mode);
	consume_skb(skb);
	return NF_DROP;
}
EXPORT_SYMBOL_GPL(xt_tarpit_help);

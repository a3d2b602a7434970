// SPDX-License-Identifier: GPL-2.0
/*
 * The way back by the bridge port that a segment came in by.
 */
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/netfilter_bridge.h>
#include <linux/skbuff.h>
#include <net/ip.h>

#include "compat.h"
#include "kapi.h"

#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
/*
 * Whether the port that a bridged segment came in by can carry a reply: it is still there,
 * and br_netfilter has removed no PPPoE header or inner VLAN tag, which a reply would lack.
 */
bool tarpit_bridge_reaches_peer(const struct tarpit_packet *packet)
{
	return nf_bridge_info_get(packet->skb)->orig_proto == BRNF_PROTO_UNCHANGED &&
	       tarpit_bridge_port(packet->skb, packet->net);
}

/*
 * Sends the reply by the bridge port where the segment came in, with the MAC address
 * that the segment went to and its VLAN tag.
 */
void tarpit_reply_bridge(struct sk_buff *skb, const struct tarpit_packet *packet)
{
	const struct sk_buff *segment = packet->skb;
	const struct ethhdr *eth = eth_hdr(segment);

	/* What ip_local_out() does to a routed reply. */
	if (!packet->ipv6)
		ip_send_check(ip_hdr(skb));
	if (skb_vlan_tag_present(segment))
		__vlan_hwaccel_put_tag(skb, segment->vlan_proto, skb_vlan_tag_get(segment));
	skb->dev = tarpit_bridge_port(segment, packet->net);
	dev_hard_header(skb, skb->dev, ntohs(skb->protocol), eth->h_source, eth->h_dest,
			skb->len);
	dev_queue_xmit(skb);
}
#else
bool tarpit_bridge_reaches_peer(const struct tarpit_packet *packet)
{
	return false;
}

void tarpit_reply_bridge(struct sk_buff *skb, const struct tarpit_packet *packet)
{
	kfree_skb(skb);
}
#endif

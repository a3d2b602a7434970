// SPDX-License-Identifier: GPL-2.0
/*
 * Takes the packets that are sent to a tarpit device. Nothing is decided here.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/if_bridge.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/addrconf.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/xfrm.h>

#include "device.h"
#include "netdev.h"
#include "packet.h"

/*
 * The room before and behind the copy of a request, so that it can become the reply. A
 * route through tunnels of IPsec needs less.
 */
#define TARPIT_ECHO_HEADROOM 256
#define TARPIT_ECHO_TAILROOM 128

/* Whether the packet's route leads to the tarpit device, or to a VLAN on it. */
static bool tarpit_is_routed_to(const struct sk_buff *skb, const struct net_device *dev)
{
	const struct net_device *to;

	if (!skb_valid_dst(skb))
		return false;
	to = dst_dev_rcu(skb_dst(skb));
	return to == dev || (is_vlan_dev(to) && vlan_dev_real_dev(to) == dev);
}

static enum tarpit_origin tarpit_read_origin(const struct net_device *in,
					     const struct net_device *dev)
{
	if (!in)
		return TARPIT_FROM_HOST;
	if (in->netdev_ops == dev->netdev_ops)
		return TARPIT_FROM_TARPIT;
	return in->type == ARPHRD_ETHER ? TARPIT_FROM_ETHERNET : TARPIT_FROM_OTHER;
}

static bool tarpit_ipsec_matters(const struct sk_buff *skb, const struct net *net)
{
	return secpath_exists(skb) || tarpit_ipsec_may_apply(net);
}

static void tarpit_read_arrival(struct tarpit_packet *packet, const struct net_device *in,
				int link)
{
	struct tarpit_arrival *arrival = &packet->arrival;
	const struct sk_buff *skb = packet->skb;
	const struct net_device *dev = arrival->dev;
	enum ip_conntrack_info info;
	const struct nf_conn *ct = nf_ct_get(skb, &info);

	arrival->origin = tarpit_read_origin(in, dev);
	arrival->routed = tarpit_is_routed_to(skb, dev);
	arrival->port = rcu_access_pointer(dev->rx_handler);
	arrival->egress = tarpit_redirected_at_egress(skb);
	arrival->sent = !arrival->routed && skb_valid_dst(skb) ? dst_dev_rcu(skb_dst(skb)) : NULL;
	arrival->ethernet = link;
	if (link)
		memcpy(arrival->mac, skb->data, sizeof(arrival->mac));
	arrival->vlan_proto = skb_vlan_tag_present(skb) ? skb->vlan_proto : 0;
	arrival->vlan_tci = skb->vlan_tci;
	arrival->ipsec = tarpit_ipsec_matters(skb, packet->net);
	arrival->gso = skb_is_gso(skb);
	arrival->nat = ct && ct->status & IPS_NAT_MASK;
}

/* What input routing would decide about the addresses, as far as the device knows. */
static enum tarpit_input_route tarpit_link_route(const struct tarpit_packet *packet)
{
	if (packet->arrival.routed)
		return packet->ipv6 ? tarpit_input_route_v6(packet->skb)
				    : tarpit_input_route_v4(packet->skb);
	return tarpit_link_input(packet->in, packet->ipv6, skb_network_header(packet->skb));
}

/*
 * A frame for another host is answered only if a switch would forward it, and one from a
 * group MAC address never: all of the group would get the reply.
 */
static bool tarpit_is_for_host(const struct sk_buff *skb, const struct net_device *in, int link)
{
	const struct ethhdr *eth = (const struct ethhdr *)skb->data;

	if (link && is_multicast_ether_addr(eth->h_source))
		return false;
	return skb->pkt_type == PACKET_HOST ||
	       (skb->pkt_type == PACKET_OTHERHOST && in && tarpit_is_switch_port(in));
}

/* Reads a packet behind its link-layer header, which it removes; false if it is not IP. */
static bool tarpit_read_frame(struct tarpit_packet *packet, struct sk_buff *skb,
			      struct net_device *dev)
{
	const int link = skb_network_offset(skb);
	const struct tarpit_netns *netns;
	struct net_device *in;

	packet->ipv6 = skb->protocol == htons(ETH_P_IPV6);
	if ((!packet->ipv6 && skb->protocol != htons(ETH_P_IP)) || (link && link != ETH_HLEN) ||
	    !pskb_may_pull(skb, link + (packet->ipv6 ? sizeof(struct ipv6hdr)
						     : sizeof(struct iphdr))))
		return false;
	packet->skb = skb;
	packet->net = dev_net(dev);
	in = dev_get_by_index_rcu(packet->net, skb->skb_iif);
	packet->in = in ?: dev;
	packet->netns = rcu_dereference(packet->net->gen)->ptr[tarpit_net_id];
	netns = packet->netns;
	packet->has_key = READ_ONCE(netns->key[0]) && READ_ONCE(netns->key[1]);
	packet->hook = TARPIT_DEVICE;
	packet->pkt_host = tarpit_is_for_host(skb, in, link);
	packet->arrival.dev = dev;
	tarpit_read_arrival(packet, in, link);
	__skb_pull(skb, link);
	/*
	 * Whether a complete sum covers the link-layer header depends on how the packet came.
	 * The highest level is that of tarpit_features_check().
	 */
	if (skb->ip_summed == CHECKSUM_COMPLETE ||
	    (skb->ip_summed == CHECKSUM_UNNECESSARY && skb->csum_level == SKB_MAX_CSUM_LEVEL))
		skb->ip_summed = CHECKSUM_NONE;
	packet->csum_none = skb->ip_summed == CHECKSUM_NONE;
	packet->input_route = tarpit_link_route(packet);
	packet->head = skb->data;
	packet->head_length = skb_headlen(skb);
	packet->length = skb->len;
	packet->traced = trace_reply_enabled() || trace_ignored_enabled();
	return true;
}

/*
 * Replaces an echo request by a copy that is linear and has room. NULL if it is to get no
 * reply, which is counted.
 */
static noinline struct sk_buff *tarpit_copy_request(struct sk_buff *skb,
						    struct tarpit_device *tarpit)
{
	struct sk_buff *copy = NULL;

	if (!tarpit_may_echo(tarpit)) {
		tarpit_counters_inc(tarpit->counters, TARPIT_LIMITED);
	} else {
		copy = skb_copy_expand(skb, TARPIT_ECHO_HEADROOM, TARPIT_ECHO_TAILROOM, GFP_ATOMIC);
		if (!copy)
			tarpit_counters_inc(tarpit->counters, TARPIT_NO_MEMORY);
	}
	consume_skb(skb);
	return copy;
}

/* Answers a packet, which it consumes. */
static void tarpit_answer(struct sk_buff *skb, struct net_device *dev, bool echo)
{
	const struct tarpit_device *tarpit = netdev_priv(dev);
	const struct tarpit_settings settings = tarpit_get_settings(dev);
	struct tarpit_packet packet __uninitialized;
	u32 fate = TARPIT_IGNORED;

	if (!tarpit_read_frame(&packet, skb, dev))
		tarpit_counters_inc(tarpit->counters, TARPIT_NOT_IP);
	else if (echo)
		fate = xt_tarpit_device_echo(&packet, &settings, tarpit->counters);
	else if (packet.ipv6)
		fate = xt_tarpit_device_v6(&packet, &settings, tarpit->counters);
	else
		fate = xt_tarpit_device_v4(&packet, &settings, tarpit->counters);
	if (fate == TARPIT_ANSWERED)
		consume_skb(skb);
	else if (fate != TARPIT_REUSED)
		kfree_skb(skb);
}

/*
 * Keeps the stack from computing the checksum of a super-packet before it hands it to the
 * device, which would make a wrong checksum right. The stack computes none for packets that
 * are CHECKSUM_UNNECESSARY. So a packet that nothing has verified gets this mark, with a level
 * by which tarpit_read_frame() recognizes it.
 */
netdev_features_t tarpit_features_check(struct sk_buff *skb, struct net_device *dev,
					netdev_features_t features)
{
	if (skb_is_gso(skb) && (skb->ip_summed == CHECKSUM_NONE ||
				skb->ip_summed == CHECKSUM_COMPLETE)) {
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		skb->csum_level = SKB_MAX_CSUM_LEVEL;
	}
	return features;
}

/*
 * Takes one VLAN tag out of a frame, as from one that XDP has redirected in generic mode. The
 * reply gets it back. NULL if there is no memory for this, which is counted.
 */
static noinline struct sk_buff *tarpit_untag(struct sk_buff *skb,
					     struct tarpit_device *tarpit)
{
	if (skb_network_offset(skb) < ETH_HLEN ||
	    !pskb_may_pull(skb, VLAN_ETH_HLEN + sizeof(__be16)))
		return skb;
	skb_reset_mac_header(skb);
	__skb_pull(skb, ETH_HLEN);
	skb = skb_vlan_untag(skb);
	if (skb)
		__skb_push(skb, ETH_HLEN);
	else
		tarpit_counters_inc(tarpit->counters, TARPIT_NO_MEMORY);
	return skb;
}

/* The caller holds rcu_read_lock_bh(); the code for hooks of netfilter needs rcu_read_lock(). */
netdev_tx_t tarpit_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct tarpit_device *tarpit = netdev_priv(dev);
	bool echo;

	rcu_read_lock();
	this_cpu_add(tarpit->counters[TARPIT_TAKEN_BYTES], skb->len);
	if (unlikely(eth_type_vlan(skb->protocol)))
		skb = tarpit_untag(skb, tarpit);
	echo = skb && READ_ONCE(tarpit->echo) && tarpit_is_echo(skb);
	if (echo)
		skb = tarpit_copy_request(skb, tarpit);
	if (skb)
		tarpit_answer(skb, dev, echo);
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The ways back of a packet that a tarpit device has taken: by the link that it came by, or
 * by a route.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/ip.h>

#include "compat.h"
#include "kapi.h"

/* Removes bytes behind the IP packet. */
void tarpit_trim(struct tarpit_packet *packet, u32 length)
{
	/* Without memory nothing is removed, and the segment counts as malformed. */
	if (pskb_trim_rcsum(packet->skb, length))
		length = 0;
	packet->head = packet->skb->data;
	packet->head_length = skb_headlen(packet->skb);
	packet->length = length;
}

/* Whether one of the addresses is a broadcast address of the device. */
static bool tarpit_is_broadcast(const struct net_device *in, __be32 source, __be32 destination)
{
	const struct in_device *in_dev = __in_dev_get_rcu(in);
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		if (ifa->ifa_prefixlen < 31 && ifa->ifa_broadcast &&
		    (ifa->ifa_broadcast == source || ifa->ifa_broadcast == destination))
			return true;
	}
	return false;
}

/* Whether the address is an anycast address of the device. */
static bool tarpit_is_anycast(const struct net_device *in, const struct in6_addr *address)
{
	const struct inet6_dev *idev = __in6_dev_get(in);
	const struct ifacaddr6 *aca;

	if (!idev)
		return false;
	for (aca = rcu_dereference(idev->ac_list); aca; aca = rcu_dereference(aca->aca_next)) {
		if (ipv6_addr_equal(&aca->aca_addr, address))
			return true;
	}
	return false;
}

/* What input routing would decide about the addresses, as far as the device alone knows. */
enum tarpit_input_route tarpit_link_input(const struct net_device *in, bool ipv6,
					  const void *packet)
{
	const struct ipv6hdr *iph6 = packet;
	const struct iphdr *iph = packet;

	if (ipv6) {
		if (tarpit_is_anycast(in, &iph6->saddr) || tarpit_is_anycast(in, &iph6->daddr))
			return TARPIT_NOT_UNICAST;
		if (!(in->flags & IFF_LOOPBACK) &&
		    (ipv6_addr_loopback(&iph6->saddr) || ipv6_addr_loopback(&iph6->daddr)))
			return TARPIT_MARTIAN;
	} else {
		if (tarpit_is_broadcast(in, iph->saddr, iph->daddr))
			return TARPIT_NOT_UNICAST;
		if (!(in->flags & IFF_LOOPBACK) &&
		    (ipv4_is_loopback(iph->saddr) || ipv4_is_loopback(iph->daddr)))
			return TARPIT_MARTIAN;
	}
	return TARPIT_UNICAST;
}

/* Describes the way back by the peer's link, as the route to a neighbour would. */
void tarpit_describe_link(const struct net *net, const struct net_device *dev, bool ipv6,
			  struct tarpit_route *route)
{
	const struct inet6_dev *idev;

	route->mtu = READ_ONCE(dev->mtu);
	if (ipv6) {
		idev = __in6_dev_get(dev);
		if (idev)
			route->mtu = READ_ONCE(idev->cnf.mtu6);
		route->advmss = clamp_t(int, route->mtu - 60, net->ipv6.sysctl.ip6_rt_min_advmss,
					IPV6_MAXPLEN - 20);
		route->hop_limit = idev ? READ_ONCE(idev->cnf.hop_limit)
					: READ_ONCE(net->ipv6.devconf_all->hop_limit);
	} else {
		route->advmss = clamp_t(int, route->mtu - 40, tarpit_min_advmss(net),
					IP_MAX_MTU - 40);
		route->hop_limit = READ_ONCE(net->ipv4.sysctl_ip_default_ttl);
	}
	route->unicast = true;
	route->inward = false;
}

/*
 * Finds the way back of a packet of a device; false if there is none. A route to a tarpit
 * device does not count. A peer on this host gets its reply through the tarpit device, as
 * if it came from the link.
 */
bool tarpit_device_route_back(const struct tarpit_packet *packet,
			      __be16 sport, __be16 dport, struct tarpit_route *route)
{
	const struct net_device *dev = packet->arrival.dev;

	if (packet->arrival.way != TARPIT_BY_ROUTE) {
		route->dst = NULL;
		route->way = packet->arrival.way;
		tarpit_describe_link(packet->net, packet->in, packet->ipv6, route);
		return tarpit_link_device(packet, route->way)->flags & IFF_UP;
	}
	if (!tarpit_route_back(packet, sport, dport, route))
		return false;
	if (dst_dev_rcu(route->dst)->netdev_ops == dev->netdev_ops) {
		dst_release(route->dst);
		return false;
	}
	if (route->inward && packet->arrival.origin == TARPIT_FROM_HOST &&
	    packet->arrival.ethernet) {
		route->inward = false;
		route->way = TARPIT_RECEIVE;
	}
	return true;
}

/*
 * Sends the reply out by the link that the packet came by, or lets it come in by the device
 * that has taken the packet: with the packet's MAC addresses swapped and its VLAN tag.
 */
void tarpit_reply_link(struct sk_buff *skb, const struct tarpit_packet *packet, u8 way)
{
	const struct tarpit_arrival *arrival = &packet->arrival;
	struct ethhdr *eth;

	/* What ip_local_out() does to a routed reply. */
	if (!packet->ipv6)
		ip_send_check(ip_hdr(skb));
	skb_dst_drop(skb);
	if (arrival->vlan_proto)
		__vlan_hwaccel_put_tag(skb, arrival->vlan_proto, arrival->vlan_tci);
	skb->dev = tarpit_link_device(packet, way);
	eth = skb_push(skb, ETH_HLEN);
	skb_reset_mac_header(skb);
	ether_addr_copy(eth->h_dest, arrival->mac + ETH_ALEN);
	ether_addr_copy(eth->h_source, arrival->mac);
	eth->h_proto = skb->protocol;
	if (way == TARPIT_REFLECT) {
		dev_queue_xmit(skb);
		return;
	}
	/* Connection tracking sees it as an incoming packet. */
	nf_reset_ct(skb);
	skb->protocol = eth_type_trans(skb, skb->dev);
	netif_rx(skb);
}

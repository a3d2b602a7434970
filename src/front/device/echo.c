// SPDX-License-Identifier: GPL-2.0
/*
 * Echo requests to a tarpit device whose option echo is set.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/ratelimit.h>
#include <linux/skbuff.h>

#include "device.h"

/* The largest packet that is answered, from the IP header on. */
#define TARPIT_ECHO_LENGTH 1000

/*
 * The room before and behind the copy of a request, so that it can become the reply. A
 * route through tunnels of IPsec needs less.
 */
#define TARPIT_ECHO_HEADROOM 256
#define TARPIT_ECHO_TAILROOM 128

/*
 * As net.ipv4.icmp_msgs_per_sec and icmp_msgs_burst by default: 1000 a second, 50 at once.
 * Pings do not take from that limit, because the host's own errors need it.
 */
void tarpit_init_echo(struct tarpit_device *tarpit)
{
	ratelimit_state_init(&tarpit->echo_limit, HZ / 20, 50);
	ratelimit_set_flags(&tarpit->echo_limit, RATELIMIT_MSG_ON_RELEASE);
}

/* Whether the packet is an echo request of a length that is answered; its rest is unchecked. */
bool tarpit_is_echo(const struct sk_buff *skb)
{
	const bool ipv6 = skb->protocol == htons(ETH_P_IPV6);
	const int offset = skb_network_offset(skb);
	const int header = ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	u8 buffer[sizeof(struct ipv6hdr) + 1];
	const u8 *ip;

	if ((!ipv6 && skb->protocol != htons(ETH_P_IP)) || skb_is_gso(skb) ||
	    skb->len > offset + TARPIT_ECHO_LENGTH)
		return false;
	ip = skb_header_pointer(skb, offset, header + 1, buffer);
	if (!ip)
		return false;
	if (ipv6)
		return ip[offsetof(struct ipv6hdr, nexthdr)] == IPPROTO_ICMPV6 &&
		       ip[header] == ICMPV6_ECHO_REQUEST;
	return ip[0] == 0x45 && ip[offsetof(struct iphdr, protocol)] == IPPROTO_ICMP &&
	       ip[header] == ICMP_ECHO;
}

/* Answers a copy of the packet, which is linear and has room. */
static void tarpit_answer_copy(const struct sk_buff *skb, struct net_device *dev)
{
	const struct tarpit_device *tarpit = netdev_priv(dev);
	const struct tarpit_settings settings = tarpit_get_settings(dev);
	struct tarpit_packet packet __uninitialized;
	struct sk_buff *copy;

	copy = skb_copy_expand(skb, TARPIT_ECHO_HEADROOM, TARPIT_ECHO_TAILROOM, GFP_ATOMIC);
	if (!copy)
		tarpit_counters_inc(tarpit->counters, TARPIT_NO_MEMORY);
	else if (!tarpit_read_frame(&packet, copy, dev))
		tarpit_counters_inc(tarpit->counters, TARPIT_NOT_IP);
	else if (xt_tarpit_device_echo(&packet, &settings, tarpit->counters) == TARPIT_REUSED)
		return;
	kfree_skb(copy);
}

/* The caller holds RCU's lock, and frees the skb. */
void tarpit_take_echo(struct sk_buff *skb, struct net_device *dev)
{
	struct tarpit_device *tarpit = netdev_priv(dev);

	/* The limit prints nothing, because it has the flag RATELIMIT_MSG_ON_RELEASE. */
	if (___ratelimit(&tarpit->echo_limit, ""))
		tarpit_answer_copy(skb, dev);
	else
		tarpit_counters_inc(tarpit->counters, TARPIT_LIMITED);
}

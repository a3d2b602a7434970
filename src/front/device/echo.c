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

/* The limit prints nothing, because it has the flag RATELIMIT_MSG_ON_RELEASE. */
bool tarpit_may_echo(struct tarpit_device *tarpit)
{
	return ___ratelimit(&tarpit->echo_limit, "");
}

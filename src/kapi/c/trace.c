// SPDX-License-Identifier: GPL-2.0
/*
 * Fills in the tracepoints. Called only while one of them is enabled.
 */
#include <linux/ip.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <net/ipv6.h>

#include "kapi.h"

/* The length of a word in a tracepoint, padded with zeros. */
#define TARPIT_WORD 16

static void tarpit_word(char word[TARPIT_WORD], const struct tarpit_text *text)
{
	memcpy_and_pad(word, TARPIT_WORD - 1, text->start, text->length, 0);
	word[TARPIT_WORD - 1] = 0;
}

#define CREATE_TRACE_POINTS
#include "events.h"

/* The ports of the TCP header at the offset; 0 where there is none. */
static void tarpit_ports(const struct sk_buff *skb, int offset, __be16 *source, __be16 *destination)
{
	struct tcphdr buffer;
	const struct tcphdr *tcp = NULL;

	if (offset >= 0)
		tcp = skb_header_pointer(skb, offset, sizeof(buffer), &buffer);
	*source = tcp ? tcp->source : 0;
	*destination = tcp ? tcp->dest : 0;
}

static struct tarpit_ends tarpit_ends_v4(const struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	struct sockaddr_in source = { .sin_family = AF_INET, .sin_addr.s_addr = iph->saddr };
	struct sockaddr_in destination = { .sin_family = AF_INET, .sin_addr.s_addr = iph->daddr };
	struct tarpit_ends ends = {};

	tarpit_ports(skb, skb_network_offset(skb) + iph->ihl * 4, &source.sin_port,
		     &destination.sin_port);
	memcpy(&ends.source, &source, sizeof(source));
	memcpy(&ends.destination, &destination, sizeof(destination));
	return ends;
}

static struct tarpit_ends tarpit_ends_v6(const struct sk_buff *skb)
{
	const struct ipv6hdr *iph = ipv6_hdr(skb);
	struct tarpit_ends ends = {
		.source = { .sin6_family = AF_INET6, .sin6_addr = iph->saddr },
		.destination = { .sin6_family = AF_INET6, .sin6_addr = iph->daddr },
	};
	u8 next = iph->nexthdr;
	__be16 fragment;

	tarpit_ports(skb, ipv6_skip_exthdr(skb, skb_network_offset(skb) + sizeof(*iph), &next,
					   &fragment),
		     &ends.source.sin6_port, &ends.destination.sin6_port);
	return ends;
}

static struct tarpit_ends tarpit_ends(const struct sk_buff *skb, bool ipv6)
{
	return ipv6 ? tarpit_ends_v6(skb) : tarpit_ends_v4(skb);
}

void tarpit_trace_reply(const struct sk_buff *skb, bool ipv6,
			struct tarpit_text mode, s64 age)
{
	const struct tarpit_ends ends = tarpit_ends(skb, ipv6);

	trace_reply(&ends, &mode, age);
}

void tarpit_trace_ignored(const struct tarpit_packet *packet, struct tarpit_text mode,
			  struct tarpit_text reason, s64 age)
{
	const struct tarpit_ends ends = tarpit_ends(packet->skb, packet->ipv6);

	trace_ignored(&ends, &mode, &reason, age);
}

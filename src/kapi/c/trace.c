// SPDX-License-Identifier: GPL-2.0
/*
 * Fills in the tracepoints. Called only while one of them is enabled.
 */
#include <linux/ip.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <net/ipv6.h>

#include "frame.h"
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

/* Addresses and ports of a packet; ports are 0 where there is no TCP header. */
static struct tarpit_ends tarpit_ends_v4(const struct iphdr *iph, const struct tcphdr *tcp)
{
	struct sockaddr_in source = { .sin_family = AF_INET, .sin_addr.s_addr = iph->saddr };
	struct sockaddr_in destination = { .sin_family = AF_INET, .sin_addr.s_addr = iph->daddr };
	struct tarpit_ends ends = {};

	source.sin_port = tcp ? tcp->source : 0;
	destination.sin_port = tcp ? tcp->dest : 0;
	memcpy(&ends.source, &source, sizeof(source));
	memcpy(&ends.destination, &destination, sizeof(destination));
	return ends;
}

static struct tarpit_ends tarpit_ends_v6(const struct ipv6hdr *iph, const struct tcphdr *tcp)
{
	return (struct tarpit_ends){
		.source = { .sin6_family = AF_INET6, .sin6_addr = iph->saddr,
			    .sin6_port = tcp ? tcp->source : 0 },
		.destination = { .sin6_family = AF_INET6, .sin6_addr = iph->daddr,
				 .sin6_port = tcp ? tcp->dest : 0 },
	};
}

static struct tarpit_ends tarpit_ends(const struct sk_buff *skb, bool ipv6)
{
	int offset = skb_network_offset(skb) + (ipv6 ? 0 : ip_hdr(skb)->ihl * 4);
	const struct tcphdr *tcp = NULL;
	struct tcphdr buffer;
	__be16 fragment;
	u8 next;

	if (ipv6) {
		next = ipv6_hdr(skb)->nexthdr;
		offset = ipv6_skip_exthdr(skb, offset + sizeof(struct ipv6hdr), &next, &fragment);
	}
	if (offset >= 0)
		tcp = skb_header_pointer(skb, offset, sizeof(buffer), &buffer);
	return ipv6 ? tarpit_ends_v6(ipv6_hdr(skb), tcp) : tarpit_ends_v4(ip_hdr(skb), tcp);
}

/* The same of a frame's packet, which may be shorter than its header. */
static struct tarpit_ends tarpit_frame_ends(const u8 *packet, u32 length, u32 offset, bool ipv6)
{
	const void *tcp = offset ? packet + offset : NULL;

	if (length < (ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr)))
		return (struct tarpit_ends){};
	return ipv6 ? tarpit_ends_v6((const void *)packet, tcp)
		    : tarpit_ends_v4((const void *)packet, tcp);
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

void tarpit_trace_frame_reply(const u8 *packet, u32 length, u32 offset, bool ipv6,
			      struct tarpit_text mode, s64 age)
{
	const struct tarpit_ends ends = tarpit_frame_ends(packet, length, offset, ipv6);

	trace_reply(&ends, &mode, age);
}

void tarpit_trace_frame_ignored(const u8 *packet, u32 length, u32 offset, bool ipv6,
				struct tarpit_text mode, struct tarpit_text reason, s64 age)
{
	const struct tarpit_ends ends = tarpit_frame_ends(packet, length, offset, ipv6);

	trace_ignored(&ends, &mode, &reason, age);
}

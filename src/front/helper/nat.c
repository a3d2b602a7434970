// SPDX-License-Identifier: GPL-2.0
/*
 * Undoes source NAT, which POSTROUTING applies before the helper sees the packet: without
 * it the peer would be an address of this host, with a port that changes from segment to
 * segment.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/checksum.h>
#include <net/netfilter/nf_conntrack.h>

#include "helper.h"

static void tarpit_set_source_v4(struct sk_buff *skb, struct tcphdr *th, __be32 source)
{
	struct iphdr *iph = ip_hdr(skb);

	inet_proto_csum_replace4(&th->check, skb, iph->saddr, source, true);
	csum_replace4(&iph->check, iph->saddr, source);
	iph->saddr = source;
}

static void tarpit_set_source_v6(struct sk_buff *skb, struct tcphdr *th,
				 const struct in6_addr *source)
{
	struct ipv6hdr *iph = ipv6_hdr(skb);

	inet_proto_csum_replace16(&th->check, skb, iph->saddr.s6_addr32, source->s6_addr32, true);
	iph->saddr = *source;
}

/* The TCP header is at the offset. False if there is no memory, or no such header. */
bool tarpit_undo_snat(struct sk_buff *skb, const struct nf_conn *ct, unsigned int offset)
{
	const struct nf_conntrack_tuple *was = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	struct tcphdr *th;

	if (skb_ensure_writable(skb, offset + sizeof(*th)))
		return false;
	th = (struct tcphdr *)(skb->data + offset);
	if (nf_ct_l3num(ct) == NFPROTO_IPV6)
		tarpit_set_source_v6(skb, th, &was->src.u3.in6);
	else
		tarpit_set_source_v4(skb, th, was->src.u3.ip);
	inet_proto_csum_replace2(&th->check, skb, th->source, was->src.u.tcp.port, false);
	th->source = was->src.u.tcp.port;
	return true;
}

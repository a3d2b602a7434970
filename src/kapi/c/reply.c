// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the skb of a reply, and sends it by its route.
 */
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>

#include "compat.h"
#include "kapi.h"

/* The mark of a reply: the segment's if fwmark_reflect is set, else 0. */
static u32 tarpit_mark(const struct tarpit_packet *packet)
{
	return packet->ipv6 ? IP6_REPLY_MARK(packet->net, packet->skb->mark)
			    : IP4_REPLY_MARK(packet->net, packet->skb->mark);
}

/* Sets the offsets, protocol, mark and route of an empty skb, which takes over the route. */
static struct tarpit_reply tarpit_address(struct sk_buff *skb, bool ipv6, u32 mark,
					  struct dst_entry *dst)
{
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr));
	skb->protocol = ipv6 ? htons(ETH_P_IPV6) : htons(ETH_P_IP);
	skb->mark = mark;
	skb_dst_set(skb, dst);
	return (struct tarpit_reply){ .skb = skb, .data = skb->data };
}

/* Whether the segment has room for a reply that leaves by the route. */
static bool tarpit_has_room(const struct tarpit_packet *packet, const struct tarpit_route *route)
{
	const struct sk_buff *skb = packet->skb;
	const struct dst_entry *dst = route->dst;
	const struct net_device *dev;

	if (!dst) {
		dev = tarpit_link_device(packet, route->way);
		return skb_headroom(skb) >= LL_RESERVED_SPACE(dev);
	}
	return skb_headroom(skb) >= LL_RESERVED_SPACE(dst_dev_rcu(dst)) + dst->header_len &&
	       skb_tailroom(skb) >= dst->trailer_len;
}

/* Whether the segment is unshared and linear, and has room for a reply. */
static bool tarpit_may_rewrite(const struct tarpit_packet *packet, unsigned int length,
			       const struct tarpit_route *route)
{
	const struct sk_buff *skb = packet->skb;

	return !skb_shared(skb) && !skb->cloned && !skb->nohdr && !skb->peeked &&
	       !skb_is_nonlinear(skb) && !skb_is_gso(skb) && !skb_zcopy(packet->skb) &&
	       skb->len >= length && tarpit_has_room(packet, route);
}

/*
 * Resets all fields of the skb, including those that only some kernels have, to what
 * alloc_skb() leaves. Only its memory stays.
 */
static void tarpit_scrub(struct sk_buff *skb)
{
	u8 *memory = (u8 *)skb + offsetof(struct sk_buff, __cloned_offset);
	const u8 kept = *memory;

	skb_orphan(skb);
	skb_dst_drop(skb);
	nf_reset_ct(skb);
	skb_ext_reset(skb);
	memset(skb, 0, offsetof(struct sk_buff, tail));
	memset(skb_shinfo(skb), 0, offsetof(struct skb_shared_info, dataref));
	/* fclone, head_frag, pfmemalloc, pp_recycle; the rest is 0 by tarpit_may_rewrite(). */
	*memory = kept;
	tarpit_set_alloc_cpu(skb);
	skb_unset_mac_header(skb);
}

/*
 * Turns the segment's skb into the reply; its bytes stay as they are. Returns no reply if
 * the segment is shared or has too little room.
 */
struct tarpit_reply tarpit_reply_rewrite(const struct tarpit_packet *packet,
					 u32 length, const struct tarpit_route *route, bool track)
{
	struct sk_buff *skb = packet->skb;
	enum ip_conntrack_info info;
	struct nf_conn *ct = NULL;
	u32 mark;

	if (!tarpit_may_rewrite(packet, length, route))
		return (struct tarpit_reply){};
	mark = tarpit_mark(packet);
	if (track) {
		ct = nf_ct_get(skb, &info);
		skb->_nfct = 0;
	}
	tarpit_scrub(skb);
	if (ct)
		nf_ct_set(skb, ct, CTINFO2DIR(info) == IP_CT_DIR_ORIGINAL ?
				   IP_CT_RELATED_REPLY : IP_CT_RELATED);
	else
		nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	skb->len = length;
	skb_set_tail_pointer(skb, length);
	return tarpit_address(skb, packet->ipv6, mark, route->dst);
}

/* Allocates an skb of zeros for the reply. Returns no reply if there is no memory. */
struct tarpit_reply tarpit_reply_alloc(const struct tarpit_packet *packet,
				       u32 length, const struct tarpit_route *route, bool track)
{
	const u32 trailer = route->dst ? route->dst->trailer_len : 0;
	struct sk_buff *skb = alloc_skb(LL_MAX_HEADER + length + trailer, GFP_ATOMIC);
	enum ip_conntrack_info info;

	if (!skb)
		return (struct tarpit_reply){};
	skb_reserve(skb, LL_MAX_HEADER);
	skb_put_zero(skb, length);
	if (track && nf_ct_get(packet->skb, &info))
		nf_ct_attach(skb, packet->skb);
	else
		nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	return tarpit_address(skb, packet->ipv6, tarpit_mark(packet), route->dst);
}

/* Marks the reply's tracked connection, if it has one, as closing. */
void tarpit_reply_set_closing(const struct sk_buff *skb)
{
	nf_ct_set_closing(skb_nfct(skb));
}

void tarpit_reply_free(struct sk_buff *skb)
{
	kfree_skb(skb);
}

void tarpit_reply_send(struct sk_buff *skb, struct net *net, bool ipv6)
{
	if (ipv6)
		ip6_local_out(net, NULL, skb);
	else
		ip_local_out(net, NULL, skb);
}

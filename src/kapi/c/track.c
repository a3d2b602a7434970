// SPDX-License-Identifier: GPL-2.0
/*
 * What connection tracking knows of the connection that a packet belongs to. Only inline
 * functions are used, so the module does not depend on nf_conntrack.
 */
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/skbuff.h>
#include <net/netfilter/nf_conntrack.h>

#include "kapi.h"

#if IS_ENABLED(CONFIG_NF_CONNTRACK)
/*
 * The packet's connection, if it is TCP, both sides have sent, and it was established before
 * the packet. A connection whose numbers netfilter changes (SYNPROXY, helpers) does not count.
 */
static struct nf_conn *tarpit_connection(const struct sk_buff *skb, enum ip_conntrack_info *info)
{
	struct nf_conn *ct = nf_ct_get(skb, info);

	if (!ct || nf_ct_is_template(ct) || nf_ct_is_dying(ct) ||
	    nf_ct_protonum(ct) != IPPROTO_TCP ||
	    (*info != IP_CT_ESTABLISHED && *info != IP_CT_ESTABLISHED_REPLY) ||
	    !test_bit(IPS_ASSURED_BIT, &ct->status) || test_bit(IPS_SEQ_ADJUST_BIT, &ct->status))
		return NULL;
	return ct;
}

static bool tarpit_has_numbers(const struct ip_ct_tcp *tcp, enum ip_conntrack_dir dir)
{
	switch (tcp->state) {
	case TCP_CONNTRACK_ESTABLISHED:
	case TCP_CONNTRACK_FIN_WAIT:
	case TCP_CONNTRACK_CLOSE_WAIT:
	case TCP_CONNTRACK_LAST_ACK:
		break;
	default:
		return false;
	}
	/* A flow table sets the windows to 0 when it takes over a connection. */
	return tcp->seen[!dir].flags & IP_CT_TCP_FLAG_MAXACK_SET &&
	       tcp->seen[!dir].td_maxwin && tcp->seen[dir].td_maxwin;
}
#endif

/* Reads how far the packet's connection has come. Returns false if that is not known. */
bool tarpit_tracked(const struct tarpit_packet *packet, struct tarpit_tracked *tracked)
{
	bool known = false;
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	enum ip_conntrack_info info;
	struct nf_conn *ct = tarpit_connection(packet->skb, &info);
	const struct ip_ct_tcp *tcp;
	enum ip_conntrack_dir dir;

	if (!ct)
		return false;
	tcp = &ct->proto.tcp;
	dir = CTINFO2DIR(info);
	spin_lock_bh(&ct->lock);
	known = tarpit_has_numbers(tcp, dir);
	tracked->una = tcp->seen[!dir].td_maxack;
	tracked->next = tcp->seen[!dir].td_end;
	tracked->our_window = tcp->seen[!dir].td_maxwin;
	tracked->peer_window = tcp->seen[dir].td_maxwin;
	spin_unlock_bh(&ct->lock);
#endif
	return known;
}

/*
 * Tells connection tracking that the packet is answered. It does not see our replies, and
 * would shorten the connection's timeout after a few equal keepalives.
 */
void tarpit_tracked_answered(const struct tarpit_packet *packet)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	enum ip_conntrack_info info;
	struct nf_conn *ct = tarpit_connection(packet->skb, &info);

	if (!ct)
		return;
	spin_lock_bh(&ct->lock);
	ct->proto.tcp.retrans = 0;
	spin_unlock_bh(&ct->lock);
#endif
}

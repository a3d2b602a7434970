/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The border between the conntrack helper's C and Rust, and what nf_conntrack_tarpit.ko
 * calls. bindgen generates bindings.rs from this header (make bindings), and lint compares
 * the two.
 */
#ifndef _XT_TARPIT_HELPER_H
#define _XT_TARPIT_HELPER_H

#include "kapi.h"

/* Rust, called by C. The mode is XT_TARPIT_TARPIT, ... */
void xt_tarpit_help_v4(const struct tarpit_packet *packet, u8 mode);
void xt_tarpit_help_v6(const struct tarpit_packet *packet, u8 mode);

#ifndef __BINDGEN__
#include <linux/netfilter/nf_conntrack_common.h>

struct nf_conn;

/* C, called by nf_conntrack_tarpit.ko. */
int xt_tarpit_help(struct sk_buff *skb, unsigned int offset, const struct nf_conn *ct,
		   enum ip_conntrack_info info, u8 mode);

/* C, called by C. */
bool tarpit_undo_snat(struct sk_buff *skb, const struct nf_conn *ct, unsigned int offset);
#endif

#endif /* _XT_TARPIT_HELPER_H */

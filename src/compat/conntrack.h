/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Helpers of connection tracking, whose interface differs between kernels; compat.h has
 * all other differences.
 */
#ifndef _XT_TARPIT_CONNTRACK_H
#define _XT_TARPIT_CONNTRACK_H

#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_helper.h>

/* After 7.2: the kernel registers a copy of the helper. */
struct tarpit_ct_helper {
	struct nf_conntrack_helper ours;
#ifdef TARPIT_HAS_HELPER_COPIES
	struct nf_conntrack_helper *copy;
#endif
};

/* A helper needs a policy, although ours expects no other connection. */
static const struct nf_conntrack_expect_policy tarpit_expect_nothing = {
	.max_expected = 1,
	.timeout = 1,
};

/*
 * Registers a helper for TCP of both families. Before 7.3 a helper has a port. The index
 * only makes it unique: connection tracking assigns a helper by its port only to packets of
 * the helper's family, and no packet is of NFPROTO_UNSPEC.
 */
static inline int tarpit_ct_register(struct tarpit_ct_helper *helper, u16 index, const char *name,
				     int (*help)(struct sk_buff *skb, unsigned int offset,
						 struct nf_conn *ct, enum ip_conntrack_info info),
				     struct module *module)
{
#ifdef TARPIT_HAS_HELPER_PORTS
	nf_ct_helper_init(&helper->ours, NFPROTO_UNSPEC, IPPROTO_TCP, name, index, index, index,
			  &tarpit_expect_nothing, 0, help, NULL, module);
#else
	nf_ct_helper_init(&helper->ours, NFPROTO_UNSPEC, IPPROTO_TCP, name,
			  &tarpit_expect_nothing, 0, help, NULL, module);
#endif
#ifdef TARPIT_HAS_HELPER_COPIES
	return nf_conntrack_helper_register(&helper->ours, &helper->copy);
#else
	return nf_conntrack_helper_register(&helper->ours);
#endif
}

static inline void tarpit_ct_unregister(struct tarpit_ct_helper *helper)
{
#ifdef TARPIT_HAS_HELPER_COPIES
	nf_conntrack_helper_unregister(helper->copy);
#else
	nf_conntrack_helper_unregister(&helper->ours);
#endif
}

#endif /* _XT_TARPIT_CONNTRACK_H */

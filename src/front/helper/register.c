// SPDX-License-Identifier: GPL-2.0
/*
 * The module nf_conntrack_tarpit: registers the helpers of connection tracking, for
 * "ct helper" of nftables. It is a separate module, so that xt_TARPIT does not need
 * connection tracking and that the name of a helper loads it.
 */
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/random.h>

#include "conntrack.h"
#include "helper.h"
#include "xt_TARPIT.h"

static int tarpit_help_tarpit(struct sk_buff *skb, unsigned int offset, struct nf_conn *ct,
			      enum ip_conntrack_info info)
{
	return xt_tarpit_help(skb, offset, ct, info, XT_TARPIT_TARPIT);
}

static int tarpit_help_persist(struct sk_buff *skb, unsigned int offset, struct nf_conn *ct,
			       enum ip_conntrack_info info)
{
	return xt_tarpit_help(skb, offset, ct, info, XT_TARPIT_PERSIST);
}

static int tarpit_help_honeypot(struct sk_buff *skb, unsigned int offset, struct nf_conn *ct,
				enum ip_conntrack_info info)
{
	return xt_tarpit_help(skb, offset, ct, info, XT_TARPIT_HONEYPOT);
}

static int tarpit_help_reset(struct sk_buff *skb, unsigned int offset, struct nf_conn *ct,
			     enum ip_conntrack_info info)
{
	return xt_tarpit_help(skb, offset, ct, info, XT_TARPIT_RESET);
}

static const struct {
	const char *name;
	int (*help)(struct sk_buff *skb, unsigned int offset, struct nf_conn *ct,
		    enum ip_conntrack_info info);
} tarpit_helps[] = {
	{ "tarpit", tarpit_help_tarpit },
	{ "tarpit-persist", tarpit_help_persist },
	{ "tarpit-honeypot", tarpit_help_honeypot },
	{ "tarpit-reset", tarpit_help_reset },
};

static struct tarpit_ct_helper tarpit_helpers[ARRAY_SIZE(tarpit_helps)];

static void tarpit_unregister(size_t count)
{
	while (count--)
		tarpit_ct_unregister(&tarpit_helpers[count]);
}

static int __init tarpit_helper_init(void)
{
	size_t index;
	int error;

	/* Without a key packets get no reply, so wait; a signal may end the wait. */
	wait_for_random_bytes();
	for (index = 0; index < ARRAY_SIZE(tarpit_helps); index++) {
		error = tarpit_ct_register(&tarpit_helpers[index], index, tarpit_helps[index].name,
					   tarpit_helps[index].help, THIS_MODULE);
		if (error) {
			tarpit_unregister(index);
			return error;
		}
	}
	return 0;
}

static void __exit tarpit_helper_exit(void)
{
	tarpit_unregister(ARRAY_SIZE(tarpit_helps));
}

module_init(tarpit_helper_init);
module_exit(tarpit_helper_exit);

MODULE_AUTHOR("xt_TARPIT developers");
MODULE_DESCRIPTION("Connection tracking helper: hold TCP peers in a connection with a zero window");
MODULE_LICENSE("GPL");
MODULE_ALIAS_NFCT_HELPER("tarpit");
MODULE_ALIAS_NFCT_HELPER("tarpit-persist");
MODULE_ALIAS_NFCT_HELPER("tarpit-honeypot");
MODULE_ALIAS_NFCT_HELPER("tarpit-reset");

// SPDX-License-Identifier: GPL-2.0
/*
 * The targets of x_tables. The layout of struct xt_target depends on the configuration, so
 * the table is in C; each entry calls Rust.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/netfilter/x_tables.h>

#include "packet.h"
#include "xt_TARPIT.h"
#include "xtables.h"

static bool tarpit_in_nat(const struct xt_tgchk_param *par)
{
	return !strcmp(par->table, "nat");
}

static int tarpit_verdict(const char *refusal)
{
	if (!refusal)
		return 0;
	pr_info_ratelimited("%s\n", refusal);
	return -EINVAL;
}

static int tarpit_tg0_check(const struct xt_tgchk_param *par)
{
	return tarpit_verdict(xt_tarpit_tg0_check(par->targinfo, tarpit_in_nat(par)));
}

static int tarpit_tg1_check(const struct xt_tgchk_param *par)
{
	return tarpit_verdict(xt_tarpit_tg1_check(par->targinfo, tarpit_in_nat(par)));
}

#define TARPIT_TG(rev, af, ipv6)						\
static unsigned int tarpit_tg##rev##_##af(struct sk_buff *skb,			\
					  const struct xt_action_param *par)	\
{										\
	struct tarpit_packet packet __uninitialized;				\
										\
	tarpit_read_packet(&packet, skb, par->state, ipv6);			\
	return xt_tarpit_tg##rev##_##af(&packet, par->targinfo);		\
}

TARPIT_TG(0, v4, false)
TARPIT_TG(0, v6, true)
TARPIT_TG(1, v4, false)
TARPIT_TG(1, v6, true)

#define TARPIT_HOOKS (BIT(NF_INET_PRE_ROUTING) | BIT(NF_INET_LOCAL_IN) | \
		      BIT(NF_INET_FORWARD))

#define TARPIT_TARGET(pf, rev, af, info, protocol) {		\
	.name = "TARPIT",					\
	.revision = rev,					\
	.family = pf,						\
	.target = tarpit_tg##rev##_##af,			\
	.checkentry = tarpit_tg##rev##_check,			\
	.targetsize = sizeof(struct info),			\
	.hooks = TARPIT_HOOKS,					\
	.proto = protocol,					\
	.me = THIS_MODULE,					\
}

static struct xt_target tarpit_targets[] = {
	TARPIT_TARGET(NFPROTO_IPV4, 0, v4, xt_tarpit_tginfo, IPPROTO_TCP),
	TARPIT_TARGET(NFPROTO_IPV6, 0, v6, xt_tarpit_tginfo, IPPROTO_TCP),
	TARPIT_TARGET(NFPROTO_IPV4, 1, v4, xt_tarpit_tginfo_v1, 0),
	TARPIT_TARGET(NFPROTO_IPV6, 1, v6, xt_tarpit_tginfo_v1, 0),
};

int tarpit_targets_register(void)
{
	return xt_register_targets(tarpit_targets, ARRAY_SIZE(tarpit_targets));
}

void tarpit_targets_unregister(void)
{
	xt_unregister_targets(tarpit_targets, ARRAY_SIZE(tarpit_targets));
}

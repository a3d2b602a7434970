// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_xdp_tarpit(), which XDP programs call to answer a frame. Nothing is decided here.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/module.h>
#include <linux/netdevice.h>

#include "bpf.h"
#include "bpf_tarpit.h"
#include "compat.h"
#include "xdp.h"
#include "xt_TARPIT.h"

static_assert((int)BPF_TARPIT_TARPIT == (int)XT_TARPIT_TARPIT);
static_assert((int)BPF_TARPIT_HONEYPOT == (int)XT_TARPIT_HONEYPOT);
static_assert((int)BPF_TARPIT_RESET == (int)XT_TARPIT_RESET);
static_assert((int)BPF_TARPIT_PERSIST == (int)XT_TARPIT_PERSIST);

#ifdef TARPIT_KFUNC
/* Returns enum tarpit_frame_fate or the length of the reply. */
static u32 tarpit_answer_buff(struct xdp_buff *xdp, u32 flags)
{
	struct net_device *dev = xdp->rxq->dev;
	struct tarpit_frame frame = {
		.data = xdp->data,
		.length = xdp->data_end - xdp->data,
		.open = true,
	};

	/*
	 * Left to the host: a reply by the link would evade an IPsec policy, and a frame in
	 * several buffers cannot be read.
	 */
	if (tarpit_ipsec_may_apply(dev_net(dev)) || tarpit_buff_has_frags(xdp))
		return TARPIT_FRAME_NOT_TCP;
	tarpit_show_frame(&frame, dev);
	return xt_tarpit_xdp(&frame, flags);
}

/* include/bpf_tarpit.h describes it. */
__bpf_kfunc int bpf_xdp_tarpit(struct xdp_md *ctx, u32 flags)
{
	struct xdp_buff *xdp = (struct xdp_buff *)ctx;
	u32 length;

	rcu_read_lock();
	length = tarpit_answer_buff(xdp, flags);
	rcu_read_unlock();
	switch (length) {
	case TARPIT_FRAME_IGNORED:
		return XDP_DROP;
	case TARPIT_FRAME_NOT_TCP:
		return XDP_PASS;
	case TARPIT_FRAME_BAD_FLAGS:
		return XDP_ABORTED;
	}
	xdp->data_end = xdp->data + length;
	return XDP_TX;
}

BTF_KFUNCS_START(tarpit_kfuncs)
BTF_ID_FLAGS(func, bpf_xdp_tarpit)
BTF_KFUNCS_END(tarpit_kfuncs)

static const struct btf_kfunc_id_set tarpit_kfunc_set = {
	.owner = THIS_MODULE,
	.set = &tarpit_kfuncs,
};
#endif

/* Without the function everything else works, so this cannot fail. */
void tarpit_xdp_register(void)
{
#ifdef TARPIT_KFUNC
	int error;

	if (!tarpit_has_types(THIS_MODULE)) {
		pr_notice("XDP lacks bpf_xdp_tarpit(): built without BTF; install pahole\n");
		return;
	}
	error = register_btf_kfunc_id_set(BPF_PROG_TYPE_XDP, &tarpit_kfunc_set);
	if (error)
		pr_notice("XDP lacks bpf_xdp_tarpit(): its BTF is refused (%d)\n", error);
#else
	pr_notice("XDP lacks bpf_xdp_tarpit(): this kernel has no such functions\n");
#endif
}

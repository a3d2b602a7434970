/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interfaces of XDP and BPF that an older kernel lacks; compat.h explains how they are
 * probed. Include this after the kernel's headers.
 */
#ifndef _XT_TARPIT_BPF_H
#define _XT_TARPIT_BPF_H

#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <net/xdp.h>

/*
 * 5.13: the caller of ndo_xdp_xmit() frees what the driver has not taken. Before that the
 * driver frees it. No header shows the difference, but bpf_redirect_info got its map_id in
 * the same series.
 */
#ifdef TARPIT_HAS_REDIRECT_MAP_ID
#define TARPIT_XDP_XMIT
#endif

/* 5.18: a frame may have several buffers. */
static inline bool tarpit_frame_has_frags(struct xdp_frame *frame)
{
#ifdef TARPIT_HAS_XDP_FRAGS
	return xdp_frame_has_frags(frame);
#else
	return false;
#endif
}

static inline bool tarpit_buff_has_frags(struct xdp_buff *xdp)
{
#ifdef TARPIT_HAS_XDP_FRAGS
	return xdp_buff_has_frags(xdp);
#else
	return false;
#endif
}

/* 6.3: a device says what it can do. Before that, its operations do. */
static inline bool tarpit_takes_frames(const struct net_device *dev)
{
#ifdef TARPIT_HAS_XDP_FEATURES
	return READ_ONCE(dev->xdp_features) & NETDEV_XDP_ACT_NDO_XMIT;
#else
	return dev->netdev_ops->ndo_xdp_xmit;
#endif
}

static inline void tarpit_set_takes_frames(struct net_device *dev)
{
#ifdef TARPIT_HAS_XDP_FEATURES
	dev->xdp_features = NETDEV_XDP_ACT_NDO_XMIT;
#endif
}

/*
 * 5.18: a module can offer a function to BPF programs. The kernel finds it by the module's
 * types, which a module has only if it was built beside the kernel's own.
 */
#if defined(TARPIT_HAS_KFUNC_ID_SET) && defined(CONFIG_DEBUG_INFO_BTF_MODULES)
#define TARPIT_KFUNC
#endif

#ifdef TARPIT_KFUNC
static inline bool tarpit_has_types(const struct module *module)
{
	return module->btf_data_size;
}

/* 6.2 */
#ifndef __bpf_kfunc
#define __bpf_kfunc noinline
#endif

/* 6.9 */
#ifndef BTF_KFUNCS_START
#define BTF_KFUNCS_START BTF_SET8_START
#define BTF_KFUNCS_END BTF_SET8_END
#endif
#endif

#endif /* _XT_TARPIT_BPF_H */

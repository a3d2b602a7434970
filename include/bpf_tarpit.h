/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The ABI of bpf_xdp_tarpit(), which XDP programs call to answer a frame:
 *
 *	return bpf_xdp_tarpit(ctx, BPF_TARPIT_FLAGS(BPF_TARPIT_TARPIT, 0));
 *
 * The program returns the verdict at once and does not touch the frame again:
 *
 *	XDP_TX		the frame has become the reply
 *	XDP_DROP	it gets no reply; the module has counted the reason
 *	XDP_PASS	it is left to the host: it holds no TCP, it lies in several buffers, or
 *			IPsec may apply to the reply
 *	XDP_ABORTED	the flags are wrong
 *
 * docs/behaviour.md, section 13, has the details.
 */
#ifndef _BPF_TARPIT_H
#define _BPF_TARPIT_H

/* The modes, as in xt_TARPIT.h. */
enum bpf_tarpit_mode {
	BPF_TARPIT_TARPIT,
	BPF_TARPIT_HONEYPOT,
	BPF_TARPIT_RESET,
	BPF_TARPIT_PERSIST,
};

/* A window of 0 is the default of the mode; BPF_TARPIT_RESET has no other. */
#define BPF_TARPIT_FLAGS(mode, window) ((__u32)(window) << 16 | (mode))

#ifdef __ksym	/* of libbpf's bpf_helpers.h */
extern int bpf_xdp_tarpit(struct xdp_md *ctx, __u32 flags) __ksym;
#endif

#endif /* _BPF_TARPIT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The border between the C and the Rust of bpf_xdp_tarpit(). bindgen generates bindings.rs
 * from this header (make bindings), and lint compares the two.
 */
#ifndef _XT_TARPIT_FRONT_XDP_H
#define _XT_TARPIT_FRONT_XDP_H

#include "frame.h"

/* Rust, called by C. Returns enum tarpit_frame_fate or the length of the reply. */
u32 xt_tarpit_xdp(const struct tarpit_frame *frame, u32 flags);

/* C, called by Rust. */
void tarpit_xdp_register(void);

#ifndef __BINDGEN__
struct xdp_md;

/* C, called by BPF. */
int bpf_xdp_tarpit(struct xdp_md *ctx, u32 flags);
#endif

#endif /* _XT_TARPIT_FRONT_XDP_H */

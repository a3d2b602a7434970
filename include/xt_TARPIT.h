/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * xt_TARPIT - the rule that userspace passes to the kernel.
 *
 * This header is the only ABI between the two. C includes it, and
 * scripts/bindings generates src/front/xtables/abi.rs from it, which the
 * module, the extension and the Rust tests share.
 */
#ifndef _XT_TARPIT_H
#define _XT_TARPIT_H

#include <linux/types.h>

/* What the rule does with a segment. The values 0 to 2 are xtables-addons'. */
enum xt_tarpit_mode {
	XT_TARPIT_TARPIT,
	XT_TARPIT_HONEYPOT,
	XT_TARPIT_RESET,
	XT_TARPIT_PERSIST,
};

/* Revision 0: as in xtables-addons, whose extension can drive this module. */
struct xt_tarpit_tginfo {
	__u8 variant;		/* XT_TARPIT_TARPIT, _HONEYPOT or _RESET */
};

/*
 * Revision 1. Nothing here is wider than 16 bits, so that a 32-bit iptables
 * and a 64-bit kernel see the same layout.
 */
struct xt_tarpit_tginfo_v1 {
	__u8 mode;		/* enum xt_tarpit_mode */
	__u8 flags;		/* none is defined: must be 0 */
	__u16 window;		/* bytes; honeypot: not 0, reset: 0 */
	__u16 reserved[2];	/* must be 0 */
};

#endif /* _XT_TARPIT_H */

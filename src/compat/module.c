// SPDX-License-Identifier: GPL-2.0
/*
 * Init and exit of the module on the stand-in for the crate "kernel"; the kernel's own crate
 * brings them. The kernel calls both by pointer, and its checks of such pointers (IBT,
 * FineIBT, kCFI) accept functions of the C compiler only.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "kapi.h"

/* modinfo -F rust: the crate that the module is built on, "kernel" or "core". */
MODULE_INFO(rust, TARPIT_RUST);

#ifdef TARPIT_RUST_CORE
static int __init tarpit_init(void)
{
	return xt_tarpit_init();
}

static void __exit tarpit_exit(void)
{
	xt_tarpit_exit();
}

module_init(tarpit_init);
module_exit(tarpit_exit);
#endif

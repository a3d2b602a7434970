// SPDX-License-Identifier: GPL-2.0
/*
 * How the kernel enters and leaves the module, where the crate "kernel" is our stand-in;
 * the kernel's own crate brings both. The kernel calls a module by pointers, and where it
 * checks them (IBT, FineIBT, kCFI) they have to lead to functions of the C compiler.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "kapi.h"

/* modinfo -F rust: which crate "kernel" the module is built on, the kernel's or "core" alone. */
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

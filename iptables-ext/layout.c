// SPDX-License-Identifier: GPL-2.0
/*
 * Exports the values of the C headers to Rust. This file is only compiled to
 * assembly text: each line of it that starts with "->" becomes one line of a
 * generated Rust file (see the Makefile). layout.rs asserts each value at
 * compile time, so a header that disagrees stops the build.
 */
#include <getopt.h>
#include <stddef.h>
#include <xtables.h>

#include "../include/xt_TARPIT.h"

#define VALUE(name, value) \
	asm volatile("\n->pub const " name ": usize = %c0;" : : "i" (value))
#define SIZE(name, type) VALUE(name, sizeof(type))
#define AT(name, type, member) VALUE(name, offsetof(type, member))

/* The version is a string, which an operand cannot be. */
asm("\n->pub const VERSION: &core::ffi::CStr = c\"" XTABLES_VERSION "\";");

void libxtables(void);

void libxtables(void)
{
	VALUE("PARAMETER_PROBLEM", PARAMETER_PROBLEM);
	VALUE("NFPROTO_IPV4", NFPROTO_IPV4);
	VALUE("NFPROTO_IPV6", NFPROTO_IPV6);

	SIZE("TARGET", struct xtables_target);
	AT("TARGET_VERSION", struct xtables_target, version);
	AT("TARGET_NAME", struct xtables_target, name);
	AT("TARGET_REVISION", struct xtables_target, revision);
	AT("TARGET_FAMILY", struct xtables_target, family);
	AT("TARGET_SIZE", struct xtables_target, size);
	AT("TARGET_USERSPACESIZE", struct xtables_target, userspacesize);
	AT("TARGET_HELP", struct xtables_target, help);
	AT("TARGET_PARSE", struct xtables_target, parse);
	AT("TARGET_PRINT", struct xtables_target, print);
	AT("TARGET_SAVE", struct xtables_target, save);
	AT("TARGET_EXTRA_OPTS", struct xtables_target, extra_opts);

	AT("GLOBALS_EXIT_ERR", struct xtables_globals, exit_err);
	AT("ENTRY_DATA", struct xt_entry_target, data);
	VALUE("V0_ALIGNED", XT_ALIGN(sizeof(struct xt_tarpit_tginfo)));
	VALUE("V1_ALIGNED", XT_ALIGN(sizeof(struct xt_tarpit_tginfo_v1)));

	SIZE("OPTION", struct option);
	AT("OPTION_NAME", struct option, name);
	AT("OPTION_HAS_ARG", struct option, has_arg);
	AT("OPTION_FLAG", struct option, flag);
	AT("OPTION_VAL", struct option, val);
}

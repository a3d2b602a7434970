// SPDX-License-Identifier: GPL-2.0
/*
 * What the C header says of the ABI, printed as constants of Rust. build.rs
 * runs this, and src/layout.rs compares them with abi.rs of the module.
 */
#include <stddef.h>
#include <stdio.h>

#include "../../include/xt_TARPIT.h"

#define SAY(name, value) \
	printf("pub const %s: usize = %zu;\n", name, (size_t)(value))
#define SAY_FIELD(name, type, field) do {				\
	SAY(name, offsetof(struct type, field));			\
	SAY(name "_BYTES", sizeof(((struct type *)NULL)->field));	\
} while (0)

int main(void)
{
	SAY("TARPIT", XT_TARPIT_TARPIT);
	SAY("HONEYPOT", XT_TARPIT_HONEYPOT);
	SAY("RESET", XT_TARPIT_RESET);
	SAY("PERSIST", XT_TARPIT_PERSIST);

	SAY("V0", sizeof(struct xt_tarpit_tginfo));
	SAY("V0_ALIGN", _Alignof(struct xt_tarpit_tginfo));
	SAY_FIELD("V0_VARIANT", xt_tarpit_tginfo, variant);

	SAY("V1", sizeof(struct xt_tarpit_tginfo_v1));
	SAY("V1_ALIGN", _Alignof(struct xt_tarpit_tginfo_v1));
	SAY_FIELD("V1_MODE", xt_tarpit_tginfo_v1, mode);
	SAY_FIELD("V1_FLAGS", xt_tarpit_tginfo_v1, flags);
	SAY_FIELD("V1_WINDOW", xt_tarpit_tginfo_v1, window);
	SAY_FIELD("V1_RESERVED", xt_tarpit_tginfo_v1, reserved);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The border between x_tables' C and Rust. bindgen generates bindings.rs from this header
 * (make bindings), and lint compares the two.
 */
#ifndef _XT_TARPIT_XTABLES_H
#define _XT_TARPIT_XTABLES_H

#include "kapi.h"

/* Rust, called by C: a target for each revision and family, and a check for each revision. */
u32 xt_tarpit_tg0_v4(const struct tarpit_packet *packet, const void *info);
u32 xt_tarpit_tg0_v6(const struct tarpit_packet *packet, const void *info);
u32 xt_tarpit_tg1_v4(const struct tarpit_packet *packet, const void *info);
u32 xt_tarpit_tg1_v6(const struct tarpit_packet *packet, const void *info);
const char *xt_tarpit_tg0_check(const void *info, bool in_nat);
const char *xt_tarpit_tg1_check(const void *info, bool in_nat);

/* C, called by Rust. */
int tarpit_targets_register(void);
void tarpit_targets_unregister(void);

#endif /* _XT_TARPIT_XTABLES_H */

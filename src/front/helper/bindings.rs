// SPDX-License-Identifier: GPL-2.0
//! Generated from src/front/helper/helper.h by scripts/bindings.

use crate::kapi::bindings::tarpit_packet;

extern "C" {
    pub fn xt_tarpit_help_v4(packet: *const tarpit_packet, mode: u8);
    pub fn xt_tarpit_help_v6(packet: *const tarpit_packet, mode: u8);
}

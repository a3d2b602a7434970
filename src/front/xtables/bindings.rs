// SPDX-License-Identifier: GPL-2.0
//! Generated from src/front/xtables/xtables.h by scripts/bindings.

use crate::kapi::bindings::tarpit_packet;

extern "C" {
    pub fn xt_tarpit_tg0_v4(packet: *const tarpit_packet, info: *const ::core::ffi::c_void) -> u32;
    pub fn xt_tarpit_tg0_v6(packet: *const tarpit_packet, info: *const ::core::ffi::c_void) -> u32;
    pub fn xt_tarpit_tg1_v4(packet: *const tarpit_packet, info: *const ::core::ffi::c_void) -> u32;
    pub fn xt_tarpit_tg1_v6(packet: *const tarpit_packet, info: *const ::core::ffi::c_void) -> u32;
    pub fn xt_tarpit_tg0_check(
        info: *const ::core::ffi::c_void,
        in_nat: bool,
    ) -> *const ::core::ffi::c_char;
    pub fn xt_tarpit_tg1_check(
        info: *const ::core::ffi::c_void,
        in_nat: bool,
    ) -> *const ::core::ffi::c_char;
    pub fn tarpit_targets_register() -> ::core::ffi::c_int;
    pub fn tarpit_targets_unregister();
}

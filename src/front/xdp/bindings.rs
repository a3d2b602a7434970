// SPDX-License-Identifier: GPL-2.0
//! Generated from src/front/xdp/xdp.h by scripts/bindings.

use crate::kapi::xdp::bindings::tarpit_frame;

extern "C" {
    pub fn xt_tarpit_xdp(frame: *const tarpit_frame, flags: u32) -> u32;
    pub fn tarpit_xdp_register();
}

// SPDX-License-Identifier: GPL-2.0
//! The fronts: each hands a packet and a mode to `respond`, or a frame of XDP to `reflect`.

pub(crate) mod device;
mod helper;
pub(crate) mod xdp;
pub(crate) mod xtables;

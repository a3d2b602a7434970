// SPDX-License-Identifier: GPL-2.0
//! The Rust side of `include/xt_TARPIT.h`: the rule as userspace passes it.
//!
//! Shared by the kernel module and the iptables extension. It has plain integers only: every bit
//! pattern is valid, so any blob of the right size can be read as one of these.

use core::mem::{offset_of, size_of};

/// `XT_TARPIT_TARPIT`.
pub(crate) const TARPIT: u8 = 0;
/// `XT_TARPIT_HONEYPOT`.
pub(crate) const HONEYPOT: u8 = 1;
/// `XT_TARPIT_RESET`.
pub(crate) const RESET: u8 = 2;
/// `XT_TARPIT_PERSIST`.
pub(crate) const PERSIST: u8 = 3;

/// `struct xt_tarpit_tginfo`: revision 0, the ABI of xtables-addons.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InfoV0 {
    /// One of [`TARPIT`], [`HONEYPOT`], [`RESET`].
    pub(crate) variant: u8,
}

/// `struct xt_tarpit_tginfo_v1`: revision 1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InfoV1 {
    /// One of [`TARPIT`], [`HONEYPOT`], [`RESET`], [`PERSIST`].
    pub(crate) mode: u8,
    /// No flag is defined: must be 0.
    pub(crate) flags: u8,
    /// In bytes; tarpit: any, honeypot: not 0, other modes: 0.
    pub(crate) window: u16,
    /// Must be 0.
    pub(crate) reserved: [u16; 2],
}

// xtables.c asserts the same of the C side.
const _: () = {
    assert!(size_of::<InfoV0>() == 1);
    assert!(size_of::<InfoV1>() == 8);
    assert!(offset_of!(InfoV1, window) == 2);
    assert!(offset_of!(InfoV1, reserved) == 4);
};

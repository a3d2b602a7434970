// SPDX-License-Identifier: GPL-2.0
//! What the names of the helpers mean.

#![forbid(unsafe_code)]

use crate::policy::Mode;

/// `XT_TARPIT_HONEYPOT`, and so on.
const HONEYPOT: u8 = 1;
const RESET: u8 = 2;
const PERSIST: u8 = 3;

/// The mode of the packet path: that of a rule without a window.
#[inline(always)]
pub(crate) const fn decode(mode: u8) -> Mode {
    match mode {
        HONEYPOT => Mode::Honeypot { window: u16::MAX },
        RESET => Mode::Reset,
        PERSIST => Mode::Persist { window: 0 },
        _ => Mode::Tarpit { window: 0 },
    }
}

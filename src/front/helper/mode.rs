// SPDX-License-Identifier: GPL-2.0
//! What the names of the helpers mean.

#![forbid(unsafe_code)]

use super::abi::{
    XT_TARPIT_HONEYPOT as HONEYPOT, XT_TARPIT_PERSIST as PERSIST, XT_TARPIT_RESET as RESET,
};
use crate::policy::Mode;

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

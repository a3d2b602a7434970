// SPDX-License-Identifier: GPL-2.0
//! What the flags of `bpf_xdp_tarpit()` mean: see include/bpf_tarpit.h.

#![forbid(unsafe_code)]

use super::abi::{
    XT_TARPIT_HONEYPOT as HONEYPOT, XT_TARPIT_PERSIST as PERSIST, XT_TARPIT_RESET as RESET,
    XT_TARPIT_TARPIT as TARPIT,
};
use crate::policy::Mode;

/// The mode: its number in the lowest byte, its window in the upper half.
///
/// A window of 0 is the mode's default. `None` if the number is unknown, if the mode has no window,
/// or if another bit is set.
#[inline(always)]
pub(crate) const fn decode(flags: u32) -> Option<Mode> {
    let [high, low, reserved, mode] = flags.to_be_bytes();
    let window = u16::from_be_bytes([high, low]);
    match (reserved, mode, window) {
        (0, TARPIT, window) => Some(Mode::Tarpit { window }),
        (0, PERSIST, window) => Some(Mode::Persist { window }),
        (0, HONEYPOT, 0) => Some(Mode::Honeypot { window: u16::MAX }),
        (0, HONEYPOT, window) => Some(Mode::Honeypot { window }),
        (0, RESET, 0) => Some(Mode::Reset),
        _ => None,
    }
}

// SPDX-License-Identifier: GPL-2.0
//! Sequence numbers: arithmetic modulo 2^32 (RFC 9293, section 3.4).

/// A TCP sequence or acknowledgement number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Seq(pub(crate) u32);

impl Seq {
    /// The number `n` bytes later.
    pub(crate) const fn plus(self, n: u32) -> Self {
        Self(self.0.wrapping_add(n))
    }

    /// The number `n` bytes earlier.
    pub(crate) const fn minus(self, n: u32) -> Self {
        Self(self.0.wrapping_sub(n))
    }
}

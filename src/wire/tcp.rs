// SPDX-License-Identifier: GPL-2.0
//! The TCP header (RFC 9293, section 3.1).

use super::{be16, be32, Flags, Seq};

/// Bytes of a header without options.
pub(crate) const HEADER: usize = 20;

/// The offset of each field in bytes.
mod field {
    pub(super) const SOURCE: usize = 0;
    pub(super) const DESTINATION: usize = 2;
    pub(super) const SEQ: usize = 4;
    pub(super) const ACK: usize = 8;
    /// The data offset in the top four bits, the flags in the lower byte.
    pub(super) const CONTROL: usize = 12;
    pub(super) const WINDOW: usize = 14;
    pub(super) const CHECKSUM: usize = 16;
}

/// A TCP header in the packet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header<'a> {
    fixed: &'a [u8; HEADER],
    /// The option bytes.
    pub(crate) options: &'a [u8],
    /// All bytes from the header on.
    pub(crate) bytes: &'a [u8],
}

impl<'a> Header<'a> {
    /// Reads the header at the start of `bytes`.
    ///
    /// `None` if it is truncated or the data offset is under five words.
    #[inline(always)]
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (fixed, rest) = bytes.split_first_chunk::<HEADER>()?;
        let [offset, _] = be16(fixed, field::CONTROL).to_be_bytes();
        let length = usize::from(offset >> 4).wrapping_mul(4);
        let options = rest.get(..length.checked_sub(HEADER)?)?;
        Some(Self {
            fixed,
            options,
            bytes,
        })
    }

    /// Its length in bytes, options included.
    #[inline(always)]
    pub(crate) const fn length(&self) -> usize {
        HEADER.wrapping_add(self.options.len())
    }

    /// Source port.
    #[inline(always)]
    pub(crate) fn source(&self) -> u16 {
        be16(self.fixed, field::SOURCE)
    }

    /// Destination port.
    #[inline(always)]
    pub(crate) fn destination(&self) -> u16 {
        be16(self.fixed, field::DESTINATION)
    }

    /// SEG.SEQ.
    #[inline(always)]
    pub(crate) fn seq(&self) -> Seq {
        Seq(be32(self.fixed, field::SEQ))
    }

    /// SEG.ACK; valid only if the ACK flag is set.
    #[inline(always)]
    pub(crate) fn ack(&self) -> Seq {
        Seq(be32(self.fixed, field::ACK))
    }

    /// The control bits.
    #[inline(always)]
    pub(crate) fn flags(&self) -> Flags {
        let [_, flags] = be16(self.fixed, field::CONTROL).to_be_bytes();
        Flags(flags)
    }

    /// The checksum.
    #[inline(always)]
    pub(crate) fn checksum(&self) -> u16 {
        be16(self.fixed, field::CHECKSUM)
    }

    /// SEG.WND, unscaled.
    #[inline(always)]
    pub(crate) fn window(&self) -> u16 {
        be16(self.fixed, field::WINDOW)
    }
}

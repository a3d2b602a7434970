// SPDX-License-Identifier: GPL-2.0
//! The TCP header (RFC 9293, section 3.1).

use super::{be16, be32, Flags, Seq};

/// Bytes of a header without options.
pub(crate) const HEADER: usize = 20;

/// Where each field stands, in bytes.
mod field {
    pub(super) const SOURCE: usize = 0;
    pub(super) const DESTINATION: usize = 2;
    pub(super) const SEQ: usize = 4;
    pub(super) const ACK: usize = 8;
    /// The data offset in the top four bits, the flags in the lower byte.
    pub(super) const CONTROL: usize = 12;
    pub(super) const WINDOW: usize = 14;
}

/// A TCP header with its options still unread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header<'a> {
    /// Source port.
    pub(crate) source: u16,
    /// Destination port.
    pub(crate) destination: u16,
    /// SEG.SEQ.
    pub(crate) seq: Seq,
    /// SEG.ACK; without meaning unless the ACK flag is set.
    pub(crate) ack: Seq,
    /// The control bits.
    pub(crate) flags: Flags,
    /// SEG.WND, unscaled.
    pub(crate) window: u16,
    /// The option bytes.
    pub(crate) options: &'a [u8],
    /// The header's length in bytes, options included.
    pub(crate) length: usize,
}

impl<'a> Header<'a> {
    /// Reads the header at the start of `bytes`.
    ///
    /// `None` where it is cut short or where the data offset is under five words.
    #[inline(always)]
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let header: &[u8; HEADER] = bytes.first_chunk()?;
        let [offset, flags] = be16(header, field::CONTROL).to_be_bytes();
        let length = usize::from(offset >> 4).wrapping_mul(4);
        Some(Self {
            source: be16(header, field::SOURCE),
            destination: be16(header, field::DESTINATION),
            seq: Seq(be32(header, field::SEQ)),
            ack: Seq(be32(header, field::ACK)),
            flags: Flags(flags),
            window: be16(header, field::WINDOW),
            // This fails for a data offset below 5 too: such a range has no bytes.
            options: bytes.get(HEADER..length)?,
            length,
        })
    }
}

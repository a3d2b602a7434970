// SPDX-License-Identifier: GPL-2.0
//! The Ethernet header of a raw frame, with the VLAN tags that are in it.

use super::{array, be16, be32, Family};

/// The length of the header without a tag.
const HEADER: usize = 14;
/// The length of a tag.
const TAG: usize = 4;
/// The most tags that are read, as by Linux' own flow dissector.
const TAGS: usize = 2;

/// A MAC address, its bytes read as a little-endian number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mac(pub(crate) u64);

impl Mac {
    /// Reads the address at `offset` of a header.
    #[inline(always)]
    fn read(header: &[u8; HEADER], offset: usize) -> Self {
        let low = be32(header, offset).swap_bytes();
        let high = be16(header, offset.wrapping_add(4)).swap_bytes();
        Self((u64::from(high) << 32) | u64::from(low))
    }

    /// Whether it is the address of one station.
    #[inline(always)]
    pub(crate) const fn unicast(self) -> bool {
        self.0 & 1 == 0 && self.0 != 0
    }
}

/// The header of a frame that holds IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// The address that it goes to.
    pub(crate) destination: Mac,
    /// The address that it comes from.
    pub(crate) source: Mac,
    /// The family of the packet in it.
    pub(crate) family: Family,
    /// Where that packet starts, in bytes.
    pub(crate) length: usize,
}

impl Link {
    /// Reads the header at the start of `frame`; `None` if it holds neither IPv4 nor IPv6.
    #[inline(always)]
    pub(crate) fn parse(frame: &[u8]) -> Option<Self> {
        let header = frame.first_chunk::<HEADER>()?;
        let kind = be16(header, 12);
        let (family, length) = match ip(kind) {
            Some(family) => (family, HEADER),
            None => behind_tags(frame, kind)?,
        };
        Some(Self {
            destination: Mac::read(header, 0),
            source: Mac::read(header, 6),
            family,
            length,
        })
    }
}

/// The family of an EtherType.
#[inline(always)]
const fn ip(kind: u16) -> Option<Family> {
    match kind {
        0x0800 => Some(Family::V4),
        0x86dd => Some(Family::V6),
        _ => None,
    }
}

/// The family of the packet behind the tags, and where it starts; `kind` is the first EtherType.
#[cold]
fn behind_tags(frame: &[u8], mut kind: u16) -> Option<(Family, usize)> {
    let mut length = HEADER;
    for _ in 0..TAGS {
        if !matches!(kind, 0x8100 | 0x88a8) {
            return None;
        }
        kind = be16(array::<TAG>(frame, length)?, 2);
        length = length.wrapping_add(TAG);
        if let Some(family) = ip(kind) {
            return Some((family, length));
        }
    }
    None
}

/// Swaps the addresses of the header at the start of `frame`.
#[inline(always)]
pub(crate) fn swap(frame: &mut [u8]) {
    if let Some(addresses) = frame.first_chunk_mut::<12>() {
        let [d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5] = *addresses;
        *addresses = [s0, s1, s2, s3, s4, s5, d0, d1, d2, d3, d4, d5];
    }
}

// SPDX-License-Identifier: GPL-2.0
//! The Ethernet header of a raw frame, with the VLAN tags that are in it.

use super::{array, Family};

/// The length of the header without a tag.
const HEADER: usize = 14;
/// The length of a tag.
const TAG: usize = 4;
/// The most tags that are read, as by Linux' own flow dissector.
const TAGS: usize = 2;

/// The header of a frame that holds IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// The address that it goes to.
    pub(crate) destination: [u8; 6],
    /// The address that it comes from.
    pub(crate) source: [u8; 6],
    /// The family of the packet in it.
    pub(crate) family: Family,
    /// Where that packet starts, in bytes.
    pub(crate) length: usize,
}

impl Link {
    /// Reads the header at the start of `frame`; `None` if it holds neither IPv4 nor IPv6.
    #[inline(always)]
    pub(crate) fn parse(frame: &[u8]) -> Option<Self> {
        let &[d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5, t0, t1] =
            frame.first_chunk::<HEADER>()?;
        let (family, length) = match ip([t0, t1]) {
            Some(family) => (family, HEADER),
            None => behind_tags(frame, [t0, t1])?,
        };
        Some(Self {
            destination: [d0, d1, d2, d3, d4, d5],
            source: [s0, s1, s2, s3, s4, s5],
            family,
            length,
        })
    }
}

/// The family of an EtherType.
#[inline(always)]
const fn ip(kind: [u8; 2]) -> Option<Family> {
    match kind {
        [0x08, 0x00] => Some(Family::V4),
        [0x86, 0xdd] => Some(Family::V6),
        _ => None,
    }
}

/// The family of the packet behind the tags, and where it starts; `kind` is the first EtherType.
#[cold]
fn behind_tags(frame: &[u8], mut kind: [u8; 2]) -> Option<(Family, usize)> {
    let mut length = HEADER;
    for _ in 0..TAGS {
        if !matches!(kind, [0x81, 0x00] | [0x88, 0xa8]) {
            return None;
        }
        let [_, _, k0, k1] = *array::<TAG>(frame, length)?;
        (kind, length) = ([k0, k1], length.wrapping_add(TAG));
        if let Some(family) = ip(kind) {
            return Some((family, length));
        }
    }
    None
}

/// Whether the address is that of one station.
#[inline(always)]
pub(crate) const fn unicast(address: [u8; 6]) -> bool {
    let [first, ..] = address;
    first & 1 == 0 && !matches!(address, [0, 0, 0, 0, 0, 0])
}

/// Swaps the addresses of the header at the start of `frame`.
#[inline(always)]
pub(crate) fn swap(frame: &mut [u8]) {
    if let Some(addresses) = frame.first_chunk_mut::<12>() {
        let [d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5] = *addresses;
        *addresses = [s0, s1, s2, s3, s4, s5, d0, d1, d2, d3, d4, d5];
    }
}

// SPDX-License-Identifier: GPL-2.0
//! IPv4 and IPv6: all that differs between the two families on the wire.

use super::{array, be16, be32, checksum::Sum};
use crate::drop_reason::DropReason;

/// The length of IPv6's own header in bytes.
pub(super) const FIXED_V6: u16 = 40;

/// The protocol number of TCP.
pub(super) const TCP: u8 = 6;

/// The extension headers of IPv6 that may precede TCP.
pub(super) const HOP_BY_HOP: u8 = 0;
pub(super) const ROUTING: u8 = 43;
pub(super) const FRAGMENT: u8 = 44;
pub(super) const DESTINATION: u8 = 60;

/// An address family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// IPv4 (RFC 791).
    V4,
    /// IPv6 (RFC 8200).
    V6,
}

impl Family {
    /// The family of a packet that is IPv6 or is not.
    pub(crate) const fn of(ipv6: bool) -> Self {
        if ipv6 {
            Self::V6
        } else {
            Self::V4
        }
    }

    /// The length of an IP header without options or extension headers.
    pub(crate) const fn header(self) -> usize {
        match self {
            Self::V4 => 20,
            Self::V6 => 40,
        }
    }
}

/// Source and destination address, in words read as big-endian numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub(crate) enum Addresses {
    V4 {
        source: u32,
        destination: u32,
    },
    V6 {
        source: [u32; 4],
        destination: [u32; 4],
    },
}

/// IP's own header in the packet.
#[derive(Clone, Copy, Debug)]
enum Fixed<'a> {
    V4(&'a [u8; 20]),
    V6(&'a [u8; 40]),
}

/// The IP headers in front of a segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header<'a> {
    fixed: Fixed<'a>,
    /// Where the TCP header starts, in bytes from the IP header.
    pub(crate) length: usize,
    /// Why the segment must not be answered, if the headers say so already.
    pub(crate) refusal: Option<DropReason>,
}

impl<'a> Header<'a> {
    /// Reads the IP headers at the start of `bytes` up to TCP's.
    ///
    /// Fails with `Malformed` if the protocol is not TCP or a header is truncated, and with
    /// `Fragment` if the TCP header is in another fragment.
    #[inline(always)]
    pub(crate) fn parse(family: Family, bytes: &'a [u8]) -> Result<Self, DropReason> {
        match family {
            Family::V4 => v4(bytes),
            Family::V6 => v6(bytes),
        }
    }

    /// The identification field, which IPv6's own header does not have.
    #[inline(always)]
    pub(crate) fn identification(&self) -> Option<u16> {
        match self.fixed {
            Fixed::V4(header) => Some(be16(header, 4)),
            Fixed::V6(_) => None,
        }
    }

    /// Source and destination.
    #[inline(always)]
    pub(crate) fn addresses(&self) -> Addresses {
        match self.fixed {
            Fixed::V4(header) => Addresses::V4 {
                source: be32(header, 12),
                destination: be32(header, 16),
            },
            Fixed::V6(header) => Addresses::V6 {
                source: address_v6(header, 8),
                destination: address_v6(header, 24),
            },
        }
    }
}

#[inline(always)]
fn v4(bytes: &[u8]) -> Result<Header<'_>, DropReason> {
    const OFFSET: u16 = 0x1fff;
    const MORE_FRAGMENTS: u16 = 0x2000;

    let header: &[u8; 20] = bytes.first_chunk().ok_or(DropReason::Malformed)?;
    let &[version, _, _, _, _, _, f0, f1, _, protocol, ..] = header;
    let fragment = u16::from_be_bytes([f0, f1]);
    let words = version & 0xf;
    let fixed = Fixed::V4(header);
    // The common case.
    if version == 0x45 && protocol == TCP && fragment & (OFFSET | MORE_FRAGMENTS) == 0 {
        return Ok(Header {
            fixed,
            length: 20,
            refusal: None,
        });
    }
    if version >> 4 != 4 || words < 5 || protocol != TCP {
        return Err(DropReason::Malformed);
    }
    if fragment & OFFSET != 0 {
        return Err(DropReason::Fragment);
    }
    Ok(Header {
        fixed,
        length: usize::from(words).wrapping_mul(4),
        refusal: Some(if fragment & MORE_FRAGMENTS != 0 {
            DropReason::Fragment
        } else {
            DropReason::IpOptions
        }),
    })
}

#[inline(always)]
fn v6(bytes: &[u8]) -> Result<Header<'_>, DropReason> {
    let header: &[u8; 40] = bytes.first_chunk().ok_or(DropReason::Malformed)?;
    let [version, _] = be16(header, 0).to_be_bytes();
    let [next, _] = be16(header, 6).to_be_bytes();
    if version >> 4 != 6 {
        return Err(DropReason::Malformed);
    }
    let (length, refusal) = match next {
        TCP => (40, None),
        _ => extensions(bytes, next, 40)?,
    };
    Ok(Header {
        fixed: Fixed::V6(header),
        length,
        refusal,
    })
}

#[inline(always)]
pub(super) fn address_v6(header: &[u8; 40], offset: usize) -> [u32; 4] {
    let word = |number: usize| be32(header, offset.wrapping_add(number.wrapping_mul(4)));
    [word(0), word(1), word(2), word(3)]
}

/// Walks the extension headers from `offset`, the first of type `next` (RFC 8200, section 4).
///
/// Returns where the TCP header starts, and the reason if the packet must not be answered.
fn extensions(
    bytes: &[u8],
    mut next: u8,
    mut offset: usize,
) -> Result<(usize, Option<DropReason>), DropReason> {
    let (mut fragment, mut source_routed, mut first) = (false, false, true);
    while next != TCP {
        let [following, length, f0, f1] = *array(bytes, offset).ok_or(DropReason::Malformed)?;
        let mut units = usize::from(length).wrapping_add(1);
        match next {
            HOP_BY_HOP if first => {}
            DESTINATION => {}
            ROUTING => source_routed |= f1 != 0,
            FRAGMENT if u16::from_be_bytes([f0, f1]) >= 8 => return Err(DropReason::Fragment),
            FRAGMENT => {
                fragment = true;
                units = 1;
            }
            _ => return Err(DropReason::Malformed),
        }
        (next, first) = (following, false);
        offset = offset.wrapping_add(units.wrapping_mul(8));
    }
    let refusal = match (fragment, source_routed) {
        (true, _) => Some(DropReason::Fragment),
        (false, true) => Some(DropReason::IpOptions),
        (false, false) => None,
    };
    Ok((offset, refusal))
}

impl Addresses {
    /// With source and destination swapped.
    #[must_use]
    #[inline(always)]
    pub(crate) const fn reversed(&self) -> Self {
        match *self {
            Self::V4 {
                source,
                destination,
            } => Self::V4 {
                source: destination,
                destination: source,
            },
            Self::V6 {
                source,
                destination,
            } => Self::V6 {
                source: destination,
                destination: source,
            },
        }
    }

    /// Whether both are unicast, as far as the bare addresses show.
    ///
    /// Only the routing tables know subnet broadcast and anycast addresses.
    #[inline(always)]
    pub(crate) const fn unicast(&self) -> bool {
        match *self {
            Self::V4 {
                source,
                destination,
            } => unicast_v4(source) && unicast_v4(destination),
            Self::V6 {
                source,
                destination,
            } => unicast_v6(source) && unicast_v6(destination),
        }
    }

    /// Adds the pseudo-header of a message of `length` bytes (RFC 9293, 3.1; RFC 8200, 8.1).
    #[inline(always)]
    pub(super) fn pseudo_header(&self, protocol: u8, length: u32) -> Sum {
        let sum = Sum::default().word(length).word(u32::from(protocol));
        match *self {
            Self::V4 {
                source,
                destination,
            } => sum.word(source).word(destination),
            Self::V6 {
                source,
                destination,
            } => sum.words(&source).words(&destination),
        }
    }
}

/// Neither unspecified, nor multicast, nor the limited broadcast.
const fn unicast_v4(address: u32) -> bool {
    matches!(address, 1..=0xdfff_ffff | 0xf000_0000..=0xffff_fffe)
}

/// Neither unspecified nor multicast.
const fn unicast_v6(address: [u32; 4]) -> bool {
    !matches!(address, [0, 0, 0, 0]) && address[0] >> 24 != 0xff
}

/// The fixed IPv4 header of a reply whose whole length is `length`: DF, ID 0, TOS 0, no checksum.
#[inline(always)]
pub(super) fn header_v4(source: u32, destination: u32, length: u16, hop_limit: u8) -> [u32; 5] {
    let first = u32::from_be_bytes([0x45, 0, 0, 0]) | u32::from(length);
    let dont_fragment = u32::from_be_bytes([0, 0, 0x40, 0]);
    let protocol = u32::from_be_bytes([hop_limit, TCP, 0, 0]);
    [first, dont_fragment, protocol, source, destination]
}

/// The IPv6 header of a reply whose whole length is `length`: traffic class 0, flow label 0.
#[inline(always)]
pub(super) fn header_v6(
    source: [u32; 4],
    destination: [u32; 4],
    length: u16,
    hop_limit: u8,
) -> [u32; 10] {
    let next = u32::from_be_bytes([0, 0, TCP, hop_limit]);
    let ([s0, s1, s2, s3], [d0, d1, d2, d3]) = (source, destination);
    let second = (u32::from(length.wrapping_sub(FIXED_V6)) << 16) | next;
    [0x6000_0000, second, s0, s1, s2, s3, d0, d1, d2, d3]
}

// SPDX-License-Identifier: GPL-2.0
//! What a packet without an skb needs: which protocol it names, and the checksum of its header.

use super::{
    array,
    checksum::Sum,
    ip::{DESTINATION, FIXED_V6, FRAGMENT, HOP_BY_HOP, ROUTING, TCP},
    Family,
};

/// Whether the packet names TCP as its protocol, in whichever fragment the header of TCP is.
///
/// A header that is cut short names nothing.
#[cold]
pub(crate) fn names_tcp(family: Family, bytes: &[u8]) -> bool {
    let named = match family {
        Family::V4 => bytes.get(9).copied(),
        Family::V6 => last_next_header(bytes),
    };
    named == Some(TCP)
}

/// The protocol behind the extension headers of IPv6 that may precede TCP.
fn last_next_header(bytes: &[u8]) -> Option<u8> {
    let mut next = *bytes.get(6)?;
    let mut offset = usize::from(FIXED_V6);
    while let HOP_BY_HOP | ROUTING | FRAGMENT | DESTINATION = next {
        let [following, length, f0, f1] = *array(bytes, offset)?;
        if next == FRAGMENT && u16::from_be_bytes([f0, f1]) >= 8 {
            return Some(following);
        }
        let units = usize::from(if next == FRAGMENT { 0 } else { length }).wrapping_add(1);
        (next, offset) = (following, offset.wrapping_add(units.wrapping_mul(8)));
    }
    Some(next)
}

/// Writes the checksum of the IPv4 header at the start of `packet`, where it is still 0.
#[inline(always)]
pub(crate) fn write_sum_v4(packet: &mut [u8]) {
    if let Some(header) = packet.first_chunk_mut::<20>() {
        let sum = Sum::default().bytes(header).finish();
        let [_, _, _, _, _, _, _, _, _, _, high, low, ..] = header;
        [*high, *low] = sum.to_be_bytes();
    }
}

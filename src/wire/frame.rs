// SPDX-License-Identifier: GPL-2.0
//! A packet as a link delivers it: unchecked, perhaps with padding.

use super::{be16, checksum::Sum, ip, Family};
use crate::drop_reason::DropReason;

/// The length of the IP packet at the start of `bytes`, without the padding of the link.
///
/// `bytes` hold at least the header, or all `available` bytes of the packet if these are fewer. The
/// checks are those of `ip_rcv()` and `ip6_rcv()`: version, header length, the header's checksum,
/// and a total length that is there. A super-packet may leave its total length 0.
///
/// # Errors
///
/// `Malformed`.
#[inline(always)]
pub(crate) fn length(
    family: Family,
    bytes: &[u8],
    available: u32,
    super_packet: bool,
) -> Result<u32, DropReason> {
    let (least, total) = match family {
        Family::V4 => v4(bytes),
        Family::V6 => v6(bytes),
    }
    .ok_or(DropReason::Malformed)?;
    match total {
        None if super_packet => Ok(available),
        Some(total) if (least..=available).contains(&total) => Ok(total),
        _ => Err(DropReason::Malformed),
    }
}

/// The length of the header, and the total length if the header states one.
#[inline(always)]
fn v4(bytes: &[u8]) -> Option<(u32, Option<u32>)> {
    let fixed: &[u8; 20] = bytes.first_chunk()?;
    let &[version, ..] = fixed;
    let length = usize::from(version & 0xf).wrapping_mul(4);
    if version >> 4 != 4 || length < 20 {
        return None;
    }
    // The common length by itself, so that the compiler knows it.
    let sum = match length {
        20 => Sum::default().bytes(fixed),
        _ => Sum::default().bytes(bytes.get(..length)?),
    };
    if sum.finish() != 0 {
        return None;
    }
    let total = be16(fixed, 2);
    let least = u32::try_from(length).ok()?;
    Some((least, (total != 0).then_some(u32::from(total))))
}

/// A payload length of 0 is that of a super-packet or of a jumbogram, which holds no segment.
#[inline(always)]
fn v6(bytes: &[u8]) -> Option<(u32, Option<u32>)> {
    let fixed: &[u8; 40] = bytes.first_chunk()?;
    let &[version, ..] = fixed;
    if version >> 4 != 6 {
        return None;
    }
    let least = u32::from(ip::FIXED_V6);
    let payload = u32::from(be16(fixed, 4));
    Some((least, (payload != 0).then_some(least.wrapping_add(payload))))
}

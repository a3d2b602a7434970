// SPDX-License-Identifier: GPL-2.0
//! ICMP echo, by which host discovery finds a host (RFC 792; RFC 4443, section 4).

use super::{be16, be32, checksum::Sum, ip::address_v6, Addresses, Family};
use crate::drop_reason::DropReason;

/// The protocol numbers of ICMP.
const ICMP_V4: u8 = 1;
const ICMP_V6: u8 = 58;

/// The types of the messages.
const REQUEST_V4: u8 = 8;
const REPLY_V4: u8 = 0;
const REQUEST_V6: u8 = 128;
const REPLY_V6: u8 = 129;

/// Type, code, checksum, identifier and sequence number.
const HEADER: usize = 8;

/// The addresses of an echo request; `packet` is all of it, from the IP header on.
///
/// # Errors
///
/// `Malformed` if it is none; `Fragment`; `NotUnicast`; `BadChecksum`.
pub(crate) fn parse(family: Family, packet: &[u8]) -> Result<Addresses, DropReason> {
    let addresses = match family {
        Family::V4 => v4(packet),
        Family::V6 => v6(packet),
    }?;
    if !addresses.unicast() {
        return Err(DropReason::NotUnicast);
    }
    let message = packet.get(family.header()..).unwrap_or_default();
    if message.len() < HEADER {
        return Err(DropReason::Malformed);
    }
    match sum(&addresses, message) {
        0 => Ok(addresses),
        _ => Err(DropReason::BadChecksum),
    }
}

fn v4(packet: &[u8]) -> Result<Addresses, DropReason> {
    /// The offset of a fragment, and the flag that more follow.
    const FRAGMENT: u16 = 0x3fff;

    let header: &[u8; 20] = packet.first_chunk().ok_or(DropReason::Malformed)?;
    let &[version, _, _, _, _, _, _, _, _, protocol, ..] = header;
    if version != 0x45 || protocol != ICMP_V4 {
        return Err(DropReason::Malformed);
    }
    if be16(header, 6) & FRAGMENT != 0 {
        return Err(DropReason::Fragment);
    }
    match packet.get(20) {
        Some(&REQUEST_V4) => Ok(Addresses::V4 {
            source: be32(header, 12),
            destination: be32(header, 16),
        }),
        _ => Err(DropReason::Malformed),
    }
}

fn v6(packet: &[u8]) -> Result<Addresses, DropReason> {
    let header: &[u8; 40] = packet.first_chunk().ok_or(DropReason::Malformed)?;
    let [next, _] = be16(header, 6).to_be_bytes();
    if (next, packet.get(40)) != (ICMP_V6, Some(&REQUEST_V6)) {
        return Err(DropReason::Malformed);
    }
    Ok(Addresses::V6 {
        source: address_v6(header, 8),
        destination: address_v6(header, 24),
    })
}

/// The checksum over a message, which is 0 if the message has the right one.
fn sum(addresses: &Addresses, message: &[u8]) -> u16 {
    let sum = match addresses {
        Addresses::V4 { .. } => Sum::default(),
        Addresses::V6 { .. } => {
            let length = u32::try_from(message.len()).unwrap_or(0);
            addresses.pseudo_header(ICMP_V6, length)
        }
    };
    sum.bytes(message).finish()
}

/// Turns a request, for which [`parse`] has returned `addresses`, into its reply.
///
/// Identifier, sequence number, data and traffic class stay. The checksum of the IPv4 header is not
/// written.
pub(crate) fn turn(addresses: &Addresses, hop_limit: u8, packet: &mut [u8]) {
    let (family, kind) = match addresses {
        Addresses::V4 { .. } => (Family::V4, REPLY_V4),
        Addresses::V6 { .. } => (Family::V6, REPLY_V6),
    };
    match family {
        Family::V4 => turn_v4(hop_limit, packet),
        Family::V6 => turn_v6(hop_limit, packet),
    }
    let message = packet.get_mut(family.header()..).unwrap_or_default();
    if let Some([first, _, high, low]) = message.first_chunk_mut::<4>() {
        (*first, *high, *low) = (kind, 0, 0);
    }
    let sum = sum(addresses, message).to_be_bytes();
    if let Some([_, _, high, low]) = message.first_chunk_mut::<4>() {
        [*high, *low] = sum;
    }
}

/// The reply may be fragmented, as Linux' is.
fn turn_v4(hop_limit: u8, packet: &mut [u8]) {
    if let Some([_, _, _, _, _, _, f0, f1, ttl, _, c0, c1]) = packet.first_chunk_mut::<12>() {
        (*f0, *f1, *ttl, *c0, *c1) = (0, 0, hop_limit, 0, 0);
    }
    swap::<4>(packet.get_mut(12..).unwrap_or_default());
}

/// The flow label becomes 0.
fn turn_v6(hop_limit: u8, packet: &mut [u8]) {
    if let Some([_, class, l0, l1, _, _, _, limit]) = packet.first_chunk_mut::<8>() {
        (*class, *l0, *l1, *limit) = (*class & 0xf0, 0, 0, hop_limit);
    }
    swap::<16>(packet.get_mut(8..).unwrap_or_default());
}

/// Swaps two addresses of `N` bytes.
fn swap<const N: usize>(both: &mut [u8]) {
    if let Some((source, rest)) = both.split_first_chunk_mut::<N>() {
        if let Some(destination) = rest.first_chunk_mut::<N>() {
            core::mem::swap(source, destination);
        }
    }
}

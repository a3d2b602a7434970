// SPDX-License-Identifier: GPL-2.0
//! Reads a packet, or finds the first reason to drop it.

use crate::bytes::{be16, be32, DESTINATION, FRAGMENT, HOP_BY_HOP, ROUTING, TCP};
use crate::Reason;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    V4,
    V6,
}

/// The content of a valid segment.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    pub from: &'a [u8],
    pub to: &'a [u8],
    /// The offset of the TCP header.
    pub tcp: usize,
    pub sport: u16,
    pub dport: u16,
    pub seq: u32,
    pub ack: u32,
    pub flags: u8,
    pub window: u16,
    /// Bytes of payload.
    pub payload: u32,
    pub options: &'a [u8],
}

/// The offset of the TCP header, whether the packet is a fragment, and whether it has IP options.
type Walked = (usize, bool, bool);

fn walk_v4(bytes: &[u8]) -> Result<Walked, Reason> {
    if bytes.len() < 20 || bytes[0] / 16 != 4 || bytes[0] % 16 < 5 || bytes[9] != TCP {
        return Err("Malformed");
    }
    if be16(bytes, 6) % 0x2000 != 0 {
        return Err("Fragment");
    }
    let more = bytes[6] & 0x20 != 0;
    Ok((usize::from(bytes[0] % 16) * 4, more, bytes[0] % 16 > 5))
}

fn walk_v6(bytes: &[u8]) -> Result<Walked, Reason> {
    if bytes.len() < 40 || bytes[0] / 16 != 6 {
        return Err("Malformed");
    }
    let (mut at, mut kind, mut fragment, mut routed) = (40, bytes[6], false, false);
    while kind != TCP {
        let known = [HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION].contains(&kind);
        if bytes.len() < at + 4 || (kind == HOP_BY_HOP && at != 40) || !known {
            return Err("Malformed");
        }
        if kind == FRAGMENT && be16(bytes, at + 2) / 8 != 0 {
            return Err("Fragment");
        }
        fragment |= kind == FRAGMENT;
        routed |= kind == ROUTING && bytes[at + 3] > 0;
        let units = match kind {
            FRAGMENT => 0,
            _ => usize::from(bytes[at + 1]),
        };
        kind = bytes[at];
        at += (units + 1) * 8;
    }
    Ok((at, fragment, routed))
}

/// Reads `bytes`, the start of a packet that is `length` bytes long.
pub fn read(family: Family, bytes: &[u8], length: u32) -> Result<Fields<'_>, Reason> {
    let (at, fragment, options) = match family {
        Family::V4 => walk_v4(bytes)?,
        Family::V6 => walk_v6(bytes)?,
    };
    if bytes.len() < at + 20 || bytes[at + 12] / 16 < 5 {
        return Err("Malformed");
    }
    let end = at + usize::from(bytes[at + 12] / 16) * 4;
    if bytes.len() < end || (length as usize) < end {
        return Err("Malformed");
    }
    if fragment {
        return Err("Fragment");
    }
    if options {
        return Err("IpOptions");
    }
    let (from, to) = match family {
        Family::V4 => (&bytes[12..16], &bytes[16..20]),
        Family::V6 => (&bytes[8..24], &bytes[24..40]),
    };
    if !one_host(from) || !one_host(to) {
        return Err("NotUnicast");
    }
    Ok(Fields {
        from,
        to,
        tcp: at,
        sport: be16(bytes, at),
        dport: be16(bytes, at + 2),
        seq: be32(bytes, at + 4),
        ack: be32(bytes, at + 8),
        flags: bytes[at + 13],
        window: be16(bytes, at + 14),
        payload: length - end as u32,
        options: &bytes[at + 20..end],
    })
}

/// Whether the bytes show that an address is not unicast: unspecified, broadcast or multicast.
fn one_host(address: &[u8]) -> bool {
    let group = match address.len() {
        4 => address[0] >> 4 == 0xe || address == [255; 4],
        _ => address[0] == 0xff,
    };
    !group && address.iter().any(|byte| *byte != 0)
}

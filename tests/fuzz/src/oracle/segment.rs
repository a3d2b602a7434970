// SPDX-License-Identifier: GPL-2.0
//! What a segment says, and the first reason not to look at it any further.

use crate::drop_reason::DropReason;
use crate::wire::{Addresses, Family};

/// What has to be found in a good segment.
pub struct Fields {
    pub addresses: Addresses,
    pub offset: usize,
    pub source: u16,
    pub destination: u16,
    pub seq: u32,
    pub ack: u32,
    pub flags: u8,
    pub window: u16,
    pub payload: u32,
    pub options: Vec<u8>,
}

fn short(bytes: &[u8], at: usize) -> u16 {
    u16::from(bytes[at]) * 256 + u16::from(bytes[at + 1])
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from(short(bytes, at)) * 65536 + u32::from(short(bytes, at + 2))
}

fn address(bytes: &[u8], at: usize) -> [u32; 4] {
    [0, 4, 8, 12].map(|i| word(bytes, at + i))
}

/// Where TCP's header begins, and whether the packet is a fragment, and whether it has options.
type Walked = (usize, bool, bool);

fn walk_v4(bytes: &[u8]) -> Result<Walked, DropReason> {
    if bytes.len() < 20 || bytes[0] / 16 != 4 || bytes[0] % 16 < 5 || bytes[9] != 6 {
        return Err(DropReason::Malformed);
    }
    if short(bytes, 6) % 0x2000 != 0 {
        return Err(DropReason::Fragment);
    }
    let more = bytes[6] & 0x20 != 0;
    Ok((usize::from(bytes[0] % 16) * 4, more, bytes[0] % 16 > 5))
}

fn walk_v6(bytes: &[u8]) -> Result<Walked, DropReason> {
    if bytes.len() < 40 || bytes[0] / 16 != 6 {
        return Err(DropReason::Malformed);
    }
    let (mut at, mut kind, mut fragment, mut routed) = (40, bytes[6], false, false);
    while kind != 6 {
        if bytes.len() < at + 4 || (kind == 0 && at != 40) || ![0, 43, 44, 60].contains(&kind) {
            return Err(DropReason::Malformed);
        }
        if kind == 44 && short(bytes, at + 2) / 8 != 0 {
            return Err(DropReason::Fragment);
        }
        fragment |= kind == 44;
        routed |= kind == 43 && bytes[at + 3] > 0;
        let units = if kind == 44 {
            0
        } else {
            usize::from(bytes[at + 1])
        };
        kind = bytes[at];
        at += (units + 1) * 8;
    }
    Ok((at, fragment, routed))
}

/// Reads `bytes`, the start of a packet that is `length` bytes long.
pub fn segment(family: Family, bytes: &[u8], length: u32) -> Result<Fields, DropReason> {
    let (at, fragment, options) = match family {
        Family::V4 => walk_v4(bytes)?,
        Family::V6 => walk_v6(bytes)?,
    };
    if bytes.len() < at + 20 || bytes[at + 12] / 16 < 5 {
        return Err(DropReason::Malformed);
    }
    let end = at + usize::from(bytes[at + 12] / 16) * 4;
    if bytes.len() < end || (length as usize) < end {
        return Err(DropReason::Malformed);
    }
    if fragment {
        return Err(DropReason::Fragment);
    }
    if options {
        return Err(DropReason::IpOptions);
    }
    let addresses = addresses(family, bytes).ok_or(DropReason::NotUnicast)?;
    Ok(Fields {
        addresses,
        offset: at,
        source: short(bytes, at),
        destination: short(bytes, at + 2),
        seq: word(bytes, at + 4),
        ack: word(bytes, at + 8),
        flags: bytes[at + 13],
        window: short(bytes, at + 14),
        payload: length - end as u32,
        options: bytes[at + 20..end].to_vec(),
    })
}

/// From where to where, if each is one host's.
fn addresses(family: Family, bytes: &[u8]) -> Option<Addresses> {
    let good_v4 = |a: u32| a != 0 && a != u32::MAX && a >> 28 != 0xe;
    let good_v6 = |a: [u32; 4]| a != [0; 4] && a[0] >> 24 != 0xff;
    match family {
        Family::V4 => {
            let (source, destination) = (word(bytes, 12), word(bytes, 16));
            (good_v4(source) && good_v4(destination)).then_some(Addresses::V4 {
                source,
                destination,
            })
        }
        Family::V6 => {
            let (source, destination) = (address(bytes, 8), address(bytes, 24));
            (good_v6(source) && good_v6(destination)).then_some(Addresses::V6 {
                source,
                destination,
            })
        }
    }
}

/// The sum of RFC 1071 over pseudo-header and segment, sixteen bits at a time; 0 if it is right.
pub fn sum(addresses: &Addresses, tcp: &[u8]) -> u16 {
    let words = match addresses {
        Addresses::V4 {
            source,
            destination,
        } => vec![*source, *destination],
        Addresses::V6 {
            source,
            destination,
        } => [*source, *destination].concat(),
    };
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    bytes.extend((tcp.len() as u32).to_be_bytes());
    bytes.extend([0, 0, 0, 6]);
    bytes.extend(tcp);
    if bytes.len() % 2 == 1 {
        bytes.push(0);
    }
    let mut sum = (0..bytes.len())
        .step_by(2)
        .map(|at| u32::from(short(&bytes, at)))
        .sum::<u32>();
    while sum > 0xffff {
        sum = sum % 65536 + sum / 65536;
    }
    !(sum as u16)
}

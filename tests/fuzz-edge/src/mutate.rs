// SPDX-License-Identifier: GPL-2.0
//! Mutations of valid packets. In more than half of them the checksums are corrected afterwards, so
//! that a wrong checksum does not hide the mutation.

use crate::dice::Dice;
use crate::lab::{Address, Family, DARK};
use crate::segment::Packet;
use oracle::bytes::put;
use oracle::packet::{sum_header, sum_segment};

/// Flags and offset of IPv4 fragments: the first, later ones, the last; and the evil bit.
const FRAGMENTS: [u16; 5] = [0x2000, 1, 0x2001, 0x1fff, 0x8000];
/// IPv4 options: nothing, router alert, source route, record route.
const OPTIONS: [[u8; 4]; 4] = [[1, 1, 1, 0], [0x94, 4, 0, 0], [0x83, 3, 4, 0], [7, 4, 4, 0]];

/// Changes the packet in one to three ways.
pub fn mutate(dice: &mut Dice, packet: &mut Packet, family: Family) {
    for _ in 0..1 + dice.below(3) {
        if packet.bytes.is_empty() {
            return;
        }
        match dice.below(5) {
            0 => noise(dice, packet),
            1 => size(dice, packet, family),
            2 => network(dice, packet, family),
            3 => addresses(dice, packet, family),
            _ => transport(dice, packet),
        }
    }
    if dice.percent(60) {
        repair(packet, family);
    }
}

/// Random bits and bytes, most of them in the headers.
fn noise(dice: &mut Dice, packet: &mut Packet) {
    let length = packet.bytes.len();
    let reach = if dice.percent(80) {
        length.min(100)
    } else {
        length
    };
    let at = dice.below(reach);
    match dice.below(4) {
        0 => packet.bytes[at] ^= 1 << dice.below(8),
        1 => packet.bytes[at] = dice.pick(&[0, 1, 0x7f, 0x80, 0xff]),
        2 => {
            packet.bytes.remove(at);
        }
        _ => packet.bytes.insert(at, dice.byte()),
    }
}

/// Cut, or with bytes behind it; the header's length may change with it.
fn size(dice: &mut Dice, packet: &mut Packet, family: Family) {
    let length = packet.bytes.len();
    let end = match dice.below(4) {
        0 => dice.below(length + 1),
        1 => length.saturating_sub(dice.below(8)),
        2 => length + dice.below(64),
        _ => dice.below(length.min(120) + 1),
    };
    packet.bytes.resize(end, 0xa5);
    if dice.percent(50) {
        tell_length(packet, family, end);
    } else if dice.percent(30) {
        let lie = end + dice.below(40);
        tell_length(packet, family, lie.saturating_sub(20));
    }
}

/// Writes the length of the whole to the IP header.
pub fn tell_length(packet: &mut Packet, family: Family, length: usize) {
    let (at, told) = match family {
        Family::V4 => (2, length),
        Family::V6 => (4, length.saturating_sub(40)),
    };
    if packet.bytes.len() >= at + 2 {
        put(&mut packet.bytes, at, &(told as u16).to_be_bytes());
    }
}

/// A field of the IP header.
fn network(dice: &mut Dice, packet: &mut Packet, family: Family) {
    if packet.bytes.len() < family.header() {
        return;
    }
    let bytes = &mut packet.bytes;
    match (family, dice.below(6)) {
        (_, 0) => bytes[0] = dice.byte(),
        (Family::V4, 1) => put(bytes, 6, &dice.pick(&FRAGMENTS).to_be_bytes()),
        (Family::V4, 2) => bytes[8] = dice.pick(&[0, 1]),
        (Family::V4, 3) => bytes[9] = dice.byte(),
        (Family::V4, 4) => {
            let options = dice.pick(&OPTIONS);
            bytes.splice(20..20, options);
            bytes[0] = 0x46;
            packet.tcp += 4;
            let length = packet.bytes.len();
            tell_length(packet, family, length);
        }
        (Family::V6, 1) => bytes[7] = dice.pick(&[0, 1]),
        (Family::V6, 2) => bytes[6] = dice.pick(&[0, 43, 44, 50, 51, 58, 59, 60, 135, 17]),
        (Family::V6, 3) => put(bytes, 4, &dice.half().to_be_bytes()),
        (Family::V4, _) => put(bytes, 2, &dice.half().to_be_bytes()),
        (Family::V6, _) => {
            let at = 40 + dice.below(3);
            if at < bytes.len() {
                bytes[at] = dice.pick(&[0, 1, 6, 44, 60, 255]);
            }
        }
    }
}

/// An address that must not be answered, or with source and destination swapped.
fn addresses(dice: &mut Dice, packet: &mut Packet, family: Family) {
    let (length, header) = (family.address(), family.header());
    if packet.bytes.len() < header {
        return;
    }
    let start = header - 2 * length;
    let at = start + if dice.percent(60) { 0 } else { length };
    let network = dice.below(10) as u8;
    let address = match (dice.below(5), family) {
        (0, _) => Address::host(family, network, 1),
        (1, _) => Address::host(family, DARK, u64::from(dice.byte())),
        (2, _) => Address::host(family, network, u64::from(dice.pick(&[0_u8, 2, 255]))),
        (_, Family::V4) => {
            let bytes = dice.pick(&[
                [127, 0, 0, 1],
                [224, 0, 0, 1],
                [255; 4],
                [0; 4],
                [0, 0, 0, 9],
                [240, 0, 0, 1],
                [192, 0, 2, 1],
            ]);
            Address::new(family, &bytes)
        }
        (_, Family::V6) => {
            let text = dice.pick(&[
                "::1",
                "::",
                "ff02::1",
                "ff0e::7",
                "fe80::2",
                "2001:db8::1",
                "::ffff:10.0.0.2",
            ]);
            let address: std::net::Ipv6Addr = text.parse().unwrap_or(std::net::Ipv6Addr::LOCALHOST);
            Address::new(family, &address.octets())
        }
    };
    put(&mut packet.bytes, at, address.octets());
}

/// A field of the TCP header.
fn transport(dice: &mut Dice, packet: &mut Packet) {
    let at = packet.tcp;
    if packet.bytes.len() < at + 20 {
        return;
    }
    let bytes = &mut packet.bytes[at..];
    match dice.below(7) {
        0 => bytes[12] = dice.byte(),
        1 => bytes[12] = dice.pick(&[0x00, 0x40, 0x50, 0x60, 0xf0]),
        2 => bytes[13] = dice.byte(),
        3 => bytes[16 + dice.below(2)] ^= 1 << dice.below(8),
        4 => put(bytes, 16, &dice.pick(&[[0, 0], [255, 255]])),
        5 => {
            let end = bytes.len().min(60);
            for byte in &mut bytes[20..end] {
                *byte = dice.pick(&[0, 1, 2, 3, 4, 8, 10, 255]);
            }
        }
        _ => put(bytes, 4 * dice.below(5), &dice.word().to_be_bytes()),
    }
}

/// Corrects the checksums, if the headers are at the same offsets.
pub fn repair(packet: &mut Packet, family: Family) {
    let length = packet.bytes.len();
    if length < family.header() {
        return;
    }
    let address = family.address();
    let start = family.header() - 2 * address;
    let (mut end, words) = (length, usize::from(packet.bytes[0] & 15) * 4);
    if family == Family::V4 {
        end = usize::from(u16::from_be_bytes([packet.bytes[2], packet.bytes[3]])).min(length);
        if (20..=length).contains(&words) {
            sum_header(&mut packet.bytes);
        }
    }
    if end < packet.tcp + 18 {
        return;
    }
    let (head, rest) = packet.bytes.split_at_mut(packet.tcp);
    let segment = &mut rest[..end - packet.tcp];
    let ends = head[start..start + 2 * address].split_at(address);
    sum_segment(ends, segment);
}

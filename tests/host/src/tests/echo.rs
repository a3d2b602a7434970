// SPDX-License-Identifier: GPL-2.0
//! Echo requests, and the replies that they become.

use crate::drop_reason::DropReason;
use crate::wire::{
    echo::{parse, turn},
    Addresses, Family,
};

const FAMILIES: [Family; 2] = [Family::V4, Family::V6];
const DATA: [&[u8]; 3] = [b"", b"x", b"hello, unused address"];

/// The complement of the one's complement sum of 16-bit words, by the book.
fn checksum(bytes: &[u8]) -> u16 {
    let mut sum = 0_u32;
    for pair in bytes.chunks(2) {
        let low = pair.get(1).copied().unwrap_or(0);
        sum += u32::from(pair[0]) << 8 | u32::from(low);
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// The header of a packet from host 1 to host 2 that has `length` bytes behind it.
fn header(family: Family, length: usize) -> Vec<u8> {
    match family {
        Family::V4 => {
            let mut header = vec![0x45, 0x28, 0, 0, 0x12, 0x34, 0x40, 0, 63, 1, 0, 0];
            header[2..4].copy_from_slice(&((20 + length) as u16).to_be_bytes());
            header.extend([10, 0, 0, 1, 10, 0, 0, 2]);
            header
        }
        Family::V6 => {
            let mut header = vec![0x62, 0x81, 0x23, 0x45, 0, 0, 58, 63];
            header[4..6].copy_from_slice(&(length as u16).to_be_bytes());
            for host in [1, 2] {
                header.extend([0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host]);
            }
            header
        }
    }
}

/// The message with its checksum.
fn summed(family: Family, header: &[u8], mut message: Vec<u8>) -> Vec<u8> {
    let mut all = Vec::new();
    if family == Family::V6 {
        all.extend(&header[8..]);
        all.extend((message.len() as u32).to_be_bytes());
        all.extend([0, 0, 0, 58]);
    }
    message[2..4].copy_from_slice(&[0, 0]);
    all.extend(&message);
    message[2..4].copy_from_slice(&checksum(&all).to_be_bytes());
    message
}

fn packet(family: Family, kind: u8, data: &[u8]) -> Vec<u8> {
    let mut message = vec![kind, 0, 0, 0, 0xab, 0xcd, 0, 7];
    message.extend(data);
    let mut packet = header(family, message.len());
    let message = summed(family, &packet, message);
    packet.extend(message);
    packet
}

fn request(family: Family, data: &[u8]) -> Vec<u8> {
    packet(family, if family == Family::V4 { 8 } else { 128 }, data)
}

fn answered(family: Family, request: &[u8]) -> Vec<u8> {
    let addresses = parse(family, request).expect("a request");
    let mut reply = request.to_vec();
    turn(&addresses, 64, &mut reply);
    reply
}

#[test]
fn a_reply_has_the_requests_identifier_number_and_data() {
    for family in FAMILIES {
        for data in DATA {
            let request = request(family, data);
            let reply = answered(family, &request);
            let header = family.header();
            assert_eq!(reply.len(), request.len());
            assert_eq!(reply[header + 4..], request[header + 4..]);
            assert_eq!(reply[header], if family == Family::V4 { 0 } else { 129 });
            let message = summed(family, &reply[..header], reply[header..].to_vec());
            assert_eq!(reply[header..], message);
        }
    }
}

#[test]
fn addresses_are_swapped_and_the_header_is_that_of_linux() {
    let reply = answered(Family::V4, &request(Family::V4, b"x"));
    // DF is not set, the type of service stays.
    let first = [0x45, 0x28, 0, 29, 0x12, 0x34, 0, 0, 64, 1, 0, 0];
    assert_eq!(reply[..12], first);
    assert_eq!(reply[12..20], [10, 0, 0, 2, 10, 0, 0, 1]);
    let reply = answered(Family::V6, &request(Family::V6, b"x"));
    // The traffic class stays, the flow label is 0.
    assert_eq!(reply[..8], [0x62, 0x80, 0, 0, 0, 9, 58, 64]);
    assert_eq!((reply[23], reply[39]), (2, 1));
}

#[test]
fn each_flipped_byte_of_the_message_is_refused() {
    for family in FAMILIES {
        let whole = request(family, b"hello");
        for at in family.header()..whole.len() {
            let mut packet = whole.clone();
            packet[at] ^= 0x10;
            let why = if at == family.header() {
                DropReason::Malformed
            } else {
                DropReason::BadChecksum
            };
            assert_eq!(parse(family, &packet).err(), Some(why), "{at}");
        }
    }
}

#[test]
fn only_whole_requests_are_answered() {
    for family in FAMILIES {
        let whole = request(family, b"");
        for length in 0..whole.len() {
            assert_eq!(
                parse(family, &whole[..length]).err(),
                Some(DropReason::Malformed)
            );
        }
        for kind in 0..=255 {
            let is_request = kind == if family == Family::V4 { 8 } else { 128 };
            let found = parse(family, &packet(family, kind, b"data"));
            assert_eq!(found.is_ok(), is_request, "{kind}");
        }
        let reply = answered(family, &whole);
        assert_eq!(parse(family, &reply).err(), Some(DropReason::Malformed));
    }
}

#[test]
fn fragments_options_and_other_protocols_are_not_answered() {
    for (at, value, why) in [
        (6, 0x20, DropReason::Fragment),
        (7, 1, DropReason::Fragment),
        (0, 0x46, DropReason::Malformed),
        (9, 6, DropReason::Malformed),
    ] {
        let mut packet = request(Family::V4, b"12345678");
        packet[at] = value;
        assert_eq!(parse(Family::V4, &packet).err(), Some(why), "{at}");
    }
    let mut packet = request(Family::V6, b"");
    packet[6] = 0;
    assert_eq!(
        parse(Family::V6, &packet).err(),
        Some(DropReason::Malformed)
    );
}

#[test]
fn only_addresses_of_one_host_are_answered() {
    let sane = request(Family::V4, b"");
    for (at, address) in [
        (12, [224, 0, 0, 1]),
        (16, [224, 0, 0, 1]),
        (16, [255, 255, 255, 255]),
        (12, [0, 0, 0, 0]),
    ] {
        let mut packet = sane.clone();
        packet[at..at + 4].copy_from_slice(&address);
        assert_eq!(
            parse(Family::V4, &packet).err(),
            Some(DropReason::NotUnicast)
        );
    }
    for at in [8, 24] {
        let mut packet = request(Family::V6, b"");
        packet[at] = 0xff;
        assert_eq!(
            parse(Family::V6, &packet).err(),
            Some(DropReason::NotUnicast)
        );
    }
}

#[test]
fn addresses_are_those_of_the_packet() {
    let found = parse(Family::V4, &request(Family::V4, b""));
    let (source, destination) = (0x0a00_0001, 0x0a00_0002);
    assert_eq!(
        found,
        Ok(Addresses::V4 {
            source,
            destination
        })
    );
    let found = parse(Family::V6, &request(Family::V6, b""));
    let (source, destination) = ([0xfd00_0000, 0, 0, 1], [0xfd00_0000, 0, 0, 2]);
    assert_eq!(
        found,
        Ok(Addresses::V6 {
            source,
            destination
        })
    );
}

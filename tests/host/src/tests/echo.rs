// SPDX-License-Identifier: GPL-2.0
//! Echo requests, and the replies that they become.

use crate::drop_reason::DropReason;
use crate::wire::{
    echo::{parse, turn},
    Addresses, Family,
};
use oracle::bytes::{complement, put, sum};
use oracle::packet::Ip;

const FAMILIES: [Family; 2] = [Family::V4, Family::V6];
const DATA: [&[u8]; 3] = [b"", b"x", b"hello, unused address"];

/// The header of a packet from host 1 to host 2 that has `length` bytes behind it.
fn header(family: Family, length: usize) -> Vec<u8> {
    let (hosts, protocol) = match family {
        Family::V4 => ([1, 2].map(|host| vec![10, 0, 0, host]), 1),
        Family::V6 => {
            let network = [&[0xfd][..], &[0; 14]].concat();
            ([1, 2].map(|host| [&network[..], &[host]].concat()), 58)
        }
    };
    let ip = Ip {
        class: 0x28,
        id: 0x1_2345,
        hops: 63,
        ..Ip::new(&hosts[0], &hosts[1])
    };
    ip.header(protocol, length)
}

/// The message with its checksum.
fn summed(family: Family, header: &[u8], mut message: Vec<u8>) -> Vec<u8> {
    put(&mut message, 2, &[0, 0]);
    let pseudo_header = match family {
        Family::V4 => 0,
        Family::V6 => sum(&header[8..], 58 + message.len() as u32),
    };
    let check = complement(sum(&message, pseudo_header));
    put(&mut message, 2, &check);
    message
}

fn packet(family: Family, kind: u8, data: &[u8]) -> Vec<u8> {
    let message = [&[kind, 0, 0, 0, 0xab, 0xcd, 0, 7], data].concat();
    let header = header(family, message.len());
    let message = summed(family, &header, message);
    [header, message].concat()
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
    let first = [0x45, 0x28, 0, 29, 0x23, 0x45, 0, 0, 64, 1, 0, 0];
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

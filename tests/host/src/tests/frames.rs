// SPDX-License-Identifier: GPL-2.0
//! Packets from a link: accepted as by `ip_rcv()` and `ip6_rcv()`, and trimmed.

use crate::drop_reason::DropReason::Malformed;
use crate::wire::{frame, Family};
use oracle::packet::{sum_header, Ip};
use proptest::prelude::*;

/// An IPv4 packet with so many words of header and bytes of data.
fn v4(words: u8, data: u16) -> Vec<u8> {
    let ip = Ip {
        options: &[0; 40][..usize::from(words) * 4 - 20],
        ..Ip::new(&[192, 0, 2, 1], &[198, 51, 100, 2])
    };
    ip.packet(6, &vec![0; usize::from(data)])
}

/// An IPv6 packet with so many bytes behind its header.
fn v6(data: u16) -> Vec<u8> {
    Ip::new(&[0; 16], &[0; 16]).packet(6, &vec![0; usize::from(data)])
}

fn length(family: Family, packet: &[u8]) -> Result<u32, crate::drop_reason::DropReason> {
    frame::length(family, packet, packet.len() as u32, false)
}

#[test]
fn a_packet_has_the_length_that_its_header_states() {
    for data in [1, 20, 40, 1460] {
        for words in 5..=15 {
            let packet = v4(words, data);
            assert_eq!(length(Family::V4, &packet), Ok(packet.len() as u32));
        }
        let packet = v6(data);
        assert_eq!(length(Family::V6, &packet), Ok(packet.len() as u32));
    }
}

#[test]
fn padding_is_not_counted() {
    for padding in [1, 6, 18, 1000] {
        for (family, packet) in [(Family::V4, v4(5, 20)), (Family::V6, v6(20))] {
            let want = packet.len() as u32;
            let padded = [packet, vec![0xaa; padding]].concat();
            assert_eq!(length(family, &padded), Ok(want), "{padding}");
        }
    }
}

#[test]
fn a_packet_that_is_cut_short_is_malformed() {
    for (family, packet) in [(Family::V4, v4(6, 20)), (Family::V6, v6(20))] {
        for end in 0..packet.len() {
            assert_eq!(length(family, &packet[..end]), Err(Malformed), "{end}");
        }
    }
}

#[test]
fn each_bit_of_an_ipv4_header_is_protected() {
    let whole = v4(7, 20);
    for bit in 0..28 * 8 {
        let mut packet = whole.clone();
        packet[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(length(Family::V4, &packet), Err(Malformed), "bit {bit}");
    }
}

#[test]
fn a_header_shorter_than_ips_own_is_malformed() {
    for words in 0..5 {
        let mut packet = v4(5, 20);
        packet[0] = 0x40 | words;
        sum_header(&mut packet);
        assert_eq!(length(Family::V4, &packet), Err(Malformed), "{words}");
    }
}

#[test]
fn a_total_length_below_the_headers_own_is_malformed() {
    for total in 1..24_u16 {
        let mut packet = v4(6, 20);
        packet[2..4].copy_from_slice(&total.to_be_bytes());
        sum_header(&mut packet);
        assert_eq!(length(Family::V4, &packet), Err(Malformed), "{total}");
    }
}

#[test]
fn the_other_familys_version_is_malformed() {
    for version in (0..16_u8).filter(|version| ![4, 6].contains(version)) {
        let mut packet = v6(20);
        packet[0] = version << 4;
        assert_eq!(length(Family::V6, &packet), Err(Malformed));
    }
    assert_eq!(length(Family::V6, &v4(5, 40)), Err(Malformed));
    assert_eq!(length(Family::V4, &v6(20)), Err(Malformed));
}

#[test]
fn only_a_super_packet_may_leave_its_length_out() {
    let mut packet = v4(5, 20);
    packet[2..4].copy_from_slice(&[0, 0]);
    sum_header(&mut packet);
    let mut six = v6(20);
    six[4..6].copy_from_slice(&[0, 0]);
    for (family, packet) in [(Family::V4, packet), (Family::V6, six)] {
        assert_eq!(length(family, &packet), Err(Malformed));
        assert_eq!(frame::length(family, &packet, 100_000, true), Ok(100_000));
    }
}

proptest! {
    #[test]
    fn any_bytes_have_a_length_within_them_or_none(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        super_packet in any::<bool>(),
        six in any::<bool>(),
    ) {
        let family = if six { Family::V6 } else { Family::V4 };
        let available = bytes.len() as u32;
        if let Ok(length) = frame::length(family, &bytes, available, super_packet) {
            let least = if six { 40 } else { 20 };
            prop_assert!((least..=available).contains(&length));
        }
    }
}

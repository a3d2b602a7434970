// SPDX-License-Identifier: GPL-2.0
//! Frames of XDP without a reply: what is not TCP is left alone, damaged TCP counts as everywhere.

use super::framed::{ethernet, kind, packet, silent, syn, Device, TAG};
use super::raw::{Raw, MODES};
use crate::drop_reason::DropReason;
use crate::reflect::Outcome;
use crate::wire::Family;
use oracle::packet::sum_header;

/// The frame is neither counted nor changed.
fn left_alone(frame: &[u8], outcome: Outcome) {
    let device = Device::new();
    let after = (outcome, frame.to_vec());
    assert_eq!(device.take(MODES[0], frame), after, "{frame:x?}");
    assert!(device.counted.borrow().is_empty(), "{frame:x?}");
}

/// Eight bytes of a protocol over IPv4, with the word of fragments.
fn v4(protocol: u8, fragment: u16) -> Vec<u8> {
    let mut bytes = [Raw::new(Family::V4).ip(protocol, 8), vec![0; 8]].concat();
    bytes[6..8].copy_from_slice(&fragment.to_be_bytes());
    sum_header(&mut bytes);
    [ethernet(&[], [8, 0]), bytes].concat()
}

/// The header of IPv6 with the number of the next one, and the rest of the packet.
fn v6(next: u8, rest: &[u8]) -> Vec<u8> {
    let ip = Raw::new(Family::V6).ip(next, rest.len());
    [ethernet(&[TAG], [0x86, 0xdd]), ip, rest.to_vec()].concat()
}

#[test]
fn other_protocols_and_their_fragments_are_left_alone() {
    let ip = |family| Outcome::NotTcp(Some(family));
    for bytes in [v4(17, 0), v4(1, 0x2000), v4(17, 8)] {
        left_alone(&bytes, ip(Family::V4));
    }
    for (next, rest) in [
        (58, &[135, 0, 0, 0][..]),
        (0, &[58, 0, 5, 2, 0, 0, 1, 0, 143, 0, 0, 0]),
        (44, &[17, 0, 0, 8, 0, 0, 0, 1]),
        (44, &[17, 0, 0, 1, 0, 0, 0, 1]),
        (60, &[6]),
        (50, &[0; 8]),
    ] {
        left_alone(&v6(next, rest), ip(Family::V6));
    }
}

#[test]
fn a_fragment_over_ipv6_counts_for_what_the_headers_before_its_payload_name() {
    let options = [44, 1, 5, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let (first, later) = ([60, 0, 0, 1, 0, 0, 0, 1], [6, 7, 0, 8, 0, 0, 0, 1]);
    let ending = [6, 0, 1, 4, 0, 0, 0, 0];
    for bytes in [
        v6(0, &[&options[..], &later].concat()),
        v6(44, &[first, ending].concat()),
        v6(44, &[[60, 7, 0, 1, 0, 0, 0, 1], ending].concat()),
    ] {
        let (outcome, _) = Device::new().take(MODES[0], &bytes);
        assert!(matches!(outcome, Outcome::Silence(_)), "{bytes:x?}");
    }
    // The header behind a later fragment's is payload.
    let payload = v6(44, &[[60, 0, 0, 8, 0, 0, 0, 1], ending].concat());
    left_alone(&payload, Outcome::NotTcp(Some(Family::V6)));
}

#[test]
fn what_is_not_ip_is_left_alone() {
    for bytes in [
        ethernet(&[], [8, 6]),
        ethernet(&[TAG, TAG, TAG], [8, 0]),
        ethernet(&[TAG], [8, 0])[..16].to_vec(),
        vec![0; 13],
        vec![],
    ] {
        left_alone(&bytes, Outcome::NotTcp(None));
    }
}

/// A changed SYN gets this silence, although the checksum of its IPv4 header is right.
fn damaged(family: Family, change: impl Fn(&mut [u8]), reason: DropReason) {
    let raw = syn(family);
    let mut bytes = packet(&raw);
    change(&mut bytes);
    if family == Family::V4 {
        sum_header(&mut bytes);
    }
    let frame = [ethernet(&[], kind(&raw)), bytes].concat();
    silent(&Device::new(), family, &frame, reason);
}

#[test]
fn damaged_ipv4_counts_as_everywhere() {
    let four = |change: &dyn Fn(&mut [u8]), reason| damaged(Family::V4, change, reason);
    four(&|p| p[6] = 0x20, DropReason::Fragment);
    four(&|p| p[7] = 1, DropReason::Fragment);
    four(&|p| p[32] = 0x40, DropReason::Malformed);
    four(&|p| p[2] = 9, DropReason::Malformed);
    four(&|p| p[16] = 224, DropReason::NotUnicast);
    four(&|p| p[36] ^= 1, DropReason::BadChecksum);
}

#[test]
fn damaged_ipv6_counts_as_everywhere() {
    let six = |change: &dyn Fn(&mut [u8]), reason| damaged(Family::V6, change, reason);
    six(&|p| p[5] += 1, DropReason::Malformed);
    six(&|p| p[52] = 0x40, DropReason::Malformed);
    six(&|p| p[24] = 0xff, DropReason::NotUnicast);
    six(&|p| p[56] ^= 1, DropReason::BadChecksum);
    let later = v6(44, &[6, 0, 0, 8, 0, 0, 0, 1]);
    silent(&Device::new(), Family::V6, &later, DropReason::Fragment);
}

#[test]
fn headers_beyond_256_bytes_are_malformed() {
    let raw = syn(Family::V6);
    let options = |length: usize| {
        let tcp = packet(&raw)[40..].to_vec();
        let mut header = vec![0; length];
        (header[0], header[1]) = (6, (length / 8 - 1) as u8);
        let ip = raw.ip(60, length + tcp.len());
        [ethernet(&[], kind(&raw)), ip, header, tcp].concat()
    };
    let device = Device::new();
    let (outcome, _) = device.take(MODES[0], &options(176));
    assert!(matches!(outcome, Outcome::Reply(_)));
    silent(&device, Family::V6, &options(184), DropReason::Malformed);
}

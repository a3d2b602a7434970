// SPDX-License-Identifier: GPL-2.0
//! Compares the segment or the fault found in any bytes with the oracle's and with etherparse's.

use crate::input::Input;
use crate::oracle::{self, Fields};
use crate::raw::family_of;
use crate::wire::{frame, Addresses, Family, Segment};
use etherparse::{Ipv4HeaderSlice, Ipv6HeaderSlice, TcpHeaderSlice};

/// The first byte says the family and whether the second and third are added to the length.
pub fn parse(data: &[u8]) {
    let mut input = Input(data);
    let (how, more) = (input.byte(), input.short());
    let family = if how & 1 == 0 { Family::V4 } else { Family::V6 };
    let bytes = input.0;
    let length = match how & 6 {
        0 => bytes.len() as u32,
        2 => u32::from(more),
        4 => bytes.len() as u32 + u32::from(more),
        _ => u32::MAX - u32::from(more),
    };
    frame_of(family, bytes, how & 8 != 0);
    match (
        Segment::parse(family, bytes, length),
        oracle::segment(family, bytes, length),
    ) {
        (Err(given), Err(wanted)) => assert_eq!(given, wanted),
        (Ok(segment), Ok(fields)) => {
            compare(&segment, &fields);
            check_sum(&segment, bytes, length);
            ask_etherparse(&segment, bytes);
        }
        (given, wanted) => panic!("{given:?}, not {:?}", wanted.map(|_| "a segment")),
    }
}

/// A packet has the length that etherparse reads, if that is in the frame and the header is right.
fn frame_of(family: Family, bytes: &[u8], super_packet: bool) {
    let available = bytes.len() as u32;
    let stated = match family {
        Family::V4 => Ipv4HeaderSlice::from_slice(bytes).ok().and_then(|ip| {
            let header = ip.to_header();
            let sum = header.calc_header_checksum() == header.header_checksum;
            let least = ip.slice().len() as u32;
            sum.then_some((least, u32::from(ip.total_len())))
        }),
        Family::V6 => Ipv6HeaderSlice::from_slice(bytes).ok().map(|ip| {
            let payload = u32::from(ip.payload_length());
            (40, if payload == 0 { 0 } else { payload + 40 })
        }),
    };
    let wanted = match stated {
        Some((_, 0)) if super_packet => Some(available),
        Some((least, total)) if (least..=available).contains(&total) => Some(total),
        _ => None,
    };
    let given = frame::length(family, bytes, available, super_packet);
    assert_eq!(given.ok(), wanted, "{bytes:x?}");
}

fn compare(segment: &Segment<'_>, wanted: &Fields<'_>) {
    let fields = &wanted.read;
    assert_eq!(segment.flow().addresses, wanted.addresses);
    let ports = (segment.flow().source, segment.flow().destination);
    assert_eq!(ports, (fields.sport, fields.dport));
    assert_eq!((segment.seq().0, segment.ack().0), (fields.seq, fields.ack));
    assert_eq!(segment.flags().0, fields.flags);
    assert_eq!(segment.window(), fields.window);
    assert_eq!(segment.payload, fields.payload);
    assert_eq!(segment.offset(), fields.tcp);
    assert_eq!(segment.options(), oracle::options(fields.options));
    let syn_fin = u32::from(fields.flags >> 1 & 1) + u32::from(fields.flags & 1);
    assert_eq!(segment.len(), fields.payload.wrapping_add(syn_fin));
    assert_eq!(segment.flow().reversed().reversed(), segment.flow());
}

fn check_sum(segment: &Segment<'_>, bytes: &[u8], length: u32) {
    let tcp = &bytes[segment.offset()..];
    let right = oracle::sum(&segment.flow().addresses, tcp) == 0;
    let known = bytes.len() as u32 == length;
    assert_eq!(segment.sum(), known.then_some(right));
}

fn ask_etherparse(segment: &Segment<'_>, bytes: &[u8]) {
    let words = |bytes: [u8; 16]| {
        [0, 4, 8, 12].map(|at| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()))
    };
    let addresses = match family_of(&segment.flow().addresses) {
        Family::V4 => {
            let ip = Ipv4HeaderSlice::from_slice(bytes).expect("an IPv4 header");
            Addresses::V4 {
                source: u32::from_be_bytes(ip.source()),
                destination: u32::from_be_bytes(ip.destination()),
            }
        }
        Family::V6 => {
            let ip = Ipv6HeaderSlice::from_slice(bytes).expect("an IPv6 header");
            Addresses::V6 {
                source: words(ip.source()),
                destination: words(ip.destination()),
            }
        }
    };
    assert_eq!(segment.flow().addresses, addresses);
    let tcp = TcpHeaderSlice::from_slice(&bytes[segment.offset()..]).expect("a TCP header");
    assert_eq!(segment.flow().source, tcp.source_port());
    assert_eq!(segment.flow().destination, tcp.destination_port());
    assert_eq!(segment.seq().0, tcp.sequence_number());
    assert_eq!(segment.ack().0, tcp.acknowledgment_number());
    assert_eq!(segment.window(), tcp.window_size());
    let flags = segment.flags();
    assert_eq!(
        (flags.fin(), flags.syn(), flags.rst(), flags.ack()),
        (tcp.fin(), tcp.syn(), tcp.rst(), tcp.ack())
    );
}

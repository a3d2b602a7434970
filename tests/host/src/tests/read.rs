// SPDX-License-Identifier: GPL-2.0
//! Decodes replies with etherparse, which shares no code with us.

use super::raw::{emit, family_of, WAY};
use crate::wire::{reply, Addresses, Family, Flow, Reply};
use etherparse::{Ipv4Header, Ipv6Header, TcpHeader, TcpOptionElement};

/// A reply as another decoder reads it.
#[derive(Debug, PartialEq)]
pub struct Read {
    pub flow: Flow,
    pub hop_limit: u8,
    pub seq: u32,
    pub ack: u32,
    pub flags: u8,
    pub window: u16,
    pub options: Vec<TcpOptionElement>,
}

/// Emits `reply` towards `flow` and reads it again.
pub fn emitted(reply: &Reply, flow: &Flow) -> Read {
    let mut buffer = [0xa5; 80];
    read(
        family_of(&flow.addresses),
        emit(reply, flow, WAY, &mut buffer),
    )
}

/// Decodes a reply; panics if it breaks a rule that every reply must keep.
pub fn read(family: Family, bytes: &[u8]) -> Read {
    match family {
        Family::V4 => read_v4(bytes),
        Family::V6 => read_v6(bytes),
    }
}

fn read_v4(bytes: &[u8]) -> Read {
    let (ip, rest) = Ipv4Header::from_slice(bytes).expect("an IPv4 header");
    assert_eq!(usize::from(ip.total_len), bytes.len(), "the whole length");
    assert_eq!(
        ip.header_checksum, 0,
        "IPv4's checksum, the kernel's to write"
    );
    assert_eq!((bytes[1], ip.identification), (0, 0), "TOS, ID");
    assert!(ip.dont_fragment && !ip.more_fragments && ip.fragment_offset.value() == 0);
    assert!(ip.options.is_empty() && ip.protocol.0 == 6);
    let (tcp, payload) = TcpHeader::from_slice(rest).expect("a TCP header");
    let sum = tcp.calc_checksum_ipv4(&ip, payload).unwrap();
    assert_eq!(tcp.checksum, sum, "TCP's checksum over IPv4");
    assert!(payload.is_empty());
    let addresses = Addresses::V4 {
        source: u32::from_be_bytes(ip.source),
        destination: u32::from_be_bytes(ip.destination),
    };
    read_tcp(addresses, ip.time_to_live, rest, &tcp)
}

fn read_v6(bytes: &[u8]) -> Read {
    let (ip, rest) = Ipv6Header::from_slice(bytes).expect("an IPv6 header");
    assert_eq!(
        usize::from(ip.payload_length),
        rest.len(),
        "the payload's length"
    );
    assert_eq!(bytes[..4], [0x60, 0, 0, 0], "traffic class and flow label");
    assert_eq!(ip.next_header.0, 6);
    let (tcp, payload) = TcpHeader::from_slice(rest).expect("a TCP header");
    let sum = tcp.calc_checksum_ipv6(&ip, payload).unwrap();
    assert_eq!(tcp.checksum, sum, "TCP's checksum over IPv6");
    assert!(payload.is_empty());
    let words = |bytes: [u8; 16]| {
        let word = |i: usize| u32::from_be_bytes(bytes[i * 4..][..4].try_into().unwrap());
        [word(0), word(1), word(2), word(3)]
    };
    let addresses = Addresses::V6 {
        source: words(ip.source),
        destination: words(ip.destination),
    };
    read_tcp(addresses, ip.hop_limit, rest, &tcp)
}

fn read_tcp(addresses: Addresses, hop_limit: u8, bytes: &[u8], tcp: &TcpHeader) -> Read {
    assert_eq!(bytes[12] & 0x0f, 0, "reserved bits, AE among them");
    assert!(!tcp.ece && !tcp.cwr, "ECN");
    assert!(!tcp.urg && tcp.urgent_pointer == 0, "urgent data");
    assert!(!tcp.psh, "there is nothing to push");
    Read {
        flow: Flow {
            addresses,
            source: tcp.source_port,
            destination: tcp.destination_port,
        },
        hop_limit,
        seq: tcp.sequence_number,
        ack: tcp.acknowledgment_number,
        flags: bytes[13],
        window: tcp.window_size,
        options: well_formed(tcp),
    }
}

/// The options without padding; each must be whole.
fn well_formed(tcp: &TcpHeader) -> Vec<TcpOptionElement> {
    let options = tcp
        .options_iterator()
        .map(|option| option.expect("a whole option"));
    options
        .filter(|option| *option != TcpOptionElement::Noop)
        .collect()
}

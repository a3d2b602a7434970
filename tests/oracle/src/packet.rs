// SPDX-License-Identifier: GPL-2.0
//! Builds the packets of a peer: the one builder of all tests in Rust. Each checksum is right.

use crate::bytes::{complement, put, sum, tcp_sum, FRAGMENT};

/// An IP header. The length of the addresses tells the family.
#[derive(Clone, Copy, Debug)]
pub struct Ip<'a> {
    pub from: &'a [u8],
    pub to: &'a [u8],
    /// TOS or traffic class.
    pub class: u8,
    /// The lower bits are the IP ID, or the flow label of IPv6.
    pub id: u32,
    pub dont_fragment: bool,
    pub hops: u8,
    /// IPv4 options, a multiple of four bytes.
    pub options: &'a [u8],
    /// IPv6 extension headers: number, and content from the third byte on.
    pub chain: &'a [(u8, Vec<u8>)],
}

/// A TCP header.
#[derive(Clone, Debug)]
pub struct Tcp {
    pub sport: u16,
    pub dport: u16,
    pub seq: u32,
    pub ack: u32,
    pub flags: u8,
    pub window: u16,
    pub urgent: u16,
    /// Zeros follow up to a multiple of four bytes.
    pub options: Vec<u8>,
}

impl<'a> Ip<'a> {
    /// A regular header.
    pub fn new(from: &'a [u8], to: &'a [u8]) -> Self {
        Self {
            from,
            to,
            class: 0,
            id: 1,
            dont_fragment: true,
            hops: 64,
            options: &[],
            chain: &[],
        }
    }

    /// The headers in front of `length` bytes of `protocol`.
    pub fn header(&self, protocol: u8, length: usize) -> Vec<u8> {
        match self.from.len() {
            4 => self.v4(protocol, length),
            _ => self.v6(protocol, length),
        }
    }

    /// The packet that carries `content` of `protocol`.
    pub fn packet(&self, protocol: u8, content: &[u8]) -> Vec<u8> {
        [&self.header(protocol, content.len()), content].concat()
    }

    fn v4(&self, protocol: u8, length: usize) -> Vec<u8> {
        let mut head = vec![0; 20];
        head.extend(self.options);
        let length = head.len() + length;
        head[0] = 0x40 | (head.len() / 4) as u8;
        head[1] = self.class;
        put(&mut head, 2, &(length as u16).to_be_bytes());
        put(&mut head, 4, &(self.id as u16).to_be_bytes());
        head[6] = u8::from(self.dont_fragment) << 6;
        head[8] = self.hops;
        head[9] = protocol;
        put(&mut head, 12, self.from);
        put(&mut head, 16, self.to);
        sum_header(&mut head);
        head
    }

    fn v6(&self, protocol: u8, length: usize) -> Vec<u8> {
        let mut head = vec![0; 40];
        let word = 6 << 28 | u32::from(self.class) << 20 | (self.id & 0xf_ffff);
        put(&mut head, 0, &word.to_be_bytes());
        head[7] = self.hops;
        put(&mut head, 8, self.from);
        put(&mut head, 24, self.to);
        let mut next = 6;
        for (number, content) in self.chain {
            head[next] = *number;
            next = head.len();
            let units = (content.len() + 2) / 8;
            head.extend([0, units.saturating_sub(1) as u8]);
            head.extend(content);
        }
        head[next] = protocol;
        let length = head.len() - 40 + length;
        put(&mut head, 4, &(length as u16).to_be_bytes());
        head
    }
}

impl Tcp {
    /// The header, with a checksum of 0.
    pub fn header(&self) -> Vec<u8> {
        let words = 5 + self.options.len().div_ceil(4);
        let mut bytes = Vec::with_capacity(words * 4);
        bytes.extend(self.sport.to_be_bytes());
        bytes.extend(self.dport.to_be_bytes());
        bytes.extend(self.seq.to_be_bytes());
        bytes.extend(self.ack.to_be_bytes());
        bytes.extend([(words as u8) << 4, self.flags]);
        bytes.extend(self.window.to_be_bytes());
        bytes.extend([0, 0]);
        bytes.extend(self.urgent.to_be_bytes());
        bytes.extend(&self.options);
        bytes.resize(words * 4, 0);
        bytes
    }

    /// The segment between two addresses.
    pub fn segment(&self, ip: &Ip<'_>, payload: &[u8]) -> Vec<u8> {
        let mut bytes = [&self.header(), payload].concat();
        sum_segment((ip.from, ip.to), &mut bytes);
        bytes
    }
}

/// Writes the checksum of an IPv4 header, the first bytes of a packet.
pub fn sum_header(packet: &mut [u8]) {
    let length = usize::from(packet[0] % 16) * 4;
    put(packet, 10, &[0, 0]);
    let check = complement(sum(&packet[..length], 0));
    put(packet, 10, &check);
}

/// Writes the checksum of a segment between two addresses.
pub fn sum_segment((from, to): (&[u8], &[u8]), segment: &mut [u8]) {
    put(segment, 16, &[0, 0]);
    let check = complement(tcp_sum(from, to, segment));
    put(segment, 16, &check);
}

/// A packet without options and extension headers in fragments, each but the last with `unit` times
/// eight bytes of it. `id` is that of IPv6; IPv4's is in the header.
pub fn fragments(packet: &[u8], id: u32, unit: usize) -> Vec<Vec<u8>> {
    let is_v4 = packet[0] >> 4 == 4;
    let (head, body) = packet.split_at(if is_v4 { 20 } else { 40 });
    let last = body.len().saturating_sub(1) / (unit * 8);
    let pieces = body.chunks(unit * 8).enumerate();
    pieces
        .map(|(index, piece)| match is_v4 {
            true => fragment_v4(head, piece, index * unit, index < last),
            false => fragment_v6(head, piece, (index * unit, id), index < last),
        })
        .collect()
}

fn fragment_v4(head: &[u8], piece: &[u8], offset: usize, more: bool) -> Vec<u8> {
    let mut bytes = head.to_vec();
    let length = (head.len() + piece.len()) as u16;
    put(&mut bytes, 2, &length.to_be_bytes());
    let field = offset as u16 | u16::from(more) << 13;
    put(&mut bytes, 6, &field.to_be_bytes());
    sum_header(&mut bytes);
    bytes.extend(piece);
    bytes
}

fn fragment_v6(head: &[u8], piece: &[u8], (offset, id): (usize, u32), more: bool) -> Vec<u8> {
    let mut bytes = head.to_vec();
    put(&mut bytes, 4, &(8 + piece.len() as u16).to_be_bytes());
    let next = bytes[6];
    bytes[6] = FRAGMENT;
    bytes.extend([next, 0]);
    bytes.extend(((offset as u16) << 3 | u16::from(more)).to_be_bytes());
    bytes.extend(id.to_be_bytes());
    bytes.extend(piece);
    bytes
}

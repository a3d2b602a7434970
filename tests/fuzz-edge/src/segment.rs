// SPDX-License-Identifier: GPL-2.0
//! The peer's side: a segment as fields and as valid bytes. mutate.rs changes these.

use crate::lab::{Address, Family, Flow};
use oracle::bytes::{complement, put, sum, tcp_sum, FRAGMENT, SYN, TCP};

/// A TCP segment and the IP headers in front of it.
#[derive(Clone)]
pub struct Segment {
    pub from: Address,
    pub to: Address,
    /// TOS or traffic class.
    pub class: u8,
    /// IP ID; of IPv6 the flow label.
    pub id: u32,
    pub dont_fragment: bool,
    pub hops: u8,
    /// IPv4 options, a multiple of four bytes.
    pub ip_options: Vec<u8>,
    /// IPv6 extension headers: number, and content from the third byte on.
    pub chain: Vec<(u8, Vec<u8>)>,
    pub sport: u16,
    pub dport: u16,
    pub seq: u32,
    pub ack: u32,
    pub flags: u8,
    pub window: u16,
    pub urgent: u16,
    /// A multiple of four bytes.
    pub options: Vec<u8>,
    pub payload: Vec<u8>,
}

/// Bytes from the IP header on, and where TCP's header starts.
#[derive(Clone)]
pub struct Packet {
    pub bytes: Vec<u8>,
    pub tcp: usize,
}

impl Segment {
    /// A minimal SYN.
    pub fn syn(flow: Flow, irs: u32) -> Self {
        Self {
            from: flow.from,
            to: flow.to,
            class: 0,
            id: irs,
            dont_fragment: true,
            hops: 64,
            ip_options: Vec::new(),
            chain: Vec::new(),
            sport: flow.sport,
            dport: flow.dport,
            seq: irs,
            ack: 0,
            flags: SYN,
            window: 1024,
            urgent: 0,
            options: Vec::new(),
            payload: Vec::new(),
        }
    }

    /// The segment as bytes.
    pub fn packet(&self) -> Packet {
        let mut bytes = self.ip();
        let tcp = bytes.len();
        bytes.extend(self.tcp());
        Packet { bytes, tcp }
    }

    fn size(&self) -> usize {
        20 + self.options.len() + self.payload.len()
    }

    fn ip(&self) -> Vec<u8> {
        match self.from.family {
            Family::V4 => self.v4(),
            Family::V6 => self.v6(),
        }
    }

    fn v4(&self) -> Vec<u8> {
        let mut head = vec![0; 20];
        head.extend(&self.ip_options);
        let length = head.len() + self.size();
        head[0] = 0x40 | (head.len() / 4) as u8;
        head[1] = self.class;
        put(&mut head, 2, &(length as u16).to_be_bytes());
        put(&mut head, 4, &(self.id as u16).to_be_bytes());
        head[6] = u8::from(self.dont_fragment) << 6;
        head[8] = self.hops;
        head[9] = TCP;
        put(&mut head, 12, self.from.octets());
        put(&mut head, 16, self.to.octets());
        let check = complement(sum(&head, 0));
        put(&mut head, 10, &check);
        head
    }

    fn v6(&self) -> Vec<u8> {
        let mut head = vec![0; 40];
        let word = 6 << 28 | u32::from(self.class) << 20 | (self.id & 0xf_ffff);
        put(&mut head, 0, &word.to_be_bytes());
        head[7] = self.hops;
        put(&mut head, 8, self.from.octets());
        put(&mut head, 24, self.to.octets());
        let mut next = 6;
        for (number, content) in &self.chain {
            head[next] = *number;
            next = head.len();
            let units = (content.len() + 2) / 8;
            head.extend([0, units.saturating_sub(1) as u8]);
            head.extend(content);
        }
        head[next] = TCP;
        let length = head.len() - 40 + self.size();
        put(&mut head, 4, &(length as u16).to_be_bytes());
        head
    }

    fn tcp(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.size());
        bytes.extend(self.sport.to_be_bytes());
        bytes.extend(self.dport.to_be_bytes());
        bytes.extend(self.seq.to_be_bytes());
        bytes.extend(self.ack.to_be_bytes());
        bytes.extend([((20 + self.options.len()) / 4 << 4) as u8, self.flags]);
        bytes.extend(self.window.to_be_bytes());
        bytes.extend([0, 0]);
        bytes.extend(self.urgent.to_be_bytes());
        bytes.extend(&self.options);
        bytes.extend(&self.payload);
        let check = complement(tcp_sum(self.from.octets(), self.to.octets(), &bytes));
        put(&mut bytes, 16, &check);
        bytes
    }
}

/// The packet in fragments, each but the last with `unit` times eight bytes of it.
pub fn fragments(packet: &Packet, family: Family, id: u32, unit: usize) -> Vec<Vec<u8>> {
    let (head, body) = packet.bytes.split_at(family.header());
    let last = body.len().saturating_sub(1) / (unit * 8);
    let pieces = body.chunks(unit * 8).enumerate();
    pieces
        .map(|(index, piece)| match family {
            Family::V4 => fragment_v4(head, piece, index * unit, index < last),
            Family::V6 => fragment_v6(head, piece, (index * unit, id), index < last),
        })
        .collect()
}

fn fragment_v4(head: &[u8], piece: &[u8], offset: usize, more: bool) -> Vec<u8> {
    let mut bytes = head.to_vec();
    let length = (head.len() + piece.len()) as u16;
    put(&mut bytes, 2, &length.to_be_bytes());
    let field = offset as u16 | u16::from(more) << 13;
    put(&mut bytes, 6, &field.to_be_bytes());
    put(&mut bytes, 10, &[0, 0]);
    let check = complement(sum(&bytes, 0));
    put(&mut bytes, 10, &check);
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

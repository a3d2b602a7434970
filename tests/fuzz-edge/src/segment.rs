// SPDX-License-Identifier: GPL-2.0
//! The peer's side: a segment as fields and as valid bytes. mutate.rs changes these.

use crate::lab::{Address, Flow};
use oracle::bytes::{SYN, TCP};
use oracle::packet::{Ip, Tcp};

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
    pub tcp: Tcp,
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
            tcp: Tcp {
                sport: flow.sport,
                dport: flow.dport,
                seq: irs,
                ack: 0,
                flags: SYN,
                window: 1024,
                urgent: 0,
                options: Vec::new(),
            },
            payload: Vec::new(),
        }
    }

    /// The segment as bytes.
    pub fn packet(&self) -> Packet {
        let ip = Ip {
            from: self.from.octets(),
            to: self.to.octets(),
            class: self.class,
            id: self.id,
            dont_fragment: self.dont_fragment,
            hops: self.hops,
            options: &self.ip_options,
            chain: &self.chain,
        };
        let segment = self.tcp.segment(&ip, &self.payload);
        let bytes = ip.packet(TCP, &segment);
        Packet {
            tcp: bytes.len() - segment.len(),
            bytes,
        }
    }
}

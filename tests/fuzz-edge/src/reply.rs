// SPDX-License-Identifier: GPL-2.0
//! Decodes a packet that left, and checks the rules that every reply must keep.

use crate::contract::Answer;
use crate::decode::{decode, Facts, Why};
use crate::lab::{Family, DARK_MTU, MTU};
use oracle::bytes::{be16, RST, SYN};

/// The default hop limit of our route back.
const HOPS: u8 = 64;

/// A packet that left.
pub struct Reply {
    pub facts: Facts,
    pub bytes: Vec<u8>,
    /// The MTU of the device that it left by.
    mtu: usize,
}

impl Reply {
    /// Decodes a packet from its IP header on; `dark` is the device of the unused network.
    pub fn new(family: Family, bytes: &[u8], dark: bool) -> Result<Self, Why> {
        let facts = decode(family, bytes, false)?;
        let ip = match family {
            Family::V4 => bytes[0] == 0x45 && bytes[1] == 0 && bytes[4..8] == [0, 0, 0x40, 0],
            Family::V6 => bytes[..4] == [0x60, 0, 0, 0] && bytes[6] == 6,
        };
        let tcp = &bytes[facts.tcp..];
        let rules = [
            (ip, "TOS, IP ID, DF, flow label or extension headers"),
            (facts.hops == HOPS, "hop limit"),
            (facts.sum_right, "TCP checksum"),
            (facts.payload == 0, "a payload"),
            (!facts.trailed, "bytes behind the packet"),
            (tcp[12] & 15 == 0, "reserved bits"),
            (be16(tcp, 18) == 0, "urgent pointer"),
        ];
        match rules.iter().find(|(kept, _)| !kept) {
            Some((_, broken)) => Err(broken),
            None => Ok(Self {
                facts,
                bytes: bytes.to_vec(),
                mtu: if dark { DARK_MTU } else { MTU },
            }),
        }
    }

    /// Checks that it is this reply; else returns the difference.
    pub fn is(&self, answer: &Answer) -> Result<(), Why> {
        let (facts, theirs) = (&self.facts, answer.offers.stamps);
        let echo = facts.offers.stamps.map(|(_, echo)| echo);
        let mut ours = facts.offers;
        ours.stamps = theirs;
        let rules = [
            (facts.flow == answer.flow, "addresses or ports"),
            (facts.flags == answer.flags, "flags"),
            (answer.seq.map_or(true, |seq| facts.seq == seq), "seq"),
            (facts.ack == answer.ack, "ack"),
            (facts.window == answer.window, "window"),
            (ours == answer.offers, "options"),
            (
                echo == theirs.map(|(value, _)| value),
                "timestamps or their echo",
            ),
            (self.options_as_promised(answer), "the option bytes"),
            (facts.length <= answer.length, "larger than the segment"),
        ];
        match rules.iter().find(|(kept, _)| !kept) {
            Some((_, broken)) => Err(broken),
            None => Ok(()),
        }
    }

    /// Checks that it has exactly these options, with the MSS of the route and a scale of 0.
    fn options_as_promised(&self, answer: &Answer) -> bool {
        let tcp = &self.bytes[self.facts.tcp..];
        let mut wanted: Vec<Vec<u8>> = Vec::new();
        let mss = self.mtu - self.facts.tcp - 20;
        if answer.flags & SYN != 0 {
            if answer.offers.mss {
                let [high, low] = (mss as u16).to_be_bytes();
                wanted.push(vec![2, 4, high, low]);
            }
            if answer.offers.scale {
                wanted.push(vec![3, 3, 0]);
            }
            if answer.offers.sack {
                wanted.push(vec![4, 2]);
            }
        }
        if let (Some(_), Some((value, echo))) = (answer.offers.stamps, self.facts.offers.stamps) {
            wanted.push([&[8, 10][..], &value.to_be_bytes(), &echo.to_be_bytes()].concat());
        }
        let mut rest = &tcp[20..];
        while let Some(&kind) = rest.first() {
            let size = if kind == 1 {
                1
            } else {
                rest.get(1).map_or(0, |size| usize::from(*size))
            };
            if size == 0 || size > rest.len() {
                return false;
            }
            if kind != 1 {
                let Some(place) = wanted.iter().position(|one| one[..] == rest[..size]) else {
                    return false;
                };
                wanted.swap_remove(place);
            }
            rest = &rest[size..];
        }
        wanted.is_empty()
    }

    /// Its kind, for the counts.
    pub fn kind(&self) -> usize {
        match self.facts.flags {
            flags if flags & RST != 0 => 3,
            flags if flags & SYN != 0 => 0,
            flags if flags & 1 != 0 => 2,
            _ => 1,
        }
    }
}

// SPDX-License-Identifier: GPL-2.0
//! Bytes that are read from the front.

use super::Mac;
use std::net::{Ipv4Addr, Ipv6Addr};

#[derive(Clone, Copy)]
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    pub fn slice(&mut self, len: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(head)
    }

    pub fn skip(&mut self, len: usize) -> Option<()> {
        self.slice(len).map(|_| ())
    }

    pub fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }

    pub fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub fn mac(&mut self) -> Option<Mac> {
        self.array().map(Mac)
    }

    pub fn v4(&mut self) -> Option<Ipv4Addr> {
        self.array::<4>().map(Ipv4Addr::from)
    }

    pub fn v6(&mut self) -> Option<Ipv6Addr> {
        self.array::<16>().map(Ipv6Addr::from)
    }
}

/// The Internet checksum of these pieces; all but the last have an even length.
pub fn checksum(pieces: &[&[u8]]) -> u16 {
    let mut sum: u64 = 0;
    for piece in pieces {
        for pair in piece.chunks(2) {
            let (high, low) = (pair.first(), pair.get(1));
            let word = [*high.unwrap_or(&0), *low.unwrap_or(&0)];
            sum = sum.wrapping_add(u64::from(u16::from_be_bytes(word)));
        }
    }
    while sum > 0xffff {
        sum = (sum & 0xffff).wrapping_add(sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(0)
}

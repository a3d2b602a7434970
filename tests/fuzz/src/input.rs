// SPDX-License-Identifier: GPL-2.0
//! The fuzzer's bytes, read as the values that a target needs. Zeros follow at their end.

use crate::raw::MODES;
use crate::wire::{Addresses, Family, Flow, PathInfo, Seq, Timestamps};

pub struct Input<'a>(pub &'a [u8]);

impl Input<'_> {
    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        let (head, rest) = self.0.split_at(N.min(self.0.len()));
        self.0 = rest;
        let mut array = [0; N];
        array[..head.len()].copy_from_slice(head);
        array
    }

    pub fn byte(&mut self) -> u8 {
        let [byte] = self.array();
        byte
    }

    pub fn bit(&mut self) -> bool {
        self.byte() & 1 != 0
    }

    pub fn short(&mut self) -> u16 {
        u16::from_be_bytes(self.array())
    }

    pub fn word(&mut self) -> u32 {
        u32::from_be_bytes(self.array())
    }

    /// A number at any distance from `base`, or close to it.
    pub fn near(&mut self, base: u32) -> u32 {
        if self.bit() {
            return self.word();
        }
        let step = i8::from_be_bytes([self.byte()]);
        base.wrapping_add_signed(i32::from(step % 5))
    }

    pub fn family(&mut self) -> Family {
        if self.bit() {
            Family::V6
        } else {
            Family::V4
        }
    }

    /// Addresses that a host may have.
    pub fn flow(&mut self) -> Flow {
        let host = |input: &mut Self| input.word() % 0xdf00_0000 + 0x0100_0000;
        let addresses = match self.family() {
            Family::V4 => Addresses::V4 {
                source: host(self),
                destination: host(self),
            },
            Family::V6 => Addresses::V6 {
                source: [host(self), self.word(), self.word(), self.word()],
                destination: [host(self), self.word(), self.word(), self.word()],
            },
        };
        Flow {
            addresses,
            source: self.short(),
            destination: self.short(),
        }
    }

    pub fn seq(&mut self) -> Seq {
        Seq(self.word())
    }

    pub fn timestamps(&mut self) -> Option<Timestamps> {
        self.bit().then(|| Timestamps {
            value: self.word(),
            echo: self.word(),
        })
    }

    pub fn way(&mut self) -> PathInfo {
        PathInfo {
            mss: self.short(),
            hop_limit: self.byte(),
        }
    }

    pub fn mode(&mut self) -> crate::policy::Mode {
        MODES[usize::from(self.byte()) % MODES.len()]
    }

    /// At most `count` raw bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let (head, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        head.to_vec()
    }
}

// SPDX-License-Identifier: GPL-2.0
//! Numbers without state: our initial sequence number is a keyed hash of the connection, so that it
//! can be computed again when the peer acknowledges it (RFC 6528 has the idea, with a clock).

use crate::wire::{Addresses, Flow, Seq};

/// What of the peer's numbers goes into ours, and for which mode: modes never share numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Irs {
    /// The peer's initial sequence number.
    Tarpit(Seq),
    /// The peer's initial sequence number.
    Persist(Seq),
    /// Nothing: numbers move on there, and the IRS cannot be told from a later segment.
    Honeypot,
}

/// The numbers that belong to one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    /// Our initial sequence number.
    pub(crate) iss: Seq,
    /// How far our clock is moved for it, so that it tells nothing of ours (RFC 7323, 5.4).
    pub(crate) offset: u32,
}

impl Number {
    /// TSval now, in milliseconds.
    pub(crate) fn clock(self, numbers: &impl Numbers) -> u32 {
        numbers.now().wrapping_add(self.offset)
    }
}

/// Where numbers come from. A trait, so that a test can choose them as an adversary would.
pub(crate) trait Numbers {
    /// The numbers of our side of `flow`, which leads from the peer to us.
    fn number(&self, flow: &Flow, irs: Irs) -> Number;

    /// Milliseconds on a clock that never stands still.
    fn now(&self) -> u32;
}

/// The secret behind all numbers of a network namespace.
#[derive(Clone, Copy)]
pub(crate) struct Key(pub(crate) [u64; 2]);

/// The key at a moment.
#[derive(Clone, Copy)]
pub(crate) struct Keyed<Clock> {
    /// The secret.
    pub(crate) key: Key,
    /// Milliseconds on a clock that never stands still, read only where they are needed.
    pub(crate) clock: Clock,
}

impl<Clock: Fn() -> u32> Numbers for Keyed<Clock> {
    fn now(&self) -> u32 {
        (self.clock)()
    }

    // What depends on the flow alone is hashed first: inlined, it is computed once for a segment,
    // however many numbers are tried.
    #[inline(always)]
    fn number(&self, flow: &Flow, irs: Irs) -> Number {
        let (mode, irs) = match irs {
            Irs::Tarpit(irs) => (1, irs),
            Irs::Persist(irs) => (2, irs),
            Irs::Honeypot => (3, Seq(0)),
        };
        let ports = (u32::from(flow.source) << 16) | u32::from(flow.destination);
        let hash = SipHash::new(self.key).word(join(mode, ports));
        let hash = match flow.addresses {
            Addresses::V4 {
                source,
                destination,
            } => hash.word(join(source, destination)).finish(irs.0, 20),
            Addresses::V6 {
                source: [s0, s1, s2, s3],
                destination: [d0, d1, d2, d3],
            } => hash
                .word(join(s0, s1))
                .word(join(s2, s3))
                .word(join(d0, d1))
                .word(join(d2, d3))
                .finish(irs.0, 44),
        };
        let [o0, o1, o2, o3, i0, i1, i2, i3] = hash.to_be_bytes();
        Number {
            iss: Seq(u32::from_be_bytes([i0, i1, i2, i3])),
            offset: u32::from_be_bytes([o0, o1, o2, o3]),
        }
    }
}

fn join(high: u32, low: u32) -> u64 {
    (u64::from(high) << 32) | u64::from(low)
}

/// SipHash-2-4 (Aumasson and Bernstein, 2012) over whole words and half a word at the end.
#[derive(Clone, Copy)]
struct SipHash([u64; 4]);

impl SipHash {
    #[inline(always)]
    const fn new(Key([k0, k1]): Key) -> Self {
        Self([
            k0 ^ 0x736f_6d65_7073_6575,
            k1 ^ 0x646f_7261_6e64_6f6d,
            k0 ^ 0x6c79_6765_6e65_7261,
            k1 ^ 0x7465_6462_7974_6573,
        ])
    }

    #[inline(always)]
    const fn round(self) -> Self {
        let [mut a, mut b, mut c, mut d] = self.0;
        a = a.wrapping_add(b);
        b = b.rotate_left(13) ^ a;
        a = a.rotate_left(32);
        c = c.wrapping_add(d);
        d = d.rotate_left(16) ^ c;
        a = a.wrapping_add(d);
        d = d.rotate_left(21) ^ a;
        c = c.wrapping_add(b);
        b = b.rotate_left(17) ^ c;
        c = c.rotate_left(32);
        Self([a, b, c, d])
    }

    /// Takes in eight bytes, read as a little-endian number.
    #[inline(always)]
    const fn word(self, word: u64) -> Self {
        let [a, b, c, d] = self.0;
        let Self([a, b, c, d]) = Self([a, b, c, d ^ word]).round().round();
        Self([a ^ word, b, c, d])
    }

    /// Takes in the last four bytes, and the `length` of all that was hashed, in bytes.
    #[inline(always)]
    fn finish(self, last: u32, length: u8) -> u64 {
        let Self([a, b, c, d]) = self.word((u64::from(length) << 56) | u64::from(last));
        let Self([a, b, c, d]) = Self([a, b, c ^ 0xff, d]).round().round().round().round();
        a ^ b ^ c ^ d
    }
}

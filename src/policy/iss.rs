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
    /// What all numbers of one flow have in common.
    type Common: Copy;

    /// What they have in common for `flow`, which leads from the peer to us.
    fn common(&self, flow: &Flow) -> Self::Common;

    /// The numbers of our side of that flow.
    fn number_of(&self, common: Self::Common, irs: Irs) -> Number;

    /// The numbers of our side of `flow`.
    #[inline(always)]
    fn number(&self, flow: &Flow, irs: Irs) -> Number {
        self.number_of(self.common(flow), irs)
    }

    /// Milliseconds on a clock that never stands still.
    fn now(&self) -> u32;
}

/// The secret behind all numbers of a network namespace.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Key(pub(crate) [u64; 2]);

/// The key at a moment.
#[derive(Clone, Copy)]
pub(crate) struct Keyed<'a, Clock> {
    /// The secret.
    pub(crate) key: &'a Key,
    /// Milliseconds on a clock that never stands still, read only where they are needed.
    pub(crate) clock: Clock,
}

impl<Clock: Fn() -> u32> Numbers for Keyed<'_, Clock> {
    fn now(&self) -> u32 {
        (self.clock)()
    }

    type Common = SipHash;

    #[inline(always)]
    fn common(&self, flow: &Flow) -> SipHash {
        let hash = SipHash::new(self.key);
        let hash = match flow.addresses {
            Addresses::V4 {
                source,
                destination,
            } => hash.word(join(source, destination)),
            Addresses::V6 {
                source: [s0, s1, s2, s3],
                destination: [d0, d1, d2, d3],
            } => hash
                .word(join(s0, s1))
                .word(join(s2, s3))
                .word(join(d0, d1))
                .word(join(d2, d3)),
        };
        hash.word(join(
            0,
            (u32::from(flow.source) << 16) | u32::from(flow.destination),
        ))
    }

    #[inline(always)]
    fn number_of(&self, common: SipHash, irs: Irs) -> Number {
        let (mode, irs) = match irs {
            Irs::Tarpit(irs) => (1, irs),
            Irs::Persist(irs) => (2, irs),
            Irs::Honeypot => (3, Seq(0)),
        };
        let [o0, o1, o2, o3, i0, i1, i2, i3] = common.finish(irs.0, mode).to_be_bytes();
        Number {
            iss: Seq(u32::from_be_bytes([i0, i1, i2, i3])),
            offset: u32::from_be_bytes([o0, o1, o2, o3]),
        }
    }
}

fn join(high: u32, low: u32) -> u64 {
    (u64::from(high) << 32) | u64::from(low)
}

/// SipHash-2-4 (Aumasson and Bernstein, 2012) over whole words and five bytes at the end.
#[derive(Clone, Copy)]
pub(crate) struct SipHash {
    state: [u64; 4],
    /// Bytes that were taken in.
    length: u8,
}

impl SipHash {
    #[inline(always)]
    const fn new(&Key([k0, k1]): &Key) -> Self {
        Self {
            state: [
                k0 ^ 0x736f_6d65_7073_6575,
                k1 ^ 0x646f_7261_6e64_6f6d,
                k0 ^ 0x6c79_6765_6e65_7261,
                k1 ^ 0x7465_6462_7974_6573,
            ],
            length: 0,
        }
    }

    #[inline(always)]
    const fn round([mut a, mut b, mut c, mut d]: [u64; 4]) -> [u64; 4] {
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
        [a, b, c, d]
    }

    /// Takes in eight bytes, read as a little-endian number.
    #[inline(always)]
    const fn word(self, word: u64) -> Self {
        let [a, b, c, d] = self.state;
        let [a, b, c, d] = Self::round(Self::round([a, b, c, d ^ word]));
        Self {
            state: [a ^ word, b, c, d],
            length: self.length.wrapping_add(8),
        }
    }

    /// Takes in the last five bytes: four, read as a little-endian number, and one.
    #[inline(always)]
    fn finish(self, four: u32, one: u8) -> u64 {
        let length = u64::from(self.length.wrapping_add(5)) << 56;
        let last = length | (u64::from(one) << 32) | u64::from(four);
        let [a, b, c, d] = self.word(last).state;
        let state = Self::round(Self::round([a, b, c ^ 0xff, d]));
        let [a, b, c, d] = Self::round(Self::round(state));
        a ^ b ^ c ^ d
    }
}

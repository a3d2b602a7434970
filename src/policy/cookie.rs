// SPDX-License-Identifier: GPL-2.0
//! Our initial sequence number is a keyed hash of the connection, as in SYN cookies: it is computed
//! again when the peer acknowledges it, so an ACK proves the handshake and no state is kept.

use crate::wire::{Addresses, Flow, Seq};

/// The mode and the IRS that a cookie depends on: modes never share cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Irs {
    /// The peer's initial sequence number.
    Tarpit(Seq),
    /// The peer's initial sequence number.
    Persist(Seq),
    /// No IRS: sequence numbers advance in honeypot, so a later segment does not show it.
    Honeypot,
}

/// The numbers of our side of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cookie {
    /// Our initial sequence number.
    pub(crate) iss: Seq,
    /// The offset of its timestamps, so that they do not show our clock (RFC 7323, section 5.4).
    pub(crate) offset: u32,
}

impl Cookie {
    /// TSval now, in milliseconds.
    pub(crate) fn clock(self, cookies: &impl Cookies) -> u32 {
        cookies.now().wrapping_add(self.offset)
    }
}

/// A source of cookies. A trait, so that a test can choose them as an adversary would.
pub(crate) trait Cookies {
    /// The part of the computation that all cookies of one flow share.
    type Common: Copy;

    /// Computes that part for `flow`, which goes from the peer to us.
    fn common(&self, flow: &Flow) -> Self::Common;

    /// The cookie of that flow.
    fn cookie_of(&self, common: Self::Common, irs: Irs) -> Cookie;

    /// The cookie of `flow`.
    #[inline(always)]
    fn cookie(&self, flow: &Flow, irs: Irs) -> Cookie {
        self.cookie_of(self.common(flow), irs)
    }

    /// Milliseconds on a clock that never stops.
    fn now(&self) -> u32;
}

/// The secret of a network namespace's cookies.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Key(pub(crate) [u64; 2]);

/// The key and the time.
#[derive(Clone, Copy)]
pub(crate) struct CookieContext<'a, Clock> {
    /// The secret.
    pub(crate) key: &'a Key,
    /// Milliseconds on a clock that never stops, read only where they are needed.
    pub(crate) clock: Clock,
}

impl<Clock: Fn() -> u32> Cookies for CookieContext<'_, Clock> {
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
    fn cookie_of(&self, common: SipHash, irs: Irs) -> Cookie {
        let (mode, irs) = match irs {
            Irs::Tarpit(irs) => (1, irs),
            Irs::Persist(irs) => (2, irs),
            Irs::Honeypot => (3, Seq(0)),
        };
        let [o0, o1, o2, o3, i0, i1, i2, i3] = common.finish(irs.0, mode).to_be_bytes();
        Cookie {
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
    /// The number of bytes absorbed.
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

    /// Absorbs eight bytes, read as a little-endian number.
    #[inline(always)]
    const fn word(self, word: u64) -> Self {
        let [a, b, c, d] = self.state;
        let [a, b, c, d] = Self::round(Self::round([a, b, c, d ^ word]));
        Self {
            state: [a ^ word, b, c, d],
            length: self.length.wrapping_add(8),
        }
    }

    /// Absorbs the last five bytes: four, read as a little-endian number, and one.
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

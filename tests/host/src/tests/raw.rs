// SPDX-License-Identifier: GPL-2.0
//! Segments of regular and hostile peers, built without our own `wire`.

use crate::drop_reason::DropReason;
use crate::policy::cookie::{Cookie, CookieContext, Cookies, Irs, Key};
use crate::policy::{self, age::SeqPosition, live::Tracked, Classified, Mode};
use crate::wire::{Addresses, Family, Flow, PathInfo, Reply, Segment, Seq};
use oracle::packet::{Ip, Tcp};
use std::cell::RefCell;

pub const FIN: u8 = 1;
pub const SYN: u8 = 2;
pub const RST: u8 = 4;
pub const ACK: u8 = 16;

pub const FAMILIES: [Family; 2] = [Family::V4, Family::V6];
pub const MODES: [Mode; 7] = [
    Mode::Tarpit { window: 0 },
    Mode::Tarpit { window: 77 },
    Mode::Persist { window: 0 },
    Mode::Honeypot { window: 65535 },
    Mode::Honeypot { window: 1 },
    Mode::Reset,
    Mode::Persist { window: 1000 },
];
pub const WAY: PathInfo = PathInfo {
    mss: 1460,
    hop_limit: 64,
};
pub const NOW: u32 = 1_000_000;
pub const KEYED: CookieContext<'static, fn() -> u32> = CookieContext {
    key: &Key([0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210]),
    clock: || NOW,
};

/// A timestamps option as Linux writes it: TSval 0x11223344, TSecr 0x55667788.
pub const TIMESTAMPS: [u8; 12] = [1, 1, 8, 10, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88];

pub const V4: Addresses = Addresses::V4 {
    source: 0xc000_0201,
    destination: 0xc633_6407,
};
pub const V6: Addresses = Addresses::V6 {
    source: [0x2001_0db8, 0, 0, 1],
    destination: [0x2001_0db8, 0xffff, 0, 7],
};

pub fn family_of(addresses: &Addresses) -> Family {
    match addresses {
        Addresses::V4 { .. } => Family::V4,
        Addresses::V6 { .. } => Family::V6,
    }
}

/// The source and the destination, as in a header.
pub fn octets(addresses: &Addresses) -> (Vec<u8>, Vec<u8>) {
    match *addresses {
        Addresses::V4 {
            source,
            destination,
        } => (
            source.to_be_bytes().to_vec(),
            destination.to_be_bytes().to_vec(),
        ),
        Addresses::V6 {
            source,
            destination,
        } => {
            let bytes = |words: [u32; 4]| words.into_iter().flat_map(u32::to_be_bytes).collect();
            (bytes(source), bytes(destination))
        }
    }
}

/// Writes `reply` to the start of `buffer`, which is large enough, and returns it.
pub fn emit<'a>(reply: &Reply, flow: &Flow, way: PathInfo, buffer: &'a mut [u8]) -> &'a [u8] {
    let bytes = &mut buffer[..reply.length(family_of(&flow.addresses))];
    reply.emit(flow, way, bytes);
    bytes
}

/// The fields of a segment; all others are as in a regular one.
#[derive(Clone, Debug)]
pub struct Raw {
    pub addresses: Addresses,
    pub source: u16,
    pub destination: u16,
    pub seq: u32,
    pub ack: u32,
    pub flags: u8,
    pub window: u16,
    pub options: Vec<u8>,
    pub payload: u32,
}

impl Raw {
    /// An empty ACK of number 0, which tests modify.
    pub fn new(family: Family) -> Self {
        Self {
            addresses: match family {
                Family::V4 => V4,
                Family::V6 => V6,
            },
            source: 40_000,
            destination: 22,
            seq: 0,
            ack: 0,
            flags: ACK,
            window: 64_240,
            options: Vec::new(),
            payload: 0,
        }
    }

    pub fn flow(&self) -> Flow {
        Flow {
            addresses: self.addresses,
            source: self.source,
            destination: self.destination,
        }
    }

    /// The cookie of this segment's connection in `mode` with the peer's `irs`.
    pub fn number(&self, mode: Mode, irs: u32, numbers: &impl Cookies) -> Cookie {
        let irs = match mode {
            Mode::Tarpit { .. } => Irs::Tarpit(Seq(irs)),
            Mode::Persist { .. } => Irs::Persist(Seq(irs)),
            Mode::Honeypot { .. } | Mode::Reset => Irs::Honeypot,
        };
        numbers.cookie(&self.flow(), irs)
    }

    /// The headers; the payload is never read, so it is left out.
    pub fn headers(&self) -> Vec<u8> {
        let tcp = self.tcp();
        let mut bytes = self.ip(6, tcp.len() + self.payload as usize);
        bytes.extend(tcp);
        bytes
    }

    /// The whole packet's length.
    pub fn length(&self) -> u32 {
        self.headers().len() as u32 + self.payload
    }

    /// The IP header of a packet that carries `length` bytes of `protocol`.
    pub fn ip(&self, protocol: u8, length: usize) -> Vec<u8> {
        let (from, to) = octets(&self.addresses);
        let ip = Ip {
            class: 0x10,
            id: 0x9c3d,
            hops: 57,
            ..Ip::new(&from, &to)
        };
        ip.header(protocol, length)
    }

    /// The TCP header with reserved bits, a wrong checksum and an urgent pointer.
    pub fn tcp(&self) -> Vec<u8> {
        let tcp = Tcp {
            sport: self.source,
            dport: self.destination,
            seq: self.seq,
            ack: self.ack,
            flags: self.flags,
            window: self.window,
            urgent: 0x1234,
            options: self.options.clone(),
        };
        let mut bytes = tcp.header();
        bytes[12] |= 0x0f;
        bytes[16..18].copy_from_slice(&[0xbe, 0xef]);
        bytes
    }

    /// Passes the segment to `use_it`, parsed as in the module.
    pub fn parsed<T>(&self, use_it: impl FnOnce(&Segment<'_>) -> T) -> T {
        let bytes = self.headers();
        let length = bytes.len() as u32 + self.payload;
        let segment = Segment::parse(family_of(&self.addresses), &bytes, length);
        use_it(&segment.expect("an ordinary segment"))
    }

    /// The decision if the checksum is right.
    pub fn decide(&self, mode: Mode, numbers: &impl Cookies) -> Result<Reply, DropReason> {
        self.parsed(|segment| decide(mode, segment, numbers, &Seen::good()))
    }

    /// The decision if the checksum is wrong.
    pub fn decide_damaged(&self, mode: Mode, numbers: &impl Cookies) -> Result<Reply, DropReason> {
        let seen = Seen::damaged();
        self.parsed(|segment| decide(mode, segment, numbers, &seen))
    }

    /// The decision if the checksum is right, and the observed activity of the peer.
    pub fn decide_and_observe(
        &self,
        mode: Mode,
        numbers: &impl Cookies,
    ) -> (Result<Reply, DropReason>, Vec<(u32, SeqPosition)>) {
        let seen = Seen::good();
        let decision = self.parsed(|s| decide(mode, s, numbers, &seen));
        (decision, seen.observed())
    }
}

/// Whether the checksum is right, and what has been observed of the peer.
pub struct Seen {
    sum: Result<(), DropReason>,
    /// What connection tracking says.
    tracked: Option<Tracked>,
    observed: RefCell<Vec<(u32, SeqPosition)>>,
}

impl Seen {
    pub fn good() -> Self {
        Self {
            sum: Ok(()),
            tracked: None,
            observed: RefCell::default(),
        }
    }

    pub fn damaged() -> Self {
        Self {
            sum: Err(DropReason::BadChecksum),
            ..Self::good()
        }
    }

    /// The same, with what connection tracking says.
    pub fn with(self, tracked: Tracked) -> Self {
        Self {
            tracked: Some(tracked),
            ..self
        }
    }
}

impl Seen {
    pub fn observed(self) -> Vec<(u32, SeqPosition)> {
        self.observed.into_inner()
    }
}

/// Decides as the module does, with the checksum's state given by `seen`.
pub fn decide(
    mode: Mode,
    segment: &Segment<'_>,
    cookies: &impl Cookies,
    seen: &Seen,
) -> Result<Reply, DropReason> {
    let classified = policy::classify(mode, segment, cookies, || seen.tracked)?;
    seen.sum?;
    let decision = policy::decide(mode, segment, &classified, cookies);
    if let Classified::Live(_) = classified {
        return decision;
    }
    if policy::observe(segment, &classified, &decision, cookies).is_some() {
        let cookie = classified.cookie().expect("a verified peer");
        let position = classified.position(segment).expect("a verified peer");
        seen.observed
            .borrow_mut()
            .push((cookie.clock(cookies), position));
    }
    decision
}

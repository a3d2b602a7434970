// SPDX-License-Identifier: GPL-2.0
//! The crate `oracle` in the module's words: its types of what is read and decided.

use crate::drop_reason::DropReason;
use crate::policy::cookie::{Cookie, Cookies, Irs};
use crate::policy::{age::SeqPosition, live::Tracked, Mode};
use crate::raw::Raw;
use crate::wire::{Addresses, Family, Options, Seq, Timestamps};
use ::oracle::{bytes, Place};

/// A reply's flags, seq, ack and window.
pub type Header = (u8, u32, u32, u16);

/// What is to be done about a segment.
#[derive(Debug, PartialEq)]
pub struct Wanted {
    pub reply: Result<Header, DropReason>,
    /// Our clock and the segment's position, if the peer's activity is counted.
    pub observed: Option<(u32, SeqPosition)>,
}

/// What has to be found in a good segment.
pub struct Fields<'a> {
    pub addresses: Addresses,
    pub read: ::oracle::Fields<'a>,
}

fn reason(name: &str) -> DropReason {
    let found = DropReason::ALL.into_iter().find(|one| one.name() == name);
    found.unwrap_or_else(|| panic!("the module has no reason {name}"))
}

fn cookie(mode: Mode, raw: &Raw, irs: u32, numbers: &impl Cookies) -> Cookie {
    let irs = match mode {
        Mode::Tarpit { .. } => Irs::Tarpit(Seq(irs)),
        Mode::Persist { .. } => Irs::Persist(Seq(irs)),
        _ => Irs::Honeypot,
    };
    numbers.cookie(&raw.flow(), irs)
}

const fn said(mode: Mode) -> ::oracle::Mode {
    match mode {
        Mode::Tarpit { window } => ::oracle::Mode::Tarpit { window },
        Mode::Persist { window } => ::oracle::Mode::Persist { window },
        Mode::Honeypot { window } => ::oracle::Mode::Honeypot { window },
        Mode::Reset => ::oracle::Mode::Reset,
    }
}

pub fn decision(
    mode: Mode,
    raw: &Raw,
    numbers: &impl Cookies,
    (whole, tracked): (bool, Option<Tracked>),
) -> Wanted {
    let segment = ::oracle::Segment {
        flags: raw.flags,
        seq: raw.seq,
        ack: raw.ack,
        window: raw.window,
        payload: raw.payload,
        whole,
        late: late(mode, raw, numbers),
        tracked: tracked.map(|tracked| ::oracle::Tracked {
            una: tracked.una.0,
            next: tracked.next.0,
            windows: [tracked.our_window, tracked.peer_window],
        }),
    };
    let iss = |irs| cookie(mode, raw, irs, numbers).iss.0;
    let wanted = ::oracle::decide(said(mode), &segment, |irs| Some(iss(irs)));
    let irs = wanted.irs.unwrap_or(0);
    let reply = wanted.reply.map_err(reason).map(|reply| {
        let seq = reply.seq.unwrap_or_else(|| iss(irs));
        (reply.flags, seq, reply.ack, reply.window)
    });
    let observed = wanted.observed.map(|place| {
        let ours = cookie(mode, raw, irs, numbers);
        let place = match place {
            Place::AtUna => SeqPosition::AtUna,
            Place::BeforeUna => SeqPosition::BeforeUna,
            Place::Anywhere => SeqPosition::Anywhere,
        };
        (numbers.now().wrapping_add(ours.offset), place)
    });
    Wanted { reply, observed }
}

/// Whether it echoes a clock of ours that is more than ten seconds old, in the mode where that
/// matters; there the IRS does not.
fn late(mode: Mode, raw: &Raw, numbers: &impl Cookies) -> bool {
    let clock = || {
        let ours = cookie(mode, raw, 0, numbers);
        numbers.now().wrapping_add(ours.offset)
    };
    let age = ::oracle::options(&raw.options)
        .stamps
        .map(|(_, echo)| clock().wrapping_sub(echo));
    matches!(mode, Mode::Honeypot { .. }) && age.is_some_and(|age| (10_001..1 << 31).contains(&age))
}

pub fn options(bytes: &[u8]) -> Options {
    let found = ::oracle::options(bytes);
    Options {
        mss: found.mss,
        window_scale: found.scale,
        sack_permitted: found.sack,
        timestamps: found.stamps.map(|(value, echo)| Timestamps { value, echo }),
    }
}

/// Reads `bytes`, the start of a packet that is `length` bytes long.
pub fn segment(family: Family, bytes: &[u8], length: u32) -> Result<Fields<'_>, DropReason> {
    let family = match family {
        Family::V4 => ::oracle::Family::V4,
        Family::V6 => ::oracle::Family::V6,
    };
    let read = ::oracle::read(family, bytes, length).map_err(reason)?;
    let addresses = match family {
        ::oracle::Family::V4 => Addresses::V4 {
            source: bytes::be32(read.from, 0),
            destination: bytes::be32(read.to, 0),
        },
        ::oracle::Family::V6 => Addresses::V6 {
            source: [0, 4, 8, 12].map(|at| bytes::be32(read.from, at)),
            destination: [0, 4, 8, 12].map(|at| bytes::be32(read.to, at)),
        },
    };
    Ok(Fields { addresses, read })
}

/// The checksum over pseudo-header and segment; 0 if the one in it is right.
pub fn sum(addresses: &Addresses, tcp: &[u8]) -> u16 {
    let octets =
        |words: &[u32]| -> Vec<u8> { words.iter().flat_map(|word| word.to_be_bytes()).collect() };
    let (from, to) = match addresses {
        Addresses::V4 {
            source,
            destination,
        } => (octets(&[*source]), octets(&[*destination])),
        Addresses::V6 {
            source,
            destination,
        } => (octets(source), octets(destination)),
    };
    !(bytes::tcp_sum(&from, &to, tcp) as u16)
}

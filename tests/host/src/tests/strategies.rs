// SPDX-License-Identifier: GPL-2.0
//! Strategies for random segments, options and replies, regular and hostile.

use super::raw::{Raw, FAMILIES, MODES};
use crate::policy::cookie::{Cookie, Cookies, Irs};
use crate::policy::Mode;
use crate::wire::options::Offered;
use crate::wire::{Ack, Addresses, Flow, Options, Reply, Rst, Seq, SynAck, Timestamps};
use proptest::{prelude::*, sample::select, test_runner::Config};

/// The number of runs of each property, unless PROPTEST_CASES sets it.
pub fn config() -> Config {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() {
        Config::default().cases
    } else {
        4096
    };
    Config {
        cases,
        failure_persistence: None, // The checkout stays clean; a failure prints its input.
        ..Config::default()
    }
}

pub fn mode() -> impl Strategy<Value = Mode> {
    select(&MODES[..])
}

/// Numbers near each other and near the wrap are the interesting ones.
pub fn number() -> impl Strategy<Value = u32> {
    prop_oneof![(0..6_u32).prop_map(|n| n.wrapping_sub(3)), any::<u32>()]
}

/// Addresses that a host may have, of either family.
pub fn addresses() -> impl Strategy<Value = Addresses> {
    let v4 = || 0x0100_0000..0xdfff_ffff_u32;
    let v6 = || (1..0xfeff_ffff_u32, any::<[u32; 3]>()).prop_map(|(a, [b, c, d])| [a, b, c, d]);
    prop_oneof![
        (v4(), v4()).prop_map(|(source, destination)| Addresses::V4 {
            source,
            destination
        }),
        (v6(), v6()).prop_map(|(source, destination)| Addresses::V6 {
            source,
            destination
        }),
    ]
}

pub fn flow() -> impl Strategy<Value = Flow> {
    (addresses(), any::<u16>(), any::<u16>()).prop_map(|(addresses, source, destination)| Flow {
        addresses,
        source,
        destination,
    })
}

/// Any segment that can be parsed, with random options or with valid pieces.
pub fn raw() -> impl Strategy<Value = Raw> {
    let payload = prop_oneof![Just(0), 0..3_u32, 0..200_000_u32];
    let window = prop_oneof![Just(0), any::<u16>()];
    let fields = (number(), number(), any::<u8>(), window, payload);
    (flow(), fields, options()).prop_map(|(flow, fields, options)| Raw {
        addresses: flow.addresses,
        source: flow.source,
        destination: flow.destination,
        seq: fields.0,
        ack: fields.1,
        flags: fields.2,
        window: fields.3,
        payload: fields.4,
        options,
    })
}

fn options() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::collection::vec(piece(), 0..6);
    let made = pieces.prop_map(|pieces| pieces.iter().flat_map(Piece::bytes).take(40).collect());
    prop_oneof![made, prop::collection::vec(any::<u8>(), 0..=40)]
}

/// One option of a segment, with what it means.
#[derive(Clone, Debug)]
pub enum Piece {
    Nop,
    Mss(u16),
    Scale(u8),
    Sack,
    Stamps(u32, u32),
    Unknown(u8, Vec<u8>),
    /// Reading ends here.
    Broken(Vec<u8>),
}

pub fn piece() -> impl Strategy<Value = Piece> {
    let broken = [
        &[0, 8][..],
        &[2, 3, 0],
        &[3, 2],
        &[4, 3, 0],
        &[8, 9, 1, 1, 1, 1, 1, 1, 1],
        &[7, 1],
        &[9, 0],
    ];
    let unknown = select(vec![5, 6, 7, 9, 19, 30, 34, 253]);
    prop_oneof![
        Just(Piece::Nop),
        any::<u16>().prop_map(Piece::Mss),
        any::<u8>().prop_map(Piece::Scale),
        Just(Piece::Sack),
        any::<(u32, u32)>().prop_map(|(value, echo)| Piece::Stamps(value, echo)),
        (unknown, prop::collection::vec(any::<u8>(), 0..9)).prop_map(|(k, b)| Piece::Unknown(k, b)),
        select(broken.map(<[u8]>::to_vec).to_vec()).prop_map(Piece::Broken),
    ]
}

impl Piece {
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Nop => vec![1],
            Self::Mss(mss) => [&[2, 4][..], &mss.to_be_bytes()].concat(),
            Self::Scale(shift) => vec![3, 3, *shift],
            Self::Sack => vec![4, 2],
            Self::Stamps(a, b) => [&[8, 10][..], &a.to_be_bytes(), &b.to_be_bytes()].concat(),
            Self::Unknown(kind, body) => [&[*kind, body.len() as u8 + 2][..], body].concat(),
            Self::Broken(bytes) => bytes.clone(),
        }
    }

    /// The options up to the first malformed or repeated piece.
    pub fn meaning(pieces: &[Self]) -> Options {
        let mut options = Options::default();
        for piece in pieces {
            let before = options;
            match piece {
                Self::Nop | Self::Unknown(..) => continue,
                Self::Mss(_) => options.mss = true,
                Self::Scale(_) => options.window_scale = true,
                Self::Sack => options.sack_permitted = true,
                Self::Stamps(value, echo) if before.timestamps.is_none() => {
                    options.timestamps = Some(stamps(*value, *echo));
                }
                Self::Stamps(..) | Self::Broken(_) => return before,
            }
            if options == before {
                return before;
            }
        }
        options
    }
}

pub fn stamps(value: u32, echo: u32) -> Timestamps {
    Timestamps { value, echo }
}

/// Any reply that the types allow.
pub fn reply() -> impl Strategy<Value = Reply> {
    let option = || prop::option::of(any::<(u32, u32)>().prop_map(|(a, b)| stamps(a, b)));
    let offered = (any::<[bool; 3]>(), option()).prop_map(|([m, w, s], timestamps)| {
        Offered::from(Options {
            mss: m,
            window_scale: w,
            sack_permitted: s,
            timestamps,
        })
    });
    let numbers = || any::<(u32, u32, u16)>().prop_map(|(s, a, w)| (Seq(s), Seq(a), w));
    let ack = || {
        (numbers(), option()).prop_map(|((seq, ack, window), timestamps)| Ack {
            seq,
            ack,
            window,
            timestamps,
        })
    };
    let syn_ack = (numbers(), offered, any::<u32>());
    prop_oneof![
        syn_ack.prop_map(|((seq, ack, window), offered, clock)| {
            Reply::SynAck(SynAck {
                seq,
                ack,
                window,
                offered,
                clock,
            })
        }),
        ack().prop_map(Reply::Ack),
        ack().prop_map(Reply::FinAck),
        any::<(u32, Option<u32>)>().prop_map(|(seq, ack)| {
            Reply::Rst(Rst {
                seq: Seq(seq),
                ack: ack.map(Seq),
            })
        }),
    ]
}

/// An adversary's hash: its few values are near the numbers of the segments.
#[derive(Clone, Debug)]
pub struct Crowded {
    salt: u32,
    values: u32,
}

impl Cookies for Crowded {
    type Common = Flow;

    fn common(&self, flow: &Flow) -> Flow {
        *flow
    }

    fn cookie_of(&self, flow: Flow, irs: Irs) -> Cookie {
        let (mode, irs) = match irs {
            Irs::Tarpit(irs) => (1, irs.0),
            Irs::Persist(irs) => (2, irs.0),
            Irs::Honeypot => (3, 0),
        };
        let ports = u32::from(flow.source) * 7 + u32::from(flow.destination) * 11;
        let mixed = [ports, mode, irs].iter().fold(self.salt, |hash, part| {
            (hash ^ part).wrapping_mul(0x9e37_79b1).rotate_left(15)
        });
        Cookie {
            iss: Seq((mixed % self.values).wrapping_sub(3)),
            offset: mixed,
        }
    }

    fn now(&self) -> u32 {
        0
    }
}

pub fn crowded() -> impl Strategy<Value = Crowded> {
    (any::<u32>(), 1..8_u32).prop_map(|(salt, values)| Crowded { salt, values })
}

pub fn family() -> impl Strategy<Value = crate::wire::Family> {
    select(&FAMILIES[..])
}

// SPDX-License-Identifier: GPL-2.0
//! Streams of our numbers for very regular inputs: a peer that sees some of them, and can count up
//! addresses, ports and initial sequence numbers, must not be able to guess the next one.

use crate::policy::cookie::{Cookie, CookieContext, Cookies, Irs, Key};
use crate::wire::{Addresses, Flow, Seq};

/// An endless stream of 32-bit words.
pub type Words = Box<dyn Iterator<Item = u32>>;

/// The source of a stream.
#[derive(Clone, Copy)]
enum Take {
    Iss,
    Offset,
}

/// The streams that must look random, by name: the counted input, and the number used.
pub const NAMES: [&str; 8] = [
    "ports-iss",
    "ports-offset",
    "addresses-iss",
    "addresses6-iss",
    "connections-iss",
    "connections-offset",
    "connections-both",
    "connections-steps",
];

/// The control: the same inputs with a weak hash without a key, FNV-1a.
pub const WEAK: &str = "weak";

/// The stream of that name under `key`.
pub fn stream(name: &str, key: [u64; 2]) -> Option<Words> {
    let keyed = CookieContext {
        key: Box::leak(Box::new(Key(key))),
        clock: || 0,
    };
    Some(match name {
        "ports-iss" => take(ports(), Take::Iss, keyed),
        "ports-offset" => take(ports(), Take::Offset, keyed),
        "addresses-iss" => take(addresses(), Take::Iss, keyed),
        "addresses6-iss" => take(addresses6(), Take::Iss, keyed),
        "connections-iss" => take(connections(), Take::Iss, keyed),
        "connections-offset" => take(connections(), Take::Offset, keyed),
        "connections-both" => both(connections(), keyed),
        "connections-steps" => steps(take(connections(), Take::Iss, keyed)),
        WEAK => take(connections(), Take::Iss, Fnv),
        _ => return None,
    })
}

type Inputs = Box<dyn Iterator<Item = (Flow, Irs)>>;

fn v4(source: u32) -> Addresses {
    Addresses::V4 {
        source,
        destination: 0xc000_0201,
    }
}

fn flow(addresses: Addresses, source: u16) -> Flow {
    Flow {
        addresses,
        source,
        destination: 22,
    }
}

/// All ports of one host after the other, in honeypot.
fn ports() -> Inputs {
    let hosts = 0x0a00_0001..;
    Box::new(
        hosts.flat_map(|host| {
            (1024..=u16::MAX).map(move |port| (flow(v4(host), port), Irs::Honeypot))
        }),
    )
}

/// All hosts, from one port.
fn addresses() -> Inputs {
    let each = |port: u16, host: u32| (flow(v4(host), port), Irs::Tarpit(Seq(0)));
    let hosts = 0x0100_0000..0xdfff_ffff;
    Box::new((40_000..).flat_map(move |port| hosts.clone().map(move |host| each(port, host))))
}

/// The same in IPv6, one subnet after the other.
fn addresses6() -> Inputs {
    let each = |net: u32, host: u32| {
        let addresses = Addresses::V6 {
            source: [0x2001_0db8, net, 0, host],
            destination: [0x2001_0db8, 0, 0, 1],
        };
        (flow(addresses, 40_000), Irs::Persist(Seq(0)))
    };
    Box::new((0..=u32::MAX).flat_map(move |net| (1..1 << 24).map(move |host| each(net, host))))
}

/// The connections of one tuple, which differ only in the IRS; then the next port.
fn connections() -> Inputs {
    let each = |port: u16, irs: u32| (flow(v4(0x0a00_0001), port), Irs::Tarpit(Seq(irs)));
    Box::new((40_000..).flat_map(move |port| (0..=u32::MAX).map(move |irs| each(port, irs))))
}

fn take(inputs: Inputs, what: Take, numbers: impl Cookies + 'static) -> Words {
    Box::new(inputs.map(move |(flow, irs)| {
        let number = numbers.cookie(&flow, irs);
        match what {
            Take::Iss => number.iss.0,
            Take::Offset => number.offset,
        }
    }))
}

/// ISS and offset of the same connection, side by side.
fn both(inputs: Inputs, numbers: impl Cookies + 'static) -> Words {
    Box::new(inputs.flat_map(move |(flow, irs)| {
        let number = numbers.cookie(&flow, irs);
        [number.iss.0, number.offset]
    }))
}

/// The differences of consecutive words: uniform and independent if and only if the words are.
fn steps(words: Words) -> Words {
    let mut last = 0;
    Box::new(words.map(move |word| word.wrapping_sub(std::mem::replace(&mut last, word))))
}

struct Fnv;

impl Cookies for Fnv {
    type Common = Flow;

    fn common(&self, flow: &Flow) -> Flow {
        *flow
    }

    fn cookie_of(&self, flow: Flow, irs: Irs) -> Cookie {
        let (Irs::Tarpit(Seq(irs)) | Irs::Persist(Seq(irs))) = irs else {
            panic!("the control counts connections");
        };
        let ports = u32::from(flow.source) << 16 | u32::from(flow.destination);
        let bytes = [ports.to_be_bytes(), irs.to_be_bytes()].concat();
        let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
        });
        Cookie {
            iss: Seq(hash as u32),
            offset: (hash >> 32) as u32,
        }
    }

    fn now(&self) -> u32 {
        0
    }
}

// SPDX-License-Identifier: GPL-2.0
//! Our initial sequence numbers: the keyed hash is SipHash-2-4 of the specified input.

use super::raw::{KEYED, NOW, V4, V6};
use super::strategies;
use crate::policy::cookie::{Cookie, CookieContext, Cookies, Irs, Key};
use crate::wire::{Addresses, Flow, Seq};
use proptest::prelude::*;
use siphasher::sip::SipHasher24;
use std::collections::BTreeSet;

const FLOW: Flow = Flow {
    addresses: V4,
    source: 40_000,
    destination: 22,
};
const IRS: Seq = Seq(0x0102_0304);

/// The hashed message: words of two numbers each, the second one first, then the IRS and the mode
/// as one byte.
fn message(flow: &Flow, irs: Irs) -> Vec<u8> {
    let (mode, irs) = match irs {
        Irs::Tarpit(irs) => (1, irs.0),
        Irs::Persist(irs) => (2, irs.0),
        Irs::Honeypot => (3, 0),
    };
    let ports = u32::from(flow.source) << 16 | u32::from(flow.destination);
    let mut words = vec![];
    match flow.addresses {
        Addresses::V4 {
            source,
            destination,
        } => words.extend([source, destination]),
        Addresses::V6 {
            source,
            destination,
        } => words.extend(source.iter().chain(&destination)),
    }
    words.extend([0, ports]);
    let pairs = words.chunks(2).flat_map(|pair| [pair[1], pair[0]]);
    let mut bytes: Vec<u8> = pairs.flat_map(u32::to_le_bytes).collect();
    bytes.extend(irs.to_le_bytes());
    bytes.push(mode);
    bytes
}

fn expected(Key([k0, k1]): Key, flow: &Flow, irs: Irs) -> Cookie {
    let hash = SipHasher24::new_with_keys(k0, k1).hash(&message(flow, irs));
    Cookie {
        iss: Seq(hash as u32),
        offset: (hash >> 32) as u32,
    }
}

fn iss(flow: &Flow, irs: Irs) -> u32 {
    KEYED.cookie(flow, irs).iss.0
}

fn irs() -> impl Strategy<Value = Irs> {
    prop_oneof![
        any::<u32>().prop_map(|irs| Irs::Tarpit(Seq(irs))),
        any::<u32>().prop_map(|irs| Irs::Persist(Seq(irs))),
        Just(Irs::Honeypot),
    ]
}

proptest! {
    #![proptest_config(strategies::config())]

    #[test]
    fn numbers_are_siphash_2_4_as_another_implementation_computes_it(
        key in any::<[u64; 2]>(),
        flow in strategies::flow(),
        irs in irs(),
    ) {
        let key = Key(key);
        let keyed = CookieContext { key: &key, ..KEYED };
        prop_assert_eq!(keyed.cookie(&flow, irs), expected(key, &flow, irs));
    }

    #[test]
    fn tsval_advances_with_time_and_the_iss_does_not(
        flow in strategies::flow(), irs in irs(), now in any::<u32>(), later in any::<u32>(),
    ) {
        let at = |now| {
            let keyed = CookieContext { key: KEYED.key, clock: move || now };
            let number = keyed.cookie(&flow, irs);
            (number.iss, number.clock(&keyed))
        };
        let (before, after) = (at(now), at(now.wrapping_add(later)));
        prop_assert_eq!(after.0, before.0);
        prop_assert_eq!(after.1.wrapping_sub(before.1), later);
    }

    #[test]
    fn another_connection_has_another_number(
        flow in strategies::flow(), irs in irs(), other in strategies::flow(),
    ) {
        prop_assume!(flow != other);
        let (ours, theirs) = (KEYED.cookie(&flow, irs), KEYED.cookie(&other, irs));
        prop_assert_ne!((ours.iss, ours.offset), (theirs.iss, theirs.offset));
    }
}

#[test]
fn a_retransmitted_syn_gets_the_same_iss_and_a_new_one_another() {
    let first = iss(&FLOW, Irs::Tarpit(IRS));
    assert_eq!(first, iss(&FLOW, Irs::Tarpit(IRS)));
    for bit in 0..32 {
        let other = Seq(IRS.0 ^ 1 << bit);
        assert_ne!(first, iss(&FLOW, Irs::Tarpit(other)));
        assert_ne!(
            iss(&FLOW, Irs::Persist(IRS)),
            iss(&FLOW, Irs::Persist(other))
        );
    }
}

#[test]
fn modes_ports_addresses_directions_and_families_never_share_a_number() {
    let mut flows = vec![FLOW, FLOW.reversed()];
    for bit in 0..16 {
        flows.push(Flow {
            source: FLOW.source ^ 1 << bit,
            ..FLOW
        });
        flows.push(Flow {
            destination: FLOW.destination ^ 1 << bit,
            ..FLOW
        });
    }
    for addresses in each_bit_of_v4().into_iter().chain(each_bit_of_v6()) {
        flows.push(Flow { addresses, ..FLOW });
    }
    let of = |flow| [Irs::Tarpit(IRS), Irs::Persist(IRS), Irs::Honeypot].map(|irs| iss(flow, irs));
    let numbers: BTreeSet<u32> = flows.iter().flat_map(of).collect();
    assert_eq!(numbers.len(), flows.len() * 3);
}

fn each_bit_of_v4() -> Vec<Addresses> {
    let Addresses::V4 {
        source: s,
        destination: d,
    } = V4
    else {
        unreachable!()
    };
    let flipped = |bit: u32| [(s ^ 1 << bit, d), (s, d ^ 1 << bit)];
    let pairs = (0..32).flat_map(flipped);
    pairs
        .map(|(source, destination)| Addresses::V4 {
            source,
            destination,
        })
        .collect()
}

fn each_bit_of_v6() -> Vec<Addresses> {
    let Addresses::V6 {
        source: s,
        destination: d,
    } = V6
    else {
        unreachable!()
    };
    let flip = |mut address: [u32; 4], bit: usize| {
        address[bit / 32] ^= 1 << (bit % 32);
        address
    };
    let pairs = (0..128).flat_map(|bit| [(flip(s, bit), d), (s, flip(d, bit)), (s, d)]);
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort_unstable();
    pairs.dedup();
    let all = pairs.into_iter();
    all.map(|(source, destination)| Addresses::V6 {
        source,
        destination,
    })
    .collect()
}

#[test]
fn a_flow_from_a_host_to_itself_is_the_only_one_whose_directions_share_a_number() {
    assert_ne!(
        iss(&FLOW, Irs::Honeypot),
        iss(&FLOW.reversed(), Irs::Honeypot)
    );
    let addresses = Addresses::V4 {
        source: 9,
        destination: 9,
    };
    let same = Flow {
        addresses,
        source: 80,
        destination: 80,
    };
    assert_eq!(same, same.reversed());
}

#[test]
fn an_ipv6_flow_whose_words_begin_like_an_ipv4_flow_has_another_number() {
    let v6 = Addresses::V6 {
        source: [1, 2, 0, 0],
        destination: [0; 4],
    };
    let v4 = Addresses::V4 {
        source: 1,
        destination: 2,
    };
    let of = |addresses| iss(&Flow { addresses, ..FLOW }, Irs::Honeypot);
    assert_ne!(of(v4), of(v6));
}

#[test]
fn another_key_gives_other_numbers() {
    for bit in 0..128 {
        let &Key([k0, k1]) = KEYED.key;
        let key = if bit < 64 {
            [k0 ^ 1 << bit, k1]
        } else {
            [k0, k1 ^ 1 << (bit - 64)]
        };
        let other = CookieContext {
            key: &Key(key),
            ..KEYED
        };
        assert_ne!(
            other.cookie(&FLOW, Irs::Honeypot).iss.0,
            iss(&FLOW, Irs::Honeypot)
        );
    }
}

#[test]
fn clocks_of_two_connections_differ() {
    let other = Flow {
        source: 40_001,
        ..FLOW
    };
    let clock = |flow: &Flow| KEYED.cookie(flow, Irs::Tarpit(IRS)).clock(&KEYED);
    assert_ne!(clock(&FLOW), clock(&other));
    assert_ne!(clock(&FLOW), NOW);
}

// SPDX-License-Identifier: GPL-2.0
//! What seems to have sent a SYN.

use super::raw::{Raw, ACK, FAMILIES, FIN, KEYED, MODES, RST, SYN, TIMESTAMPS};
use super::strategies;
use crate::counters;
use crate::policy::{
    self,
    census::{self, SynKind},
};
use crate::wire::{Addresses, Family};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The kind that a rule counts, whatever its mode.
fn kind(raw: &Raw) -> Option<SynKind> {
    let kinds: BTreeSet<Option<&str>> = MODES
        .map(|mode| {
            raw.parsed(|segment| {
                let classified = policy::classify(mode, segment, &KEYED, || None).ok()?;
                census::sender(segment, &classified)
            })
        })
        .map(|kind| kind.map(SynKind::name))
        .into();
    assert_eq!(kinds.len(), 1, "{kinds:?}");
    let name = kinds.into_iter().next().flatten()?;
    SynKind::ALL.into_iter().find(|kind| kind.name() == name)
}

fn syn(family: Family, options: &[u8]) -> Raw {
    Raw {
        flags: SYN,
        options: options.to_vec(),
        ..Raw::new(family)
    }
}

/// What a SYN of these numbers looks like, said again.
fn expected(raw: &Raw) -> SynKind {
    if let Addresses::V4 { destination, .. } = raw.addresses {
        let id = 0x9c3d_u32; // as Raw::ip() writes it
        if raw.seq == destination {
            return SynKind::Mirai;
        }
        if id == (destination ^ u32::from(raw.destination) ^ raw.seq) % 65_536 {
            return SynKind::Masscan;
        }
    }
    match raw.options.as_slice() {
        [] => SynKind::Bare,
        [2, 4, _, _] => SynKind::Mss,
        _ => SynKind::Stack,
    }
}

#[test]
fn options_tell_bare_syns_and_mss_alone_from_stacks() {
    for family in FAMILIES {
        let kinds = [
            &[][..],
            &[2, 4, 5, 180],
            &TIMESTAMPS,
            &[3, 3, 7],
            &[1, 1, 1, 1],
        ]
        .map(|options| kind(&syn(family, options)));
        let [bare, mss, stack] = [SynKind::Bare, SynKind::Mss, SynKind::Stack].map(Some);
        assert_eq!(kinds, [bare, mss, stack, stack, stack]);
    }
}

#[test]
fn numbers_tell_scanners_in_ipv4_alone() {
    for family in FAMILIES {
        let mut raw = syn(family, &[2, 4, 5, 180]);
        let destination = match raw.addresses {
            Addresses::V4 { destination, .. } => destination,
            Addresses::V6 { destination, .. } => destination[3],
        };
        let scanners = [
            destination,
            destination ^ u32::from(raw.destination) ^ 0x9c3d,
        ]
        .map(|seq| {
            raw.seq = seq;
            kind(&raw)
        });
        let wanted = match family {
            Family::V4 => [SynKind::Mirai, SynKind::Masscan],
            Family::V6 => [SynKind::Mss; 2],
        };
        assert_eq!(scanners, wanted.map(Some));
    }
}

#[test]
fn only_a_syn_has_a_kind() {
    for flags in 0..=u8::MAX {
        let mut raw = syn(FAMILIES[0], &[]);
        raw.flags = flags;
        let is_syn = flags & (SYN | ACK | FIN | RST) == SYN;
        assert_eq!(kind(&raw).is_some(), is_syn, "{flags}");
    }
}

#[test]
fn each_kind_has_a_name_and_a_counter_of_its_own_in_each_family() {
    let names: BTreeSet<_> = SynKind::ALL.map(SynKind::name).into();
    assert_eq!(names.len(), SynKind::ALL.len());
    let all = FAMILIES.into_iter().flat_map(|family| {
        SynKind::ALL.map(|kind| {
            assert_eq!(SynKind::ALL[kind.number()], kind);
            counters::syn(family, kind)
        })
    });
    let all: BTreeSet<_> = all.collect();
    let first = counters::COUNT - 2 * SynKind::ALL.len();
    assert_eq!(all, (first..counters::COUNT).collect());
}

proptest! {
    #![proptest_config(strategies::config())]

    #[test]
    fn the_kind_is_what_the_documents_say(mut raw in strategies::raw(), seq in any::<u32>()) {
        raw.flags = SYN;
        raw.seq = seq;
        raw.options.truncate(raw.options.len() / 4 * 4);
        prop_assert_eq!(kind(&raw), Some(expected(&raw)));
    }
}

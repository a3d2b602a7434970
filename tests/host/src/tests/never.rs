// SPDX-License-Identifier: GPL-2.0
//! What is never answered: the part of the list of docs/behaviour.md that the bytes decide.

use super::contract::{self, Cell};
use super::extensions::behind;
use super::raw::{family_of, Raw, ACK, FAMILIES, FIN, KEYED, MODES, RST, SYN};
use crate::drop_reason::DropReason;
use crate::wire::{Addresses, Family, Segment};
use std::collections::BTreeSet;

/// The result for a packet with exactly these bytes.
pub fn verdict(family: Family, bytes: &[u8]) -> Result<(), DropReason> {
    Segment::parse(family, bytes, bytes.len() as u32).map(|_| ())
}

/// A regular segment with one byte of its headers changed.
fn with_byte(family: Family, at: usize, byte: u8) -> Result<(), DropReason> {
    let mut bytes = Raw::new(family).headers();
    bytes[at] = byte;
    verdict(family, &bytes)
}

#[test]
fn each_reason_is_in_the_contract_once() {
    let never = contract::never();
    let listed: BTreeSet<&str> = never.iter().map(|reason| reason.name()).collect();
    assert_eq!(listed.len(), never.len());
    let cells = contract::behaviour().into_iter().flat_map(|row| row.cells);
    let silent = cells.filter_map(|cell| match cell {
        Cell::Silence(reason) => Some(reason.name()),
        _ => None,
    });
    let all: BTreeSet<&str> = silent.chain(listed).collect();
    assert_eq!(all, BTreeSet::from(DropReason::ALL.map(DropReason::name)));
}

#[test]
fn the_list_has_the_reasons_in_the_order_of_the_counters() {
    assert!(contract::never().is_sorted_by_key(|reason| reason.number()));
}

#[test]
fn a_packet_that_is_cut_short_anywhere_in_its_headers_is_malformed() {
    for family in FAMILIES {
        let mut raw = Raw::new(family);
        raw.options = vec![1; 8];
        let bytes = raw.headers();
        assert_eq!(verdict(family, &bytes), Ok(()));
        for length in 0..bytes.len() {
            assert_eq!(
                verdict(family, &bytes[..length]),
                Err(DropReason::Malformed),
                "{length}"
            );
        }
    }
}

#[test]
fn a_packet_that_is_shorter_than_its_headers_say_is_malformed() {
    for family in FAMILIES {
        let bytes = Raw::new(family).headers();
        let whole = bytes.len() as u32;
        let said = |length| Segment::parse(family, &bytes, length).map(|s| s.payload);
        assert_eq!(said(whole - 1), Err(DropReason::Malformed));
        assert_eq!(said(0), Err(DropReason::Malformed));
        assert_eq!(said(whole), Ok(0));
        assert_eq!(said(u32::MAX), Ok(u32::MAX - whole), "a super-packet");
    }
}

#[test]
fn other_versions_and_protocols_are_malformed() {
    let only = |good: bool| {
        if good {
            Ok(())
        } else {
            Err(DropReason::Malformed)
        }
    };
    for byte in 0..=u8::MAX {
        let v4 = with_byte(Family::V4, 0, byte << 4 | 5);
        assert_eq!(v4, only(byte & 0xf == 4), "version {byte}");
        let v6 = with_byte(Family::V6, 0, byte << 4);
        assert_eq!(v6, only(byte & 0xf == 6), "version {byte}");
        let protocol = with_byte(Family::V4, 9, byte);
        assert_eq!(protocol, only(byte == 6), "protocol {byte}");
    }
    let other = verdict(Family::V6, &Raw::new(Family::V4).headers());
    assert_eq!(other, Err(DropReason::Malformed));
}

#[test]
fn a_data_offset_under_five_words_or_past_the_end_is_malformed() {
    for (family, at) in [(Family::V4, 32), (Family::V6, 52)] {
        for words in 0..16 {
            let given = with_byte(family, at, words << 4);
            let wanted = if words == 5 {
                Ok(())
            } else {
                Err(DropReason::Malformed)
            };
            assert_eq!(given, wanted, "{words} words");
        }
    }
}

#[test]
fn an_ipv4_header_under_five_words_is_malformed_and_a_longer_one_has_options() {
    let raw = Raw::new(Family::V4);
    for words in 0..16_u8 {
        let mut bytes = raw.ip(6, 20);
        bytes[0] = 0x40 | words;
        bytes.resize(20 + usize::from(words.saturating_sub(5)) * 4, 1);
        bytes.extend(raw.tcp());
        // The bytes at the place of TCP's header make no difference.
        if words < 5 {
            bytes[usize::from(words) * 4 + 12] = 0x50;
        }
        let wanted = match words {
            0..5 => Err(DropReason::Malformed),
            5 => Ok(()),
            _ => Err(DropReason::IpOptions),
        };
        assert_eq!(verdict(Family::V4, &bytes), wanted, "{words} words");
    }
}

#[test]
fn every_ipv4_fragment_is_ignored_and_df_alone_makes_none() {
    for field in 0..=u16::MAX {
        let mut bytes = Raw::new(Family::V4).headers();
        bytes[6..8].copy_from_slice(&field.to_be_bytes());
        let wanted = if field & 0x3fff == 0 {
            Ok(())
        } else {
            Err(DropReason::Fragment)
        };
        assert_eq!(verdict(Family::V4, &bytes), wanted, "{field:04x}");
    }
}

#[test]
fn an_address_that_names_no_single_host_is_not_unicast_on_either_side() {
    let bad_v4 = [0, u32::MAX, 0xe000_0000, 0xe000_0001, 0xefff_ffff];
    let good_v4 = [1, 0x7f00_0001, 0xdfff_ffff, 0xf000_0000, 0xffff_fffe];
    let (low, high) = ([0, 0, 0, 1], [0xfeff_ffff, 0, 0, 0]);
    let bad_v6 = [
        [0; 4],
        [0xff00_0000, 0, 0, 0],
        [0xff02_0000, 0, 0, 1],
        [u32::MAX; 4],
    ];
    let good_v6 = [
        low,
        high,
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0xfe80_0000, 0, 0, 1],
    ];
    for (address, good) in bad_v4
        .map(|a| (a, false))
        .into_iter()
        .chain(good_v4.map(|a| (a, true)))
    {
        check_addresses(good, [(address, 9), (9, address)].map(v4));
    }
    for (address, good) in bad_v6
        .map(|a| (a, false))
        .into_iter()
        .chain(good_v6.map(|a| (a, true)))
    {
        check_addresses(good, [(address, low), (low, address)].map(v6));
    }
}

fn v4((source, destination): (u32, u32)) -> Addresses {
    Addresses::V4 {
        source,
        destination,
    }
}

fn v6((source, destination): ([u32; 4], [u32; 4])) -> Addresses {
    Addresses::V6 {
        source,
        destination,
    }
}

fn check_addresses(good: bool, both_sides: [Addresses; 2]) {
    for addresses in both_sides {
        let mut raw = Raw::new(family_of(&addresses));
        raw.addresses = addresses;
        let wanted = if good {
            Ok(())
        } else {
            Err(DropReason::NotUnicast)
        };
        assert_eq!(
            verdict(family_of(&addresses), &raw.headers()),
            wanted,
            "{addresses:?}"
        );
    }
}

#[test]
fn of_several_reasons_the_first_of_the_list_counts() {
    let mut raw = Raw::new(Family::V4);
    raw.addresses = v4((0, 9));
    raw.flags = RST;
    let mut bytes = raw.ip(6, 24);
    bytes[0] = 0x46;
    bytes[6] = 0x20; // more fragments
    bytes.extend([1; 4]);
    bytes.extend(raw.tcp());
    assert_eq!(
        verdict(Family::V4, &bytes[..40]),
        Err(DropReason::Malformed)
    );
    assert_eq!(verdict(Family::V4, &bytes), Err(DropReason::Fragment));
    bytes[6] = 0;
    assert_eq!(verdict(Family::V4, &bytes), Err(DropReason::IpOptions));
    assert_eq!(
        verdict(Family::V4, &raw.headers()),
        Err(DropReason::NotUnicast)
    );
    let fragment = [44, 0, 4, 1, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(behind(43, &fragment), Err(DropReason::Fragment));
    let mut raw = Raw::new(Family::V4);
    raw.flags = RST | SYN | FIN;
    for mode in MODES {
        assert_eq!(raw.decide(mode, &KEYED), Err(DropReason::IsReset));
    }
}

#[test]
fn a_damaged_segment_gets_no_reply_and_no_reason_about_its_peer() {
    for mode in MODES {
        for flags in 0..=u8::MAX {
            for irs in [0, 999] {
                let mut raw = Raw::new(Family::V4);
                (raw.flags, raw.seq) = (flags, 1000);
                // Our number for a segment at una or one before it, then for neither.
                raw.ack = raw.number(mode, irs, &KEYED).iss.plus(1).0;
                let damaged = raw.decide_damaged(mode, &KEYED);
                let expected = match raw.decide(mode, &KEYED) {
                    Ok(_)
                    | Err(DropReason::Held | DropReason::Finished | DropReason::WindowShut) => {
                        DropReason::BadChecksum
                    }
                    Err(other) => other,
                };
                assert_eq!(damaged, Err(expected), "{mode:?} {flags:02x}");
            }
        }
    }
}

#[test]
fn a_scan_with_odd_flags_gets_nothing_but_from_reset() {
    for flags in (0..=u8::MAX).filter(|flags| flags & (RST | SYN | ACK) == 0) {
        let mut raw = Raw::new(Family::V4);
        raw.flags = flags;
        for mode in MODES {
            assert_eq!(
                raw.decide(mode, &KEYED).is_ok(),
                mode.name() == "reset",
                "{flags:02x}"
            );
        }
    }
}

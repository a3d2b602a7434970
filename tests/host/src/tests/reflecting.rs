// SPDX-License-Identifier: GPL-2.0
//! Frames of XDP: the reply is the contract's, in the frame's own bytes, and all are accounted for.

use super::framed::{frame, partial, silent, syn, Device, OURS, OUTER, PEER, TAG};
use super::raw::{emit, family_of, Raw, ACK, FAMILIES, KEYED, MODES, WAY};
use super::strategies;
use crate::counters::{self, Event};
use crate::drop_reason::DropReason;
use crate::policy::{census::SynKind, Mode};
use crate::reflect::Outcome;
use crate::wire::Family;
use crate::xdp_flags;
use oracle::packet::sum_header;
use proptest::prelude::*;

const TARPIT: Mode = MODES[0];

/// The frame that answers a segment, or why there is none.
fn wanted(raw: &Raw, mode: Mode, tags: &[[u8; 4]]) -> Result<Vec<u8>, DropReason> {
    let reply = raw.decide(mode, &KEYED)?;
    let mut buffer = [0xa5; 80];
    let mut bytes = emit(&reply, &raw.flow().reversed(), WAY, &mut buffer).to_vec();
    if family_of(&raw.addresses) == Family::V4 {
        sum_header(&mut bytes);
    }
    let kind = super::framed::kind(raw);
    Ok([&PEER[..], &OURS, &tags.concat(), &kind, &bytes].concat())
}

#[test]
fn a_syn_becomes_its_syn_ack_and_keeps_its_tags() {
    for family in FAMILIES {
        for tags in [&[][..], &[TAG], &[OUTER, TAG]] {
            let (device, raw) = (Device::new(), syn(family));
            let (outcome, bytes) = device.take(TARPIT, &frame(&raw, tags));
            let want = wanted(&raw, TARPIT, tags).expect("a SYN-ACK");
            assert_eq!(outcome, Outcome::Reply(want.len() as u32));
            assert_eq!(bytes[..want.len()], want);
            assert_eq!(device.packets(family), (1, 0));
            assert_eq!(device.counter(Event::Reply(TARPIT).index(family)), 1);
            assert_eq!(device.counter(counters::syn(family, SynKind::Stack)), 1);
        }
    }
}

#[test]
fn the_padding_of_the_link_is_no_part_of_the_segment() {
    for family in FAMILIES {
        let raw = Raw {
            options: Vec::new(),
            ..syn(family)
        };
        let padded = [frame(&raw, &[]), vec![0xee; 6]].concat();
        let (outcome, bytes) = Device::new().take(TARPIT, &padded);
        let want = wanted(&raw, TARPIT, &[]).expect("a SYN-ACK");
        assert_eq!(outcome, Outcome::Reply(want.len() as u32));
        assert_eq!(bytes[..want.len()], want);
    }
}

#[test]
fn only_one_station_gets_a_reply_and_only_from_the_station_that_it_asked() {
    for family in FAMILIES {
        let good = frame(&syn(family), &[]);
        let group = [0x01, 0, 0x5e, 0, 0, 1];
        for (at, mac) in [
            (0, group),
            (0, [0xff; 6]),
            (0, PEER),
            (0, [0; 6]),
            (6, group),
            (6, [0; 6]),
        ] {
            let mut bytes = good.clone();
            bytes[at..at + 6].copy_from_slice(&mac);
            silent(&Device::new(), family, &bytes, DropReason::NotUnicast);
        }
        let mut elsewhere = good;
        elsewhere[..6].copy_from_slice(&PEER);
        let port = Device {
            mac: None,
            ..Device::new()
        };
        assert!(matches!(port.take(TARPIT, &elsewhere).0, Outcome::Reply(_)));
    }
}

#[test]
fn a_device_gives_its_own_reasons() {
    for family in FAMILIES {
        let (good, new) = (frame(&syn(family), &[]), Device::new);
        for (device, reason) in [
            (Device { mtu: None, ..new() }, DropReason::NoRoute),
            (
                Device {
                    mtu: Some(51),
                    ..new()
                },
                DropReason::TooBig,
            ),
            (
                Device {
                    key: Err(DropReason::NoKey),
                    ..new()
                },
                DropReason::NoKey,
            ),
            (
                Device {
                    addresses: Err(DropReason::Martian),
                    ..new()
                },
                DropReason::Martian,
            ),
        ] {
            silent(&device, family, &good, reason);
        }
    }
}

#[test]
fn a_partial_checksum_is_accepted_only_where_the_device_has_such() {
    for family in FAMILIES {
        let bytes = partial(&syn(family));
        silent(&Device::new(), family, &bytes, DropReason::BadChecksum);
        let veth = Device {
            partial: true,
            ..Device::new()
        };
        let want = wanted(&syn(family), TARPIT, &[]).expect("a SYN-ACK");
        let (outcome, reply) = veth.take(TARPIT, &bytes);
        assert_eq!(outcome, Outcome::Reply(want.len() as u32));
        assert_eq!(reply[..want.len()], want);
        let mut damaged = bytes;
        let last = damaged.len() - 1;
        damaged[last] ^= 1; // A partial checksum says nothing about these bytes.
        assert!(matches!(veth.take(TARPIT, &damaged).0, Outcome::Reply(_)));
        damaged[last - 23] ^= 1;
        silent(&veth, family, &damaged, DropReason::BadChecksum);
    }
}

#[test]
fn a_tracepoint_sees_the_reply_or_the_packet_and_how_long_ago_we_answered() {
    let device = Device {
        traced: true,
        ..Device::new()
    };
    let mut raw = syn(Family::V4);
    device.take(TARPIT, &frame(&raw, &[TAG]));
    let cookie = raw.number(TARPIT, 1000, &KEYED);
    (raw.flags, raw.seq, raw.ack) = (ACK, 1001, cookie.iss.plus(1).0);
    let echo = (super::raw::NOW - 70)
        .wrapping_add(cookie.offset)
        .to_be_bytes();
    raw.options = [&[1, 1, 8, 10, 0, 0, 0, 1][..], &echo].concat();
    device.take(TARPIT, &frame(&raw, &[]));
    let want = [(true, 60, 20, None), (false, 52, 20, Some(70))];
    assert_eq!(*device.traces.borrow(), want);
}

#[test]
fn a_tracepoint_finds_the_ports_of_a_reply_to_a_segment_with_extension_headers() {
    let device = Device {
        traced: true,
        ..Device::new()
    };
    let mut bytes = frame(&syn(Family::V6), &[]);
    bytes[14 + 5] += 8; // the payload length
    bytes[14 + 6] = 60; // destination options, and then TCP
    bytes.splice(54..54, [6, 0, 1, 4, 0, 0, 0, 0]);
    assert_eq!(device.take(TARPIT, &bytes).0, Outcome::Reply(14 + 80));
    assert_eq!(*device.traces.borrow(), [(true, 80, 40, None)]);
}

#[test]
fn flags_name_a_mode_and_its_window() {
    for (flags, mode) in [
        (0, Some(Mode::Tarpit { window: 0 })),
        (0x0001_0000, Some(Mode::Tarpit { window: 1 })),
        (1, Some(Mode::Honeypot { window: u16::MAX })),
        (0x1234_0001, Some(Mode::Honeypot { window: 0x1234 })),
        (2, Some(Mode::Reset)),
        (0x0001_0002, None),
        (0xffff_0003, Some(Mode::Persist { window: u16::MAX })),
        (4, None),
        (0x100, None),
        (0x8000, None),
    ] {
        assert_eq!(xdp_flags::decode(flags), mode, "{flags:#x}");
    }
}

proptest! {
    #![proptest_config(strategies::config())]

    #[test]
    fn a_frame_gets_the_reply_that_its_segment_gets(
        mut raw in strategies::raw(), mode in strategies::mode(), tagged in any::<bool>(),
    ) {
        raw.payload %= 1400;
        let tags: &[_] = if tagged { &[TAG] } else { &[] };
        let (device, bytes) = (Device::new(), frame(&raw, tags));
        let (outcome, after) = device.take(mode, &bytes);
        match wanted(&raw, mode, tags) {
            Ok(want) => {
                prop_assert_eq!(outcome, Outcome::Reply(want.len() as u32));
                prop_assert!(want.len() <= bytes.len());
                prop_assert_eq!(&after[..want.len()], &want);
            }
            Err(reason) => prop_assert_eq!((outcome, after), (Outcome::Silence(reason), bytes)),
        }
    }

    #[test]
    fn any_bytes_are_accounted_for_once(
        mut bytes in prop::collection::vec(any::<u8>(), 0..200),
        start in prop_oneof![Just(None), strategies::family().prop_map(Some)],
        mode in strategies::mode(),
        traced in any::<bool>(),
    ) {
        if let Some(family) = start {
            let good = frame(&syn(family), &[]);
            let kept = bytes.len() % good.len();
            bytes = [&good[..kept], &bytes[..]].concat();
        }
        let device = Device { traced, partial: true, ..Device::new() };
        let (outcome, after) = device.take(mode, &bytes);
        let sum = |family| { let (a, b) = device.packets(family); a + b };
        let counted = sum(Family::V4) + sum(Family::V6);
        match outcome {
            Outcome::Reply(length) => prop_assert!(length as usize <= bytes.len() && counted == 1),
            Outcome::Silence(_) => prop_assert!(after == bytes && counted == 1),
            Outcome::NotTcp(_) => prop_assert!(after == bytes && counted == 0),
        }
        prop_assert_eq!(device.traces.borrow().len() as u64, if traced { counted } else { 0 });
    }
}

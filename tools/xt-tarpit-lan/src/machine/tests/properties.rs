// SPDX-License-Identifier: GPL-2.0
//! Any events, in any order, at any times, before the judge.

use super::judge::*;
use super::lan::*;
use crate::frame::{Heard, What};
use crate::settings::Settings;
use crate::time::{HOUR, MINUTE, SECOND};
use proptest::collection::vec;
use proptest::prelude::*;
use std::net::IpAddr;

fn address() -> impl Strategy<Value = usize> {
    prop_oneof![6 => 0..FREE, 1 => FREE..ADDRESSES.len()]
}

fn heard() -> impl Strategy<Value = Heard> {
    let sender = prop_oneof![
        3 => Just(None),
        3 => Just(Some(addr(P))),
        2 => address().prop_map(|n| Some(addr(ADDRESSES[n]))),
    ];
    (0..MACS.len(), sender, 0..9, address()).prop_map(|(mac, sender, kind, target)| {
        let target = addr(ADDRESSES[target]);
        let v4 = match target {
            IpAddr::V4(v4) => v4,
            IpAddr::V6(_) => "192.0.2.7".parse().unwrap(),
        };
        let what = match kind {
            0 | 1 => What::Question(target),
            2 => What::Probe(target),
            3 => What::Announcement,
            4 => What::Answer,
            5 => What::Lease(v4),
            6 => What::Discover,
            7 => What::Decline(v4),
            _ => What::Traffic(target),
        };
        Heard {
            mac: MACS[mac],
            sender,
            what,
        }
    })
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => heard().prop_map(Event::Heard),
        6 => (address(), 1_usize..30).prop_map(|(target, n)| Event::Asks(target, n)),
        3 => (0..20 * SECOND).prop_map(Event::Passes),
        1 => (0..2 * HOUR).prop_map(Event::Passes),
        1 => (0..MINUTE).prop_map(Event::Sleeps),
        1 => (0_u8..6).prop_map(Event::Network),
        1 => address().prop_map(Event::Release),
        2 => address().prop_map(Event::Capture),
        1 => Just(Event::Lost),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_rule_is_broken_and_each_address_can_be_released(events in vec(event(), 1..60)) {
        play_all(&events);
    }

    #[test]
    fn any_settings_and_times_are_free_of_panics(
        times in vec(0..=u64::MAX, 12), probes: u8, max in 0_usize..4, rate: u32,
        events in vec(event(), 1..12),
    ) {
        let base = settings();
        let settings = Settings {
            gap: times[0], window: times[1], probe_interval: times[2], silence: times[3],
            recheck: times[4], idle_recheck: times[5], fresh: times[6], wait: times[7],
            idle: times[8], hold: times[9], seen: times[10], dhcp_quiet: times[11],
            probes, max, arp_rate: rate, ..base
        };
        let mut lan = Lan::new(settings);
        for event in &events {
            match *event {
                Event::Heard(heard) => lan.machine.hear(lan.now, &heard),
                Event::Passes(ms) | Event::Sleeps(ms) => {
                    lan.now = lan.now.plus(ms);
                    lan.machine.tick(lan.now);
                }
                Event::Asks(target, _) => lan.ask(ADDRESSES[target]),
                ref other => operate(&mut lan, other),
            }
            lan.collect();
        }
    }
}

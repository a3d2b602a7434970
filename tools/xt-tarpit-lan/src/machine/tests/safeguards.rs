// SPDX-License-Identifier: GPL-2.0
//! What is never taken, and when nothing is done.

use super::lan::*;
use crate::frame::What;
use crate::machine::{Note, Reason, Suppressed};
use crate::network::Network;
use crate::settings::Settings;
use crate::time::{HOUR, MINUTE, SECOND};

#[test]
fn forbidden_addresses_are_never_asked_for() {
    for target in [
        "192.0.2.0",
        "192.0.2.1",
        "192.0.2.20",
        "192.0.2.99",
        "192.0.2.254",
        "192.0.2.255",
        "198.51.100.7",
        "2001:db8::",
        "2001:db8::1",
        "2001:db8::100",
        "2001:db9::7",
    ] {
        let mut lan = Lan::usual();
        for _ in 0..50 {
            lan.ask(target);
            lan.run(SECOND);
        }
        assert!(
            lan.machine.capture(lan.now, addr(target)).is_err(),
            "{target}"
        );
        lan.run(MINUTE);
        assert_eq!(lan.sent(target), [], "{target}");
    }
}

#[test]
fn three_seconds_after_a_dhcp_discover_nothing_is_answered() {
    let mut lan = Lan::usual();
    lan.take_and_answer(X);
    lan.hear(OTHER, None, What::Discover);
    for _ in 0..29 {
        lan.ask(X);
        lan.run(100);
    }
    assert_eq!(lan.answers(X), 1);
    assert!(lan.machine.counters().suppressed[&Suppressed::Dhcp] > 0);
    lan.run(100);
    lan.ask(X);
    lan.run(SECOND);
    assert_eq!(lan.answers(X), 2);
}

#[test]
fn a_discover_also_ends_an_answer_that_waits() {
    let mut lan = Lan::usual();
    lan.take(X);
    lan.ask(X);
    lan.hear(OTHER, None, What::Discover);
    lan.run(MINUTE);
    assert_eq!(lan.answers(X), 0);
}

fn changes() -> [Network; 4] {
    let mut all = [network(), network(), network(), network()];
    all[0].up = false;
    all[1].mac = OTHER;
    all[2].prefixes[0] = "192.0.2.2/24".parse().unwrap();
    all[3].prefixes.remove(1);
    all
}

#[test]
fn a_change_of_link_or_own_addresses_gives_all_back_and_pauses_for_a_minute() {
    for change in changes() {
        let mut lan = Lan::usual();
        lan.take_and_answer(X);
        lan.machine.capture(lan.now, addr("192.0.2.8")).unwrap();
        lan.machine.network(lan.now, change);
        lan.collect();
        assert!(lan.taken.is_empty());
        assert_eq!(lan.noted(&Note::Moved), 1);
        assert_eq!(lan.machine.counters().releases[&Reason::Moved], 1);
        lan.machine.network(lan.now, network());
        let sent = lan.done.len();
        for _ in 0..59 {
            lan.ask(X);
            lan.run(SECOND);
        }
        assert!(lan.machine.capture(lan.now, addr(X)).is_err());
        let sends = lan.done[sent..]
            .iter()
            .filter(|(_, action)| matches!(action, crate::machine::Action::Send(_)));
        assert_eq!(sends.count(), 0);
        lan.run(SECOND);
        assert_eq!(lan.noted(&Note::Resumed), 1);
        lan.take(X);
    }
}

#[test]
fn without_a_link_nothing_is_sent_however_long() {
    let mut lan = Lan::usual();
    lan.take_and_answer(X);
    let mut down = network();
    down.up = false;
    lan.machine.network(lan.now, down);
    lan.collect();
    let sent = lan.sent(X).len();
    for _ in 0..1_000 {
        lan.ask(X);
        lan.run(SECOND);
    }
    assert_eq!(lan.sent(X).len(), sent);
}

#[test]
fn an_address_that_becomes_our_own_or_a_gateway_is_given_back() {
    for gateway in [false, true] {
        let mut lan = Lan::usual();
        lan.take(X);
        lan.take(X6);
        let mut change = network();
        let list = if gateway {
            &mut change.gateways
        } else {
            &mut change.own
        };
        list.push(addr(X));
        lan.machine.network(lan.now, change);
        lan.collect();
        assert!(!lan.is_taken(X));
        assert!(lan.is_taken(X6), "the others stay");
        assert_eq!(lan.machine.counters().releases[&Reason::Forbidden], 1);
    }
}

#[test]
fn frames_of_our_own_are_no_conflict() {
    let mut lan = Lan::usual();
    lan.take(X);
    lan.hear(US, Some(X), What::Answer);
    lan.hear(US, None, What::Probe(addr(X)));
    assert!(lan.is_taken(X));
}

#[test]
fn all_that_is_sent_in_a_second_stays_within_the_rate() {
    let mut lan = Lan::new(Settings {
        max: 254,
        ..settings()
    });
    for round in 0..40 {
        for host in 32..230 {
            lan.ask(&format!("192.0.2.{host}"));
        }
        lan.run(if round == 0 { SECOND } else { 10 * SECOND });
    }
    let sends: Vec<u64> = lan
        .done
        .iter()
        .filter(|(_, action)| matches!(action, crate::machine::Action::Send(_)))
        .map(|(at, _)| at.ms())
        .collect();
    assert!(lan.taken.len() > 50, "{} are taken", lan.taken.len());
    for (n, &at) in sends.iter().enumerate() {
        let within = sends[n..]
            .iter()
            .take_while(|&&later| later < at + 1_000)
            .count();
        assert!(within <= 20, "{within} frames in a second");
    }
    assert!(sends.len() > 2_000, "the rate is used: {}", sends.len());
}

#[test]
fn lost_frames_end_waiting_answers_and_start_the_questions_again() {
    let mut lan = Lan::usual();
    lan.take(X);
    lan.machine.capture(lan.now, addr("192.0.2.8")).unwrap();
    lan.run(6 * SECOND);
    lan.ask(X);
    lan.run(300);
    lan.machine.lost(lan.now);
    lan.run(13_400);
    assert_eq!(lan.answers(X), 0);
    assert!(!lan.is_taken("192.0.2.8"));
    assert_eq!(lan.questions("192.0.2.8").len(), 5 + 8);
    lan.run(200);
    assert!(lan.is_taken("192.0.2.8"));
}

#[test]
fn after_the_host_has_slept_silence_says_nothing() {
    let mut lan = Lan::usual();
    lan.take(X);
    lan.ask(X);
    lan.now = lan.now.plus(HOUR);
    lan.run(0);
    assert_eq!(lan.answers(X), 0);
    assert_eq!(lan.noted(&Note::Lost), 1);
}

#[test]
fn hosts_are_remembered_for_the_rest_of_their_time() {
    let mut lan = Lan::usual();
    lan.hear(OWNER, Some(X), What::Answer);
    lan.run(20 * MINUTE);
    let hosts: Vec<_> = lan.machine.hosts(lan.now).collect();
    assert_eq!(hosts, [(addr(X), Some(OWNER), 40 * MINUTE)]);
    let mut lan = Lan::usual();
    for (host, owner, left) in hosts {
        lan.machine.remember(lan.now, host, owner, left);
    }
    lan.run(40 * MINUTE - 1);
    assert!(lan.is_held(X));
    lan.run(1);
    assert!(!lan.is_held(X));
}

#[test]
fn no_more_peers_are_answered_than_can_be_handed_over() {
    let mut lan = Lan::new(Settings {
        arp_rate: 1_000,
        ..settings()
    });
    lan.take(X);
    for n in 0..100 {
        let mac = crate::frame::Mac([2, 0, 0, 1, 0, n]);
        lan.hear(mac, Some("192.0.2.101"), What::Question(addr(X)));
        lan.run(500);
    }
    assert_eq!(lan.answers(X), 64);
    assert_eq!(lan.machine.counters().suppressed[&Suppressed::Peers], 36);
    lan.hear(OWNER, Some(X), What::Answer);
    assert_eq!(lan.handovers(X).len(), 64);
}

#[test]
fn many_taken_addresses_with_peers_leave_tokens_to_take_more() {
    let mut lan = Lan::new(Settings {
        recheck: SECOND,
        ..settings()
    });
    let all: Vec<String> = (110..210).map(|host| format!("192.0.2.{host}")).collect();
    for target in &all {
        lan.machine.capture(lan.now, addr(target)).unwrap();
    }
    lan.run(5 * MINUTE);
    assert_eq!(lan.taken.len(), all.len());
    lan.machine.capture(lan.now, addr("192.0.2.220")).unwrap();
    for _ in 0..60 {
        for target in &all {
            lan.hear(PEER, Some(P), What::Traffic(addr(target)));
        }
        lan.run(SECOND);
    }
    assert!(lan.is_taken("192.0.2.220"));
}

#[test]
fn with_few_tokens_addresses_are_taken_one_after_the_other() {
    let probes = Settings::default().probes;
    let mut lan = Lan::new(Settings {
        probes,
        ..settings()
    });
    for host in 110..210 {
        let target = addr(&format!("192.0.2.{host}"));
        lan.machine.capture(lan.now, target).unwrap();
    }
    for (seconds, least) in [(30, 15), (30, 30), (60, 60)] {
        lan.run(seconds * SECOND);
        assert!(lan.taken.len() >= least, "{} of {least}", lan.taken.len());
    }
}

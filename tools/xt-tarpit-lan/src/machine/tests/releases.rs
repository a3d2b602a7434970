// SPDX-License-Identifier: GPL-2.0
//! How addresses are given back, and to which host.

use super::lan::*;
use crate::frame::{Form, Mac, What};
use crate::machine::{Note, Reason, State};
use crate::time::{HOUR, MINUTE, SECOND};

fn held_until(lan: &Lan) -> u64 {
    match lan.state(X) {
        Some(State::Held(held)) => held.until.since(lan.now),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_first_frame_of_each_kind_of_claim_ends_all_answers() {
    let v4: std::net::Ipv4Addr = X.parse().unwrap();
    for (sender, what) in [
        (None, What::Probe(addr(X))),
        (Some(X), What::Announcement),
        (None, What::Lease(v4)),
        (None, What::Decline(v4)),
        (Some(X), What::Answer),
        (Some(X), What::Traffic(addr("192.0.2.1"))),
        (Some(X), What::Question(addr("192.0.2.1"))),
    ] {
        let mut lan = Lan::usual();
        lan.take_and_answer(X);
        lan.hear(OWNER, sender, what);
        assert!(!lan.is_taken(X) && lan.is_held(X), "{what:?}");
        for _ in 0..100 {
            lan.ask(X);
            lan.run(SECOND);
        }
        assert_eq!(lan.answers(X), 1, "{what:?}");
    }
}

#[test]
fn an_owner_that_answers_the_check_wins_before_the_answer() {
    let mut lan = Lan::usual();
    lan.take(X);
    lan.ask(X);
    lan.run(399);
    lan.hear(OWNER, Some(X), What::Answer);
    lan.run(MINUTE);
    assert_eq!(lan.answers(X), 0);
    assert!(lan.is_held(X));
}

#[test]
fn peers_that_were_answered_hear_of_an_owner_that_shows_itself() {
    for what in [What::Announcement, What::Answer, What::Traffic(addr(P))] {
        let mut lan = Lan::usual();
        lan.take_and_answer(X);
        lan.hear(OTHER, Some("192.0.2.101"), What::Question(addr(X)));
        lan.run(SECOND);
        lan.hear(OWNER, Some(X), what);
        let mut told = lan.handovers(X);
        told.sort();
        assert_eq!(told, [(OWNER, PEER), (OWNER, OTHER)], "{what:?}");
        lan.run(HOUR);
        assert_eq!(lan.handovers(X).len(), 2, "each hears of it once");
    }
}

#[test]
fn each_handover_is_sent_again_in_the_other_form_after_1500_ms() {
    for (target, peer) in [(X, P), (X6, P6)] {
        let mut lan = Lan::usual();
        lan.take_and_answer(target);
        lan.hear(OWNER, Some(target), What::Question(addr(peer)));
        let since = lan.now;
        assert_eq!(
            lan.handovers_by(target, Form::Announcement),
            [(since, OWNER, PEER)]
        );
        lan.run(SECOND);
        lan.hear(OWNER, Some(target), What::Traffic(addr(peer)));
        lan.run(HOUR);
        let again = since.plus(1_500);
        assert_eq!(
            lan.handovers_by(target, Form::Answer),
            [(again, OWNER, PEER)]
        );
        assert_eq!(lan.handovers(target).len(), 1, "{target}");
        assert_eq!(lan.machine.counters().handovers, 1, "a host counts once");
    }
}

#[test]
fn the_second_handover_names_the_owner_of_its_time_and_skips_it() {
    let mut lan = Lan::usual();
    lan.take_and_answer(X);
    lan.hear(OTHER, Some("192.0.2.101"), What::Question(addr(X)));
    lan.run(SECOND);
    lan.hear(OWNER, Some(X), What::Announcement);
    lan.run(SECOND);
    lan.hear(OTHER, Some(X), What::Announcement);
    lan.run(SECOND);
    let named: Vec<_> = lan.handovers_by(X, Form::Answer);
    assert_eq!(
        named.iter().map(|n| (n.1, n.2)).collect::<Vec<_>>(),
        [(OTHER, PEER)]
    );
}

#[test]
fn without_a_carrier_no_handover_is_sent_again() {
    let mut lan = Lan::usual();
    lan.take_and_answer(X);
    lan.hear(OWNER, Some(X), What::Announcement);
    let mut down = network();
    down.up = false;
    lan.machine.network(lan.now, down);
    lan.run(HOUR);
    assert_eq!(lan.handovers_by(X, Form::Answer), []);
}

#[test]
fn after_a_claim_the_owner_is_asked_for_and_peers_hear_of_it() {
    let mut lan = Lan::usual();
    lan.take_and_answer(X);
    let asked = lan.questions(X).len();
    let claimed = lan.now;
    lan.hear(OWNER, None, What::Probe(addr(X)));
    lan.run(2 * MINUTE);
    let after: Vec<u64> = lan.questions(X)[asked..]
        .iter()
        .map(|at| at.since(claimed))
        .collect();
    assert_eq!(after, [1_500, 3_000, 5_000, 10_000, 30_000, 60_000]);
    assert_eq!(lan.handovers(X), []);
    lan.hear(OWNER, Some(X), What::Answer);
    assert_eq!(lan.handovers(X), [(OWNER, PEER)]);
}

#[test]
fn without_peers_no_owner_is_asked_for() {
    let mut lan = Lan::usual();
    lan.take(X);
    let asked = lan.questions(X).len();
    lan.hear(OWNER, None, What::Probe(addr(X)));
    lan.run(5 * MINUTE);
    assert_eq!(lan.questions(X).len(), asked);
}

#[test]
fn a_claim_holds_for_ten_minutes_and_each_one_doubles_it() {
    let mut lan = Lan::usual();
    for minutes in [10, 20, 40, 80, 160, 320, 640, 1_280, 1_440, 1_440] {
        lan.hear(OWNER, None, What::Probe(addr(X)));
        lan.run(SECOND);
        lan.hear(OWNER, None, What::Probe(addr(X)));
        assert_eq!(
            held_until(&lan),
            minutes * MINUTE,
            "after {minutes} minutes"
        );
        let left = held_until(&lan);
        lan.run(left);
        assert!(!lan.is_held(X));
    }
}

#[test]
fn a_host_that_was_seen_is_left_alone_for_an_hour_after_its_last_frame() {
    let mut lan = Lan::usual();
    lan.hear(OWNER, Some(X), What::Question(addr("192.0.2.1")));
    lan.run(30 * MINUTE);
    lan.hear(OWNER, Some(X), What::Traffic(addr("192.0.2.1")));
    assert_eq!(held_until(&lan), HOUR);
    for _ in 0..100 {
        lan.ask(X);
        lan.run(30 * SECOND);
    }
    assert_eq!(lan.questions(X), []);
}

#[test]
fn a_second_release_within_an_hour_holds_for_a_day() {
    let mut lan = Lan::usual();
    lan.take(X);
    lan.hear(OWNER, None, What::Probe(addr(X)));
    assert_eq!(lan.noted(&Note::Repeated(addr(X))), 0);
    lan.run(11 * MINUTE);
    lan.take(X);
    lan.hear(OWNER, None, What::Probe(addr(X)));
    assert_eq!(lan.noted(&Note::Repeated(addr(X))), 1);
    assert_eq!(held_until(&lan), 24 * HOUR);
}

#[test]
fn what_a_dhcp_client_declines_is_held_for_a_day() {
    let mut lan = Lan::usual();
    lan.take(X);
    lan.hear(OWNER, None, What::Decline(X.parse().unwrap()));
    assert_eq!(held_until(&lan), 24 * HOUR);
    assert_eq!(lan.noted(&Note::Declined(addr(X), OWNER)), 1);
}

#[test]
fn the_operator_releases_from_every_state() {
    for state in ["free", "probing", "taken", "held"] {
        let mut lan = Lan::usual();
        match state {
            "probing" => lan.machine.capture(lan.now, addr(X)).unwrap(),
            "taken" => lan.take_and_answer(X),
            "held" => lan.hear(OWNER, Some(X), What::Answer),
            _ => {}
        }
        lan.machine.release(lan.now, addr(X));
        lan.collect();
        assert!(!lan.is_taken(X) && lan.is_held(X), "{state}");
        lan.run(9 * MINUTE);
        assert!(lan.is_held(X), "{state}");
    }
}

#[test]
fn after_the_operator_releases_peers_hear_of_an_owner_that_answers() {
    let mut lan = Lan::usual();
    lan.take_and_answer(X);
    lan.machine.exclude(lan.now, addr(X));
    lan.run(2 * SECOND);
    assert_eq!(lan.questions(X).len(), 10, "the owner is asked for");
    lan.hear(OWNER, Some(X), What::Answer);
    assert_eq!(lan.handovers(X), [(OWNER, PEER)]);
    lan.run(24 * HOUR);
    assert!(lan.machine.capture(lan.now, addr(X)).is_err());
}

#[test]
fn three_owners_in_ten_minutes_are_an_alarm_and_one_owner_of_many_is_none() {
    let mut lan = Lan::usual();
    let all = ["192.0.2.7", "192.0.2.8", "192.0.2.9"];
    let find = |lan: &mut Lan, macs: [Mac; 3]| {
        for target in all {
            lan.machine.capture(lan.now, addr(target)).unwrap();
        }
        lan.run(20 * SECOND);
        for (target, mac) in all.iter().zip(macs) {
            assert!(lan.is_taken(target));
            lan.hear(mac, Some(target), What::Answer);
        }
    };
    find(&mut lan, [OWNER; 3]);
    assert!(!lan.machine.alarmed());
    lan.run(2 * HOUR);
    find(&mut lan, [OWNER, OTHER, PEER]);
    assert!(lan.machine.alarmed());
    assert_eq!(lan.noted(&Note::Alarm(3)), 1);
    assert_eq!(lan.machine.counters().releases[&Reason::Found], 6);
    lan.ask("192.0.2.40");
    lan.run(SECOND);
    lan.ask("192.0.2.40");
    lan.run(HOUR - 2 * SECOND);
    assert_eq!(lan.questions("192.0.2.40"), []);
    lan.run(SECOND);
    assert!(!lan.machine.alarmed());
    lan.take("192.0.2.40");
}

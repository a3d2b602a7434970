// SPDX-License-Identifier: GPL-2.0
//! Peers whose caches have our MAC address for an address that is no longer taken.

use super::lan::*;
use crate::frame::What;
use crate::machine::entry::CHASE;
use crate::machine::Reason;
use crate::time::{Time, DAY, HOUR, MINUTE, SECOND};

/// The peer was answered; then the address has had no traffic for so long that it is free.
fn idle(target: &str) -> Lan {
    let mut lan = Lan::usual();
    lan.take_and_answer(target);
    lan.run(11 * MINUTE);
    assert!(!lan.is_taken(target) && !lan.is_held(target));
    assert_eq!(lan.machine.counters().releases[&Reason::Idle], 1);
    lan
}

/// The peer sends to the address, at our MAC address.
fn sends(lan: &mut Lan, target: &str) {
    lan.hear(PEER, Some(P), What::Traffic(addr(target)));
}

/// So many other hosts, at most ten, ask for the address one after the other.
fn others_ask(lan: &mut Lan, target: &str, count: u8) {
    for last in (10..20).take(count.into()) {
        let mac = crate::frame::Mac([2, 0, 0, 0, 1, last]);
        let from = format!("192.0.2.{}", 100 + last);
        lan.hear(mac, Some(&from), What::Question(addr(target)));
        lan.run(SECOND);
    }
}

/// The last bytes of the MAC addresses of the peers that get the new owner's.
fn told(lan: &Lan, target: &str) -> Vec<u8> {
    let handovers = lan.handovers(target);
    handovers.iter().map(|(_, peer)| peer.0[5]).collect()
}

/// How long after the claim the owner is asked for, in two minutes.
fn search(lan: &mut Lan, target: &str, asked: usize, claimed: Time) -> Vec<u64> {
    lan.run(2 * MINUTE);
    let questions = &lan.questions(target)[asked..];
    questions.iter().map(|at| at.since(claimed)).collect()
}

#[test]
fn a_newcomer_at_an_address_given_up_is_handed_over() {
    for target in [X, X6] {
        let mut lan = idle(target);
        lan.hear(OWNER, None, What::Probe(addr(target)));
        let asked = lan.questions(target).len();
        lan.run(1_500);
        assert_eq!(
            lan.questions(target).len(),
            asked + 1,
            "its owner is asked for"
        );
        lan.hear(OWNER, Some(target), What::Answer);
        assert_eq!(lan.handovers(target), [(OWNER, PEER)]);
    }
}

#[test]
fn a_host_that_came_silently_is_found_when_a_peer_sends_to_us() {
    for target in [X, X6] {
        let mut lan = idle(target);
        let asked = lan.questions(target).len();
        sends(&mut lan, target);
        assert_eq!(lan.questions(target).len(), asked + 1, "{target}");
        lan.hear(OWNER, Some(target), What::Answer);
        assert_eq!(lan.handovers(target), [(OWNER, PEER)]);
    }
}

#[test]
fn after_an_exclusion_a_silent_owner_is_found_when_a_peer_sends_to_us() {
    let mut lan = Lan::usual();
    lan.take_and_answer(X);
    lan.machine.exclude(lan.now, addr(X));
    lan.run(5 * MINUTE);
    let asked = lan.questions(X).len();
    sends(&mut lan, X);
    assert_eq!(lan.questions(X).len(), asked + 1);
    lan.hear(OWNER, Some(X), What::Answer);
    assert_eq!(lan.handovers(X), [(OWNER, PEER)]);
}

#[test]
fn for_one_address_it_asks_at_most_every_1500_ms() {
    let mut lan = idle(X);
    let asked = lan.questions(X).len();
    for _ in 0..30 {
        sends(&mut lan, X);
        lan.run(100);
    }
    assert_eq!(lan.questions(X).len(), asked + 2);
}

#[test]
fn packets_of_hosts_that_were_not_answered_ask_nothing() {
    let mut lan = idle(X);
    let asked = lan.questions(X).len();
    lan.hear(OTHER, Some(P), What::Traffic(addr(X)));
    lan.run(SECOND);
    assert_eq!(lan.questions(X).len(), asked);
}

#[test]
fn peers_are_forgotten_after_two_days() {
    let mut lan = idle(X);
    lan.run(2 * DAY - 12 * MINUTE);
    assert!(lan.state(X).is_some());
    lan.run(HOUR);
    assert!(lan.state(X).is_none());
}

#[test]
fn of_an_address_given_up_the_last_four_peers_are_kept() {
    let mut lan = Lan::usual();
    lan.take_and_answer(X);
    others_ask(&mut lan, X, 10);
    assert_eq!(lan.answers(X), 11);
    lan.run(11 * MINUTE);
    lan.hear(OWNER, Some(X), What::Answer);
    assert_eq!(told(&lan, X), [16, 17, 18, 19]);
}

#[test]
fn a_peer_that_is_answered_again_is_one_of_the_last() {
    let mut lan = Lan::usual();
    lan.take_and_answer(X);
    others_ask(&mut lan, X, 5);
    lan.ask(X);
    lan.run(11 * MINUTE);
    lan.hear(OWNER, Some(X), What::Answer);
    assert_eq!(told(&lan, X), [12, 13, 14, PEER.0[5]]);
}

#[test]
fn packets_of_a_peer_do_not_shorten_the_search_after_a_claim() {
    let mut lan = Lan::usual();
    lan.take_and_answer(X);
    let asked = lan.questions(X).len();
    let claimed = lan.now;
    lan.hear(OWNER, None, What::Probe(addr(X)));
    for _ in 0..20 {
        lan.run(SECOND / 2);
        sends(&mut lan, X);
    }
    assert_eq!(search(&mut lan, X, asked, claimed), CHASE);
}

#[test]
fn a_question_for_a_peer_does_not_delay_the_search_after_a_claim() {
    let mut lan = Lan::usual();
    let old: Vec<String> = (40..80).map(|host| format!("192.0.2.{host}")).collect();
    for target in old.iter().map(String::as_str).chain([X]) {
        lan.take_and_answer(target);
    }
    lan.run(11 * MINUTE);
    let asked = lan.questions(X).len();
    for target in old.iter().map(String::as_str).chain([X]) {
        sends(&mut lan, target);
    }
    assert_eq!(lan.questions(X).len(), asked, "no token is left");
    let claimed = lan.now;
    lan.hear(OWNER, None, What::Probe(addr(X)));
    assert_eq!(search(&mut lan, X, asked, claimed), CHASE);
}

#[test]
fn packets_to_many_addresses_given_up_do_not_delay_the_checks_of_a_taken_one() {
    let mut lan = Lan::usual();
    let old: Vec<String> = (40..80).map(|host| format!("192.0.2.{host}")).collect();
    for target in &old {
        lan.take_and_answer(target);
    }
    lan.run(11 * MINUTE);
    lan.take_and_answer(X);
    let first = lan.questions(X).len();
    let began = lan.now;
    for _ in 0..600 {
        for target in old.iter().map(String::as_str).chain([X]) {
            sends(&mut lan, target);
        }
        lan.run(100);
    }
    let checks = lan.questions(X)[first..].to_vec();
    let pauses = std::iter::once(&began).chain(&checks).zip(&checks);
    let longest = pauses.map(|(from, to)| to.since(*from)).max();
    assert!(checks.len() >= 5, "{checks:?}");
    assert!(longest < Some(settings().recheck + SECOND), "{longest:?}");
}

// SPDX-License-Identifier: GPL-2.0
//! From free to taken, and what a taken address does.

use super::lan::*;
use crate::frame::{Out, What};
use crate::machine::{State, Suppressed};
use crate::settings::Settings;
use crate::time::{Time, HOUR, MINUTE, SECOND};

#[test]
fn one_question_takes_nothing() {
    let mut lan = Lan::usual();
    lan.ask(X);
    lan.run(HOUR);
    assert!(lan.done.is_empty());
    assert_eq!(lan.state(X), None, "it is forgotten");
}

#[test]
fn the_same_asker_must_ask_again_after_the_gap_and_within_the_window() {
    for (pause, starts) in [(499, false), (500, true), (60_000, true), (60_001, false)] {
        let mut lan = Lan::usual();
        lan.ask(X);
        lan.run(pause);
        lan.ask(X);
        lan.run(0);
        assert_eq!(!lan.questions(X).is_empty(), starts, "{pause} ms");
    }
}

#[test]
fn another_asker_does_not_count_as_the_same() {
    let mut lan = Lan::usual();
    lan.ask(X);
    lan.run(SECOND);
    lan.hear(OTHER, Some("192.0.2.101"), What::Question(addr(X)));
    lan.run(MINUTE);
    assert_eq!(lan.questions(X), []);
}

#[test]
fn eight_questions_and_three_seconds_of_silence_take_an_address() {
    for target in [X, X6] {
        let mut lan = Lan::usual();
        let began = lan.now.plus(SECOND);
        lan.take(target);
        let steps: Vec<Time> = (0..8).map(|n| began.plus(n * 1_500)).collect();
        assert_eq!(lan.questions(target), steps);
        let mut lan = Lan::usual();
        lan.ask(target);
        lan.run(SECOND);
        lan.ask(target);
        lan.run(7 * 1_500 + 2_999);
        assert!(!lan.is_taken(target));
        lan.run(1);
        assert!(lan.is_taken(target));
        assert_eq!(lan.answers(target), 0, "nothing is answered before");
    }
}

#[test]
fn questions_come_from_an_own_address() {
    for (target, from) in [(X, "192.0.2.1"), (X6, "fe80::1")] {
        let mut lan = Lan::usual();
        lan.take(target);
        for (_, out) in lan.sent(target) {
            let (from, target) = (addr(from), addr(target));
            assert_eq!(out, Out::Ask { from, target });
        }
    }
}

#[test]
fn a_sign_of_life_while_asking_leaves_the_address_alone() {
    for what in [What::Answer, What::Traffic(addr("192.0.2.1"))] {
        let mut lan = Lan::usual();
        lan.ask(X);
        lan.run(SECOND);
        lan.ask(X);
        lan.run(12 * SECOND);
        lan.hear(OWNER, Some(X), what);
        lan.run(HOUR - 1);
        assert!(lan.is_held(X));
        assert_eq!(lan.questions(X).len(), 8);
        lan.run(1);
        assert_eq!(lan.state(X), None);
    }
}

#[test]
fn the_first_answer_follows_one_more_question() {
    let mut lan = Lan::usual();
    lan.take(X);
    lan.ask(X);
    assert_eq!((lan.questions(X).len(), lan.answers(X)), (9, 0));
    lan.run(399);
    assert_eq!(lan.answers(X), 0);
    lan.run(1);
    assert_eq!(lan.answers(X), 1);
    let (_, out) = *lan.sent(X).last().unwrap();
    let (from, target, peer_addr) = (addr("192.0.2.1"), addr(X), addr(P));
    assert_eq!(
        out,
        Out::Answer {
            from,
            target,
            peer: PEER,
            peer_addr
        }
    );
}

#[test]
fn within_five_seconds_of_a_check_answers_come_at_once() {
    let mut lan = Lan::usual();
    lan.take_and_answer(X);
    lan.run(4_400);
    lan.ask(X);
    assert_eq!((lan.questions(X).len(), lan.answers(X)), (9, 2));
    lan.run(200);
    lan.ask(X);
    assert_eq!(
        (lan.questions(X).len(), lan.answers(X)),
        (10, 2),
        "it is checked again"
    );
}

#[test]
fn several_peers_wait_for_one_check() {
    let mut lan = Lan::usual();
    lan.take(X);
    lan.ask(X);
    lan.ask(X);
    lan.hear(OTHER, Some("192.0.2.101"), What::Question(addr(X)));
    lan.run(400);
    assert_eq!((lan.questions(X).len(), lan.answers(X)), (9, 2));
}

#[test]
fn with_a_peer_held_it_is_checked_every_ten_seconds_else_every_minute() {
    let mut lan = Lan::usual();
    lan.take(X);
    lan.run(70 * SECOND);
    let before = lan.questions(X).len();
    lan.hear(PEER, Some(P), What::Traffic(addr(X)));
    lan.run(100 * SECOND);
    let busy = lan.questions(X).len() - before;
    assert!((9..=11).contains(&busy), "{busy} checks");
    lan.run(150 * SECOND);
    let before = lan.questions(X).len();
    lan.run(5 * MINUTE - 60 * SECOND);
    let idle = lan.questions(X).len() - before;
    assert!((3..=5).contains(&idle), "{idle} checks");
}

#[test]
fn without_traffic_for_ten_minutes_it_is_free_again() {
    let mut lan = Lan::usual();
    lan.take(X);
    lan.run(9 * MINUTE);
    assert!(lan.is_taken(X));
    lan.hear(PEER, Some(P), What::Traffic(addr(X)));
    lan.run(9 * MINUTE);
    assert!(lan.is_taken(X));
    lan.run(MINUTE);
    assert!(!lan.is_taken(X));
    assert_eq!(lan.state(X), None);
}

#[test]
fn ignored_askers_get_no_answer() {
    let base = settings();
    for settings in [
        Settings {
            ignore_askers: vec![addr(P)],
            ..base.clone()
        },
        Settings {
            ignore_macs: vec![PEER],
            ..base
        },
    ] {
        let mut lan = Lan::new(settings);
        lan.ask(X);
        lan.run(SECOND);
        lan.ask(X);
        lan.run(MINUTE);
        assert_eq!(lan.questions(X), []);
        assert_eq!(lan.machine.counters().suppressed[&Suppressed::Ignored], 2);
    }
}

#[test]
fn at_most_max_addresses_are_taken() {
    let mut lan = Lan::new(Settings {
        max: 2,
        ..settings()
    });
    for target in ["192.0.2.7", "192.0.2.8", "192.0.2.9"] {
        lan.ask(target);
    }
    lan.run(SECOND);
    for target in ["192.0.2.7", "192.0.2.8", "192.0.2.9"] {
        lan.ask(target);
    }
    lan.run(MINUTE);
    assert_eq!(lan.taken.len(), 2);
    assert_eq!(lan.machine.counters().suppressed[&Suppressed::Full], 1);
}

#[test]
fn the_operator_takes_an_address_only_as_any_other() {
    let mut lan = Lan::usual();
    lan.machine.capture(lan.now, addr(X)).unwrap();
    lan.run(12 * SECOND);
    assert!(matches!(lan.state(X), Some(State::Probing { .. })));
    lan.hear(OWNER, Some(X), What::Answer);
    lan.run(MINUTE);
    assert!(lan.is_held(X));
    lan.machine.capture(lan.now, addr(X)).unwrap();
    lan.run(15 * SECOND);
    assert!(lan.is_taken(X));
}

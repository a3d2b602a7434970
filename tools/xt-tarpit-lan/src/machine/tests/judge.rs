// SPDX-License-Identifier: GPL-2.0
//! What holds after any events, in any order, at any times: for the property tests, and for the
//! fuzzer (tests/fuzz).

use super::lan::*;
use crate::frame::{Form, Heard, Mac, Out, What};
use crate::machine::Action;
use crate::network::Network;
use crate::settings::Settings;
use crate::time::{Ms, Time, HOUR, MINUTE, SECOND};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Free ones, and each kind of forbidden one.
pub const ADDRESSES: [&str; 12] = [
    "192.0.2.7",
    "192.0.2.8",
    "2001:db8::7",
    "192.0.2.9",
    "192.0.2.20",
    "192.0.2.1",
    "192.0.2.254",
    "192.0.2.0",
    "192.0.2.255",
    "198.51.100.7",
    "2001:db8::",
    "192.0.2.99",
];
pub const FREE: usize = 4;
pub const MACS: [Mac; 4] = [PEER, OTHER, OWNER, US];
pub const MAX: usize = 3;

#[derive(Clone, Debug)]
pub enum Event {
    Heard(Heard),
    /// The same host asks this often, a second apart, and then time passes.
    Asks(usize, usize),
    Passes(Ms),
    /// Time passes without a tick in between.
    Sleeps(Ms),
    Network(u8),
    Release(usize),
    Capture(usize),
    Lost,
}

/// What the rules are checked against, beside the machine.
#[derive(Default)]
pub struct Judge {
    claimed: BTreeMap<IpAddr, Time>,
    asked: BTreeMap<IpAddr, u32>,
    discovered: Option<Time>,
    answered: BTreeSet<(IpAddr, Mac)>,
    /// When a peer was sent the first form.
    told: BTreeMap<(IpAddr, Mac, IpAddr), Time>,
    seen: usize,
}

impl Judge {
    /// Notes the signs of life in a frame.
    pub fn note(&mut self, now: Time, heard: &Heard) {
        if heard.mac == US {
            return;
        }
        let target = match heard.what {
            What::Probe(target) => Some(target),
            What::Lease(target) | What::Decline(target) => Some(target.into()),
            _ => None,
        };
        if heard.what == What::Discover {
            self.discovered = Some(now);
        }
        for addr in [heard.sender, target].into_iter().flatten() {
            self.claimed.insert(addr, now);
            self.asked.remove(&addr);
        }
    }

    /// Checks what was done since the last call.
    pub fn check(&mut self, lan: &Lan) {
        for (at, action) in &lan.done[self.seen..] {
            if let Action::Send(out) = action {
                self.check_frame(lan, *at, out);
            }
        }
        self.seen = lan.done.len();
        assert!(lan.taken.len() <= MAX, "at most max are taken");
        assert_eq!(lan.machine.taken(), lan.taken.len());
        assert!(
            lan.machine.states().count() <= 256 + 256,
            "memory is bounded"
        );
    }

    fn check_frame(&mut self, lan: &Lan, at: Time, out: &Out) {
        let target = out.target();
        let free = ADDRESSES[..FREE].iter().any(|text| addr(text) == target);
        assert!(free, "{out:?} concerns a forbidden address");
        match *out {
            Out::Ask { from, .. } => {
                let own = ["192.0.2.1", "192.0.2.2", "fe80::1"];
                assert!(
                    own.map(addr).contains(&from),
                    "{out:?} is not from our own address"
                );
                *self.asked.entry(target).or_default() += 1;
            }
            Out::Answer { peer, .. } => {
                self.check_answer(at, target);
                assert!(lan.machine.network_now().up);
                self.answered.insert((target, peer));
            }
            Out::HandOver {
                peer,
                peer_addr,
                owner,
                form,
                ..
            } => {
                assert!(
                    self.answered.contains(&(target, peer)),
                    "{out:?} to a stranger"
                );
                assert!(owner != US && owner != peer, "{out:?}");
                self.check_form(at, (target, peer, peer_addr), form);
            }
        }
    }

    /// No host has claimed it for a minute, it was asked for, and no DHCP client waits.
    fn check_answer(&self, at: Time, target: IpAddr) {
        let since = self.claimed.get(&target).map(|&claimed| at.since(claimed));
        assert!(
            since.is_none_or(|since| since >= MINUTE),
            "an answer for {target} {since:?} ms after a claim"
        );
        let asked = self.asked.get(&target).copied().unwrap_or(0);
        assert!(asked > 8, "an answer for {target} after {asked} questions");
        let discovered = self.discovered.map(|then| at.since(then));
        assert!(
            discovered.is_none_or(|since| since >= 3 * SECOND),
            "an answer for {target} in DHCP"
        );
    }

    /// An answer follows an announcement, 1.5 s later.
    fn check_form(&mut self, at: Time, peer: (IpAddr, Mac, IpAddr), form: Form) {
        match form {
            Form::Announcement => {
                self.told.insert(peer, at);
            }
            Form::Answer => {
                let since = self.told.remove(&peer).map(|first| at.since(first));
                assert!(since.is_some_and(|ms| ms >= 1_500), "{peer:?} {since:?}");
            }
        }
    }
}

pub fn change(kind: u8) -> Network {
    let mut network = network();
    match kind {
        0 => network.up = false,
        1 => network.prefixes[0] = "192.0.2.2/24".parse().unwrap(),
        2 => network.own.push(addr("192.0.2.200")),
        3 => network.prefixes.clear(),
        _ => {}
    }
    network
}

/// What is neither a frame nor time.
pub fn operate(lan: &mut Lan, event: &Event) {
    match *event {
        Event::Network(kind) => lan.machine.network(lan.now, change(kind)),
        Event::Release(target) => lan.machine.release(lan.now, addr(ADDRESSES[target])),
        Event::Capture(target) => {
            let _ = lan.machine.capture(lan.now, addr(ADDRESSES[target]));
        }
        Event::Lost => lan.machine.lost(lan.now),
        Event::Heard(_) | Event::Asks(..) | Event::Passes(_) | Event::Sleeps(_) => {}
    }
}

pub fn play(lan: &mut Lan, judge: &mut Judge, event: &Event) {
    match *event {
        Event::Heard(heard) => {
            judge.note(lan.now, &heard);
            lan.machine.hear(lan.now, &heard);
        }
        Event::Asks(target, times) => {
            for _ in 0..times {
                lan.ask(ADDRESSES[target]);
                judge.check(lan);
                lan.run(SECOND);
                judge.check(lan);
            }
        }
        Event::Passes(ms) => lan.run(ms),
        Event::Sleeps(ms) => lan.now = lan.now.plus(ms),
        ref other => operate(lan, other),
    }
    lan.collect();
    judge.check(lan);
}

/// Plays the events; then each address is released, and after three days all is forgotten.
pub fn play_all(events: &[Event]) {
    let mut lan = Lan::new(Settings {
        max: MAX,
        arp_rate: 50,
        ..settings()
    });
    let mut judge = Judge::default();
    for event in events {
        play(&mut lan, &mut judge, event);
    }
    for target in ADDRESSES {
        lan.machine.release(lan.now, addr(target));
        lan.collect();
        assert!(!lan.is_taken(target));
    }
    assert!(lan.taken.is_empty());
    lan.run(3 * 24 * HOUR);
    judge.check(&lan);
    assert_eq!(lan.machine.states().count(), 0, "all is forgotten");
    assert_eq!(lan.machine.next(), None, "and nothing is due");
}

// SPDX-License-Identifier: GPL-2.0
//! A LAN in which nothing is lost and time is ours.

use crate::frame::{Form, Heard, Mac, Out, What};
use crate::machine::{Action, Machine, Note, State};
use crate::network::Network;
use crate::settings::Settings;
use crate::time::{Ms, Time};
use std::collections::BTreeSet;
use std::net::IpAddr;

pub const US: Mac = Mac([2, 0, 0, 0, 0, 1]);
pub const PEER: Mac = Mac([2, 0, 0, 0, 0, 2]);
pub const OTHER: Mac = Mac([2, 0, 0, 0, 0, 3]);
pub const OWNER: Mac = Mac([2, 0, 0, 0, 0, 4]);
/// A free address, the peer's, and the same in IPv6.
pub const X: &str = "192.0.2.7";
pub const P: &str = "192.0.2.100";
pub const X6: &str = "2001:db8::7";
pub const P6: &str = "2001:db8::100";

pub fn addr(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub fn settings() -> Settings {
    Settings {
        ranges: vec![
            "192.0.2.0/24".parse().unwrap(),
            "2001:db8::/120".parse().unwrap(),
        ],
        exclude: vec!["192.0.2.16/28".parse().unwrap()],
        probes: 8,
        ..Settings::default()
    }
}

pub fn network() -> Network {
    Network {
        mac: US,
        up: true,
        prefixes: ["192.0.2.1/24", "fe80::1/64", "2001:db8::1/64"]
            .map(|text| text.parse().unwrap())
            .to_vec(),
        own: ["192.0.2.1", "192.0.2.99", "2001:db8::1"]
            .map(addr)
            .to_vec(),
        gateways: vec![addr("192.0.2.254")],
    }
}

pub struct Lan {
    pub machine: Machine,
    pub now: Time,
    /// All that was done, with the time.
    pub done: Vec<(Time, Action)>,
    pub taken: BTreeSet<IpAddr>,
}

impl Lan {
    pub fn new(settings: Settings) -> Self {
        let now = Time::at(1_000_000);
        Self {
            machine: Machine::new(now, settings, network()),
            now,
            done: Vec::new(),
            taken: BTreeSet::new(),
        }
    }

    pub fn usual() -> Self {
        Self::new(settings())
    }

    pub fn collect(&mut self) {
        for action in self.machine.drain() {
            match &action {
                Action::Take(addr) => assert!(self.taken.insert(*addr), "taken twice"),
                Action::Release(addr) => assert!(self.taken.remove(addr), "released twice"),
                _ => {}
            }
            self.done.push((self.now, action));
        }
    }

    /// Time passes; each timer is obeyed at its time.
    pub fn run(&mut self, ms: Ms) {
        let end = self.now.plus(ms);
        while let Some(next) = self.machine.next().filter(|&next| next <= end) {
            self.now = self.now.max(next);
            self.machine.tick(self.now);
            self.collect();
        }
        self.now = end;
        self.machine.tick(end);
        self.collect();
    }

    pub fn hear(&mut self, mac: Mac, sender: Option<&str>, what: What) {
        let sender = sender.map(addr);
        self.machine.hear(self.now, &Heard { mac, sender, what });
        self.collect();
    }

    /// The peer asks for X or X6.
    pub fn ask(&mut self, target: &str) {
        let from = if target.contains(':') { P6 } else { P };
        self.hear(PEER, Some(from), What::Question(addr(target)));
    }

    /// The address is asked for until it is taken.
    pub fn take(&mut self, target: &str) {
        self.ask(target);
        self.run(1_000);
        self.ask(target);
        self.run(14_000);
        assert!(self.is_taken(target), "{target}: {:?}", self.state(target));
    }

    /// The address is taken, and the peer was answered.
    pub fn take_and_answer(&mut self, target: &str) {
        self.take(target);
        self.ask(target);
        self.run(500);
        assert_eq!(self.answers(target), 1, "the peer is answered");
    }

    pub fn is_taken(&self, target: &str) -> bool {
        let inside = matches!(self.state(target), Some(State::Taken(_)));
        assert_eq!(inside, self.taken.contains(&addr(target)), "the set agrees");
        inside
    }

    pub fn is_held(&self, target: &str) -> bool {
        matches!(self.state(target), Some(State::Held(_)))
    }

    pub fn state(&self, target: &str) -> Option<&State> {
        self.machine.state(addr(target))
    }

    pub fn sent(&self, target: &str) -> Vec<(Time, Out)> {
        let target = addr(target);
        self.done
            .iter()
            .filter_map(|(at, action)| match action {
                Action::Send(out) if out.target() == target => Some((*at, *out)),
                _ => None,
            })
            .collect()
    }

    pub fn questions(&self, target: &str) -> Vec<Time> {
        self.sent(target)
            .into_iter()
            .filter(|(_, out)| matches!(out, Out::Ask { .. }))
            .map(|(at, _)| at)
            .collect()
    }

    pub fn answers(&self, target: &str) -> usize {
        let is_answer = |out: &Out| matches!(out, Out::Answer { .. });
        self.sent(target)
            .iter()
            .filter(|(_, out)| is_answer(out))
            .count()
    }

    /// The peers that were handed over in this form, with the owner, and when.
    pub fn handovers_by(&self, target: &str, wanted: Form) -> Vec<(Time, Mac, Mac)> {
        self.sent(target)
            .into_iter()
            .filter_map(|(at, out)| match out {
                Out::HandOver {
                    owner, peer, form, ..
                } if form == wanted => Some((at, owner, peer)),
                _ => None,
            })
            .collect()
    }

    /// The peers that were handed over, with the owner.
    pub fn handovers(&self, target: &str) -> Vec<(Mac, Mac)> {
        self.handovers_by(target, Form::Announcement)
            .into_iter()
            .map(|(_, owner, peer)| (owner, peer))
            .collect()
    }

    pub fn noted(&self, wanted: &Note) -> usize {
        let same = |action: &Action| matches!(action, Action::Note(note) if note == wanted);
        self.done.iter().filter(|(_, action)| same(action)).count()
    }
}

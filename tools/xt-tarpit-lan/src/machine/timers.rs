// SPDX-License-Identifier: GPL-2.0
//! What follows from time, and the questions that wait for a token.

use super::counters::add;
use super::entry::{Entry, Rank, State, Taken, PEERS};
use super::{Action, Machine, Note, Peer, Reason, Suppressed};
use crate::frame::Out;
use crate::time::Time;
use std::net::{IpAddr, Ipv4Addr};

impl Machine {
    /// An entry is due: its state goes on, or it wants to ask.
    pub(super) fn due(&mut self, now: Time, addr: IpAddr, entry: &mut Entry) {
        match &mut entry.state {
            State::Free { askers } => {
                let window = self.settings.window;
                askers.retain(|&(_, first)| now.since(first) <= window);
                if entry.forget_at().is_some_and(|at| now >= at) {
                    entry.history = Default::default();
                    entry.peers.clear();
                }
            }
            State::Probing { sent, .. } => {
                if *sent < self.settings.probes.max(1) {
                    let rank = match *sent {
                        0 => Rank::Start,
                        _ => Rank::Probe,
                    };
                    entry.queued = Some((rank, self.turn()));
                } else {
                    self.take(now, addr, entry);
                }
            }
            State::Taken(_) => self.due_taken(now, addr, entry),
            State::Held(held) => {
                if now >= held.until {
                    entry.set_free();
                } else if held.again.as_ref().is_some_and(|&(at, _)| now >= at) {
                    self.hand_over_again(now, addr, held);
                } else {
                    entry.queued = Some((Rank::Urgent, self.turn()));
                }
            }
        }
    }

    /// The silence was long enough.
    fn take(&mut self, now: Time, addr: IpAddr, entry: &mut Entry) {
        entry.state = State::Taken(Taken::new(now));
        add(&mut self.counters.captures);
        self.out.push(Action::Take(addr));
        self.note(Note::Taken(addr));
    }

    fn due_taken(&mut self, now: Time, addr: IpAddr, entry: &mut Entry) {
        let turn = self.turn();
        let State::Taken(taken) = &mut entry.state else {
            return;
        };
        if let Some(asked) = taken.asked {
            if now >= asked.plus(self.settings.wait) {
                taken.asked = None;
                taken.checked = Some(asked);
                for peer in std::mem::take(&mut taken.waiting) {
                    self.answer(now, addr, entry, peer);
                }
            }
        } else if now >= taken.used.plus(self.settings.idle) {
            self.give_back(now, addr, entry, Reason::Idle, None);
        } else if entry.queued.is_none() {
            entry.queued = Some((Rank::Check, turn));
        }
    }

    /// Answers a peer, unless something forbids it now.
    pub(super) fn answer(&mut self, now: Time, target: IpAddr, entry: &mut Entry, peer: Peer) {
        let known = entry.peers.contains(&peer);
        let from = self.network.source_for(&self.settings, target);
        let why = if now < self.quiet_until {
            Suppressed::Dhcp
        } else if !known && entry.peers.len() >= PEERS {
            Suppressed::Peers
        } else if !self.live(now) || from.is_err() {
            Suppressed::Paused
        } else if !self.bucket.take(now, Rank::Urgent.reserve()) {
            Suppressed::Rate
        } else {
            // The last ones are kept longest.
            entry.peers.retain(|other| *other != peer);
            entry.peers.push(peer);
            entry.history.answered = Some(now);
            add(&mut self.counters.answers);
            self.out.extend(from.ok().map(|from| {
                Action::Send(Out::Answer {
                    from,
                    target,
                    peer: peer.mac,
                    peer_addr: peer.addr,
                })
            }));
            return;
        };
        self.counters.suppress(why);
    }

    /// Asks what waits, while there are tokens.
    pub(super) fn pump(&mut self, now: Time) {
        for rank in Rank::ALL {
            while let Some(addr) = self.first_of(rank) {
                if self.live(now) && !self.take_token(now, rank) {
                    break;
                }
                self.with(addr, |machine, entry| {
                    entry.queued = None;
                    machine.ask(now, addr, entry);
                });
            }
        }
    }

    /// Which address of this rank waits longest.
    pub(super) fn first_of(&self, rank: Rank) -> Option<IpAddr> {
        let lowest = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let mut from = self.queue.range((rank, 0, lowest)..);
        from.next()
            .filter(|(first, ..)| *first == rank)
            .map(|&(_, _, addr)| addr)
    }

    /// When a question of this rank may be asked.
    pub(super) fn token_at(&self, rank: Rank) -> Time {
        let usual = self.bucket.ready(rank.reserve());
        match rank.is_check() {
            true => usual.max(self.checks.ready(0)),
            false => usual,
        }
    }

    fn take_token(&mut self, now: Time, rank: Rank) -> bool {
        if rank.is_check() && self.checks.ready(0) > now {
            return false;
        }
        let taken = self.bucket.take(now, rank.reserve());
        if taken && rank.is_check() {
            self.checks.take(now, 0);
        }
        taken
    }

    /// Sends the question that the state wants.
    fn ask(&mut self, now: Time, target: IpAddr, entry: &mut Entry) {
        let settings = &self.settings;
        match &mut entry.state {
            State::Free { .. } => {}
            State::Probing { sent, next } => {
                *sent = sent.saturating_add(1);
                let last = *sent >= settings.probes.max(1);
                *next = now.plus(match last {
                    true => settings.silence,
                    false => settings.probe_interval,
                });
            }
            State::Taken(taken) => taken.asked = Some(now),
            State::Held(held) => {
                if let Some((_, asked)) = &mut held.chase {
                    *asked = asked.saturating_add(1);
                }
            }
        }
        if let Ok(from) = self.network.asks_from(target) {
            if self.live(now) {
                add(&mut self.counters.questions);
                self.out.push(Action::Send(Out::Ask { from, target }));
            }
        }
    }

    /// When a pause or the alarm ends, if there is one.
    pub(super) fn resume_at(&self) -> Option<Time> {
        let pause = (self.paused_until > Time::default()).then_some(self.paused_until);
        [pause, self.alarm.until()].into_iter().flatten().min()
    }

    pub(super) fn end_pauses(&mut self, now: Time) {
        if self.paused_until > Time::default() && now >= self.paused_until {
            self.paused_until = Time::default();
            self.note(Note::Resumed);
        }
        if self.alarm.ends(now) {
            self.note(Note::AlarmOver);
        }
    }
}

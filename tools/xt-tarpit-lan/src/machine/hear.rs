// SPDX-License-Identifier: GPL-2.0
//! What follows from a frame.

use super::counters::add;
use super::entry::{Entry, Rank, State, ASKERS, LOOK_AGAIN};
use super::{Machine, Note, Peer, Reason, Suppressed};
use crate::frame::{Heard, Mac, What};
use crate::settings::{LEAST_HOLD, LONGEST_HOLD};
use crate::time::{Ms, Time, MINUTE};
use std::net::IpAddr;

impl Machine {
    /// Another host has sent this. Frames of our own must not come here.
    pub fn hear(&mut self, now: Time, heard: &Heard) {
        if heard.mac == self.network.mac {
            return;
        }
        if let Some(sender) = heard.sender {
            self.foreign(now, sender, heard.mac);
        }
        match heard.what {
            What::Question(target) => {
                if let Some(addr) = heard.sender {
                    let mac = heard.mac;
                    self.question(now, target, Peer { mac, addr });
                }
            }
            What::Probe(target) => self.claim(now, target, None),
            What::Announcement => {
                if let Some(addr) = heard.sender {
                    self.claim(now, addr, Some(heard.mac));
                }
            }
            What::Answer => {}
            What::Discover => self.quiet_until = now.plus(self.settings.dhcp_quiet),
            What::Lease(addr) => self.claim(now, addr.into(), None),
            What::Decline(addr) => self.decline(now, addr.into(), heard.mac),
            What::Traffic(to) => self.traffic(now, to, heard.mac),
        }
        self.pump(now);
    }

    /// Frames may have been lost, so silence up to now proves nothing.
    pub fn lost(&mut self, now: Time) {
        let addrs: Vec<IpAddr> = self.entries.keys().copied().collect();
        for addr in addrs {
            self.with(addr, |machine, entry| match &mut entry.state {
                State::Probing { sent, next } => (*sent, *next) = (0, now),
                State::Taken(taken) => {
                    taken.checked = None;
                    taken.asked = None;
                    for _ in taken.waiting.drain(..) {
                        machine.counters.suppress(Suppressed::Lost);
                    }
                }
                _ => {}
            });
        }
        self.note(Note::Lost);
    }

    /// Another host uses this address.
    fn foreign(&mut self, now: Time, addr: IpAddr, owner: Mac) {
        if !self.concerns(addr) {
            return;
        }
        self.with(addr, |machine, entry| {
            if matches!(entry.state, State::Taken(_)) {
                machine.conflict(now, owner);
                machine.give_back(now, addr, entry, Reason::Found, Some(owner));
            }
            let seen = machine.settings.seen.max(LEAST_HOLD);
            entry.hold_for_host(now, now.plus(seen), Some(owner));
            machine.hand_over(now, addr, entry);
        });
    }

    /// A host is about to use this address, or says that it does.
    fn claim(&mut self, now: Time, addr: IpAddr, owner: Option<Mac>) {
        if !self.concerns(addr) {
            return;
        }
        self.with(addr, |machine, entry| {
            let history = &mut entry.history;
            if history.claimed.is_none_or(|last| now.since(last) >= MINUTE) {
                history.claims = history.claims.saturating_add(1);
            }
            history.claimed = Some(now);
            let hold = machine.hold_time(history.claims);
            if matches!(entry.state, State::Taken(_)) {
                machine.give_back(now, addr, entry, Reason::Claim, owner);
            }
            entry.hold_for_host(now, now.plus(hold), owner);
            match owner {
                Some(_) => machine.hand_over(now, addr, entry),
                None => start_chase(now, entry),
            }
        });
    }

    /// The hold doubles with each claim.
    fn hold_time(&self, claims: u32) -> Ms {
        let factor = 1_u64
            .checked_shl(claims.saturating_sub(1))
            .unwrap_or(u64::MAX);
        let hold = self.settings.hold.max(LEAST_HOLD);
        hold.saturating_mul(factor.max(1)).min(LONGEST_HOLD)
    }

    fn decline(&mut self, now: Time, addr: IpAddr, mac: Mac) {
        if !self.concerns(addr) {
            return;
        }
        self.with(addr, |machine, entry| {
            if matches!(entry.state, State::Taken(_)) {
                machine.give_back(now, addr, entry, Reason::Declined, None);
            }
            entry.history.claimed = Some(now);
            entry.hold_for_host(now, now.plus(LONGEST_HOLD), None);
            machine.note(Note::Declined(addr, mac));
        });
    }

    /// A packet to an address that is taken, or that a peer still believes to be ours.
    fn traffic(&mut self, now: Time, to: IpAddr, from: Mac) {
        if self.entries.contains_key(&to) {
            self.with(to, |machine, entry| match &mut entry.state {
                State::Taken(taken) => taken.used = taken.used.max(now),
                State::Free { .. } | State::Held(_) => machine.look_for_owner(now, entry, from),
                State::Probing { .. } => {}
            });
        }
    }

    /// Asks for the host that the peer wants to reach; its answer leads to a handover. It does not
    /// disturb a search that a claim has started.
    fn look_for_owner(&mut self, now: Time, entry: &mut Entry, peer: Mac) {
        let asked = entry.history.asked;
        let soon = asked.is_some_and(|last| now.since(last) < LOOK_AGAIN);
        let searched = matches!(&entry.state, State::Held(held) if held.next_chase().is_some());
        let busy = soon || searched || entry.queued.is_some();
        if !busy && entry.peers.iter().any(|known| known.mac == peer) {
            entry.history.asked = Some(now);
            entry.queued = Some((Rank::Look, self.turn()));
        }
    }

    fn question(&mut self, now: Time, target: IpAddr, peer: Peer) {
        if self.network.source_for(&self.settings, target).is_err() {
            return;
        }
        let settings = &self.settings;
        if settings.ignore_askers.contains(&peer.addr) || settings.ignore_macs.contains(&peer.mac) {
            self.counters.suppress(Suppressed::Ignored);
        } else if !self.live(now) {
            self.counters.suppress(Suppressed::Paused);
        } else {
            self.with(target, |machine, entry| match &mut entry.state {
                State::Free { askers } => {
                    if asked_again(
                        askers,
                        machine.settings.gap,
                        machine.settings.window,
                        now,
                        peer,
                    ) {
                        machine.start_probing(now, entry);
                    }
                }
                State::Probing { .. } => {}
                State::Taken(_) => machine.question_taken(now, target, entry, peer),
                State::Held(_) => machine.counters.suppress(Suppressed::Held),
            });
        }
    }

    fn start_probing(&mut self, now: Time, entry: &mut Entry) {
        if self.alarmed() {
            self.counters.suppress(Suppressed::Alarm);
        } else if self.taken.saturating_add(self.probing) >= self.settings.max {
            self.counters.suppress(Suppressed::Full);
        } else {
            entry.state = State::Probing { sent: 0, next: now };
        }
    }

    /// Answers at once after a fresh check; else checks first, and the peer waits.
    fn question_taken(&mut self, now: Time, target: IpAddr, entry: &mut Entry, peer: Peer) {
        let turn = self.turn();
        let State::Taken(taken) = &mut entry.state else {
            return;
        };
        taken.used = taken.used.max(now);
        let fresh = taken
            .checked
            .is_some_and(|at| now.since(at) < self.settings.fresh);
        if fresh && taken.asked.is_none() {
            self.answer(now, target, entry, peer);
        } else if taken.waiting.contains(&peer) {
            // It will be answered once.
        } else if taken.waiting.len() >= ASKERS {
            self.counters.suppress(Suppressed::Peers);
        } else {
            taken.waiting.push(peer);
            if taken.asked.is_none() {
                entry.queued = Some((Rank::Urgent, turn));
            }
        }
    }

    fn conflict(&mut self, now: Time, owner: Mac) {
        add(&mut self.counters.conflicts);
        if let Some(owners) = self.alarm.conflict(now, owner) {
            add(&mut self.counters.alarms);
            self.note(Note::Alarm(owners));
        }
    }
}

/// Asks for the owner, if peers must hear of it. It does not wait for an earlier question.
pub fn start_chase(now: Time, entry: &mut Entry) {
    if entry.peers.is_empty() {
        return;
    }
    if let State::Held(held) = &mut entry.state {
        if held.next_chase().is_none() {
            held.chase = Some((now, 0));
            entry.queued = None;
        }
    }
}

/// Whether this host has asked before, at the right distance.
fn asked_again(askers: &mut Vec<(Mac, Time)>, gap: Ms, window: Ms, now: Time, peer: Peer) -> bool {
    askers.retain(|&(_, first)| now.since(first) <= window);
    match askers.iter().find(|&&(mac, _)| mac == peer.mac) {
        Some(&(_, first)) => now.since(first) >= gap,
        None => {
            if askers.len() >= ASKERS {
                askers.remove(0);
            }
            askers.push((peer.mac, now));
            false
        }
    }
}

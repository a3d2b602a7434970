// SPDX-License-Identifier: GPL-2.0
//! How addresses are given back, what the operator may say, and what a change of the network means.

use super::counters::add;
use super::entry::{Entry, Held, State, AGAIN};
use super::hear::start_chase;
use super::{Action, Machine, Note, Peer, Reason};
use crate::frame::{Form, Mac, Out};
use crate::network::{Network, Why};
use crate::range::Range;
use crate::settings::{LEAST_HOLD, LONGEST_HOLD};
use crate::time::{Time, HOUR};
use std::fmt;
use std::net::IpAddr;

/// Why an operator's command is not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Never(Why),
    InUse,
    Alarm,
    Full,
    Paused,
    Already,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never(why) => write!(f, "it is never taken: {why}"),
            Self::InUse => f.write_str("a host has used or claimed it within the last minute"),
            Self::Alarm => f.write_str("the conflict alarm is on; see the journal"),
            Self::Full => f.write_str("as many addresses are taken as max allows"),
            Self::Paused => f.write_str("the link has just changed; try again in a minute"),
            Self::Already => f.write_str("it is taken already, or is being asked for"),
        }
    }
}

impl Machine {
    /// Gives a taken address back. Answers end here; the set follows.
    pub(super) fn give_back(
        &mut self,
        now: Time,
        addr: IpAddr,
        entry: &mut Entry,
        reason: Reason,
        owner: Option<Mac>,
    ) {
        entry.state = State::free();
        entry.queued = None;
        self.counters.release(reason);
        self.out.push(Action::Release(addr));
        self.note(Note::Released {
            addr,
            reason,
            owner,
        });
        match reason {
            Reason::Claim | Reason::Found | Reason::Declined => {
                let last = entry.history.released.replace(now);
                if last.is_some_and(|last| now.since(last) < HOUR) {
                    entry.hold(now.plus(LONGEST_HOLD), owner);
                    self.note(Note::Repeated(addr));
                }
            }
            Reason::Operator | Reason::Forbidden => {}
            Reason::Idle | Reason::Moved => entry.set_free(),
        }
    }

    /// Tells the peers that we have answered who has the address, if that is known.
    pub(super) fn hand_over(&mut self, now: Time, addr: IpAddr, entry: &mut Entry) {
        let State::Held(held) = &mut entry.state else {
            return;
        };
        let (Some(owner), Ok(from)) = (held.owner, self.network.asks_from(addr)) else {
            return;
        };
        held.chase = None;
        entry.queued = None;
        let mut peers = std::mem::take(&mut entry.peers);
        peers.retain(|peer| peer.mac != owner);
        if peers.is_empty() || !self.network.up {
            return;
        }
        for &peer in &peers {
            add(&mut self.counters.handovers);
            self.tell_owner(now, (from, addr), owner, peer, Form::Announcement);
        }
        self.note(Note::HandedOver {
            addr,
            owner,
            peers: peers.len(),
        });
        held.again = Some((now.plus(AGAIN), peers));
    }

    /// Sends the second form, to hosts that have lost or ignored the first one.
    pub(super) fn hand_over_again(&mut self, now: Time, addr: IpAddr, held: &mut Held) {
        let (Some((_, peers)), Some(owner)) = (held.again.take(), held.owner) else {
            return;
        };
        let from = self.network.asks_from(addr);
        if let (Ok(from), true) = (from, self.network.up) {
            for peer in peers.into_iter().filter(|peer| peer.mac != owner) {
                self.tell_owner(now, (from, addr), owner, peer, Form::Answer);
            }
        }
    }

    /// Tells a peer who has the address.
    fn tell_owner(
        &mut self,
        now: Time,
        (from, target): (IpAddr, IpAddr),
        owner: Mac,
        peer: Peer,
        form: Form,
    ) {
        self.bucket.force(now);
        self.out.push(Action::Send(Out::HandOver {
            from,
            target,
            owner,
            peer: peer.mac,
            peer_addr: peer.addr,
            form,
        }));
    }

    /// The network has changed, or may have.
    pub fn network(&mut self, now: Time, network: Network) {
        if network == self.network {
            return;
        }
        let moved = network.moved_from(&self.network);
        self.network = network;
        let addrs: Vec<IpAddr> = self.entries.keys().copied().collect();
        for addr in addrs {
            let forbidden = self.network.source_for(&self.settings, addr).is_err();
            let reason = if moved {
                Reason::Moved
            } else if forbidden {
                Reason::Forbidden
            } else {
                continue;
            };
            self.with(addr, |machine, entry| {
                machine.withdraw(now, addr, entry, reason)
            });
        }
        if moved {
            self.paused_until = now.plus(self.settings.pause.max(1));
            self.note(Note::Moved);
        }
    }

    /// Ends what is taken or about to be; what is held stays held.
    fn withdraw(&mut self, now: Time, addr: IpAddr, entry: &mut Entry, reason: Reason) {
        match entry.state {
            State::Taken(_) => self.give_back(now, addr, entry, reason, None),
            State::Probing { .. } => {
                entry.state = State::free();
                entry.queued = None;
            }
            State::Free { .. } | State::Held(_) => {}
        }
    }

    /// The operator gives an address back.
    pub fn release(&mut self, now: Time, addr: IpAddr) {
        if !self.concerns(addr) {
            return;
        }
        self.with(addr, |machine, entry| {
            machine.withdraw(now, addr, entry, Reason::Operator);
            let hold = machine.settings.hold.max(LEAST_HOLD);
            entry.hold(now.plus(hold), None);
            start_chase(now, entry);
        });
    }

    /// The operator forbids an address until the daemon ends.
    pub fn exclude(&mut self, now: Time, addr: IpAddr) {
        let excluded = &mut self.settings.exclude;
        if !excluded.iter().any(|range| range.contains(addr)) {
            excluded.push(Range::from(addr));
        }
        self.release(now, addr);
    }

    /// The operator wants an address taken. It is asked for as any other.
    pub fn capture(&mut self, now: Time, addr: IpAddr) -> Result<(), Refusal> {
        if let Err(why) = self.network.source_for(&self.settings, addr) {
            return Err(Refusal::Never(why));
        }
        if !self.live(now) {
            return Err(Refusal::Paused);
        }
        if self.alarmed() {
            return Err(Refusal::Alarm);
        }
        if self.taken.saturating_add(self.probing) >= self.settings.max {
            return Err(Refusal::Full);
        }
        let mut result = Ok(());
        self.with(addr, |_, entry| {
            result = match &entry.state {
                State::Probing { .. } | State::Taken(_) => Err(Refusal::Already),
                State::Held(held) if held.last.is_some_and(|at| now.since(at) < LEAST_HOLD) => {
                    Err(Refusal::InUse)
                }
                _ => Ok(()),
            };
            if result.is_ok() {
                entry.queued = None;
                entry.state = State::Probing { sent: 0, next: now };
            }
        });
        result
    }

    /// What is remembered of hosts: address, owner, and how long each is left alone.
    pub fn hosts(&self, now: Time) -> impl Iterator<Item = (IpAddr, Option<Mac>, u64)> + '_ {
        self.states().filter_map(move |(addr, state)| match state {
            State::Held(held) => Some((addr, held.owner, held.until.since(now))),
            _ => None,
        })
    }

    /// Leaves an address alone for `left` milliseconds, as was remembered.
    pub fn remember(&mut self, now: Time, addr: IpAddr, owner: Option<Mac>, left: u64) {
        if self.concerns(addr) && left > 0 {
            self.with(addr, |_, entry| {
                entry.hold_for_host(now, now.plus(left.min(LONGEST_HOLD)), owner);
            });
        }
    }
}

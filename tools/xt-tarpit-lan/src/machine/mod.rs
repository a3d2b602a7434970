// SPDX-License-Identifier: GPL-2.0
//! The state machine: which addresses are taken, what is asked, answered and given back.
//!
//! ```text
//!            the same asker again                 silence after the last question
//!     FREE ────────────────────────▶ PROBING ────────────────────────────────▶ TAKEN
//!      ▲                                │                                        │
//!      │ the hold ends                  │ a frame from the address, or a claim   │
//!      └──────────────── HELD ◀─────────┴────────────────────────────────────────┘
//! ```
//!
//! It has neither clock nor socket: time and what was heard come in (`tick`, `hear`, `network`),
//! and actions go out (`drain`). What was heard must come in before the tick of its time, because a
//! tick takes what it has not heard for silence.

mod alarm;
mod bucket;
mod change;
mod counters;
mod entry;
mod hear;
mod timers;

pub use change::Refusal;
pub use counters::{Counters, Reason, Suppressed};
pub use entry::{Held, State, Taken};

use crate::frame::{Mac, Out};
use crate::network::Network;
use crate::settings::Settings;
use crate::time::{Ms, Time, SECOND};
use alarm::Alarm;
use bucket::Bucket;
use entry::{Entry, Rank};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// If a tick comes this late, frames may have been lost, for example because the host slept.
const LATE: Ms = 2 * SECOND;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Send(Out),
    /// The address joins the set, or leaves it.
    Take(IpAddr),
    Release(IpAddr),
    Note(Note),
}

/// What the journal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    Taken(IpAddr),
    Released {
        addr: IpAddr,
        reason: Reason,
        owner: Option<Mac>,
    },
    /// The address had been released within the hour, or a DHCP client has declined it.
    Repeated(IpAddr),
    Declined(IpAddr, Mac),
    HandedOver {
        addr: IpAddr,
        owner: Mac,
        peers: usize,
    },
    /// Too many owners have been found; nothing more is taken for a while.
    Alarm(usize),
    AlarmOver,
    Moved,
    Resumed,
    Lost,
}

/// A host that has asked for an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    pub mac: Mac,
    pub addr: IpAddr,
}

pub struct Machine {
    settings: Settings,
    network: Network,
    entries: BTreeMap<IpAddr, Entry>,
    /// When each entry is due, and which wait for a token to ask: their rank, their turn.
    timers: BTreeSet<(Time, IpAddr)>,
    queue: BTreeSet<(Rank, u64, IpAddr)>,
    turn: u64,
    bucket: Bucket,
    /// Checks get at most half of the tokens, so that many taken addresses cannot use up all.
    checks: Bucket,
    alarm: Alarm,
    quiet_until: Time,
    paused_until: Time,
    taken: usize,
    probing: usize,
    counters: Counters,
    out: Vec<Action>,
}

impl Machine {
    pub fn new(now: Time, settings: Settings, network: Network) -> Self {
        Self {
            bucket: Bucket::new(now, settings.arp_rate),
            checks: Bucket::new(now, settings.arp_rate / 2),
            settings,
            network,
            entries: BTreeMap::new(),
            timers: BTreeSet::new(),
            queue: BTreeSet::new(),
            turn: 0,
            alarm: Alarm::default(),
            quiet_until: Time::default(),
            paused_until: Time::default(),
            taken: 0,
            probing: 0,
            counters: Counters::default(),
            out: Vec::new(),
        }
    }

    /// What is to be done since the last call, in order.
    pub fn drain(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.out)
    }

    /// When `tick` must be called next.
    pub fn next(&self) -> Option<Time> {
        let timer = self.timers.first().map(|&(due, _)| due);
        let tokens = Rank::ALL
            .into_iter()
            .filter(|&rank| self.first_of(rank).is_some())
            .map(|rank| self.token_at(rank));
        tokens.chain(timer).chain(self.resume_at()).min()
    }

    /// Time has passed, and all frames up to now were heard.
    pub fn tick(&mut self, now: Time) {
        if self.next().is_some_and(|due| now.since(due) > LATE) {
            self.lost(now);
        }
        self.end_pauses(now);
        while let Some(&(due, addr)) = self.timers.first() {
            if due > now {
                break;
            }
            self.with(addr, |machine, entry| machine.due(now, addr, entry));
        }
        self.pump(now);
    }

    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    pub fn network_now(&self) -> &Network {
        &self.network
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How many addresses are taken.
    pub fn taken(&self) -> usize {
        self.taken
    }

    pub fn alarmed(&self) -> bool {
        self.alarm.until().is_some()
    }

    pub fn paused(&self, now: Time) -> bool {
        !self.live(now)
    }

    /// All addresses of which something is known.
    pub fn states(&self) -> impl Iterator<Item = (IpAddr, &State)> {
        self.entries
            .iter()
            .map(|(&addr, entry)| (addr, &entry.state))
    }

    pub fn state(&self, addr: IpAddr) -> Option<&State> {
        self.entries.get(&addr).map(|entry| &entry.state)
    }

    /// Whether anything may be sent now.
    fn live(&self, now: Time) -> bool {
        self.network.up && now >= self.paused_until
    }

    fn note(&mut self, note: Note) {
        self.out.push(Action::Note(note));
    }

    fn concerns(&self, addr: IpAddr) -> bool {
        self.settings
            .ranges
            .iter()
            .any(|range| range.contains(addr))
    }

    /// Changes an entry, and keeps timers, queue and numbers in step with it.
    fn with(&mut self, addr: IpAddr, change: impl FnOnce(&mut Self, &mut Entry)) {
        let mut entry = self.entries.remove(&addr).unwrap_or_default();
        if let Some(due) = entry.due {
            self.timers.remove(&(due, addr));
        }
        if let Some((rank, turn)) = entry.queued {
            self.queue.remove(&(rank, turn, addr));
        }
        self.count(&entry, false);
        change(self, &mut entry);
        self.count(&entry, true);
        entry.due = entry.next_due(&self.settings);
        if let Some(due) = entry.due {
            self.timers.insert((due, addr));
        }
        if let Some((rank, turn)) = entry.queued {
            self.queue.insert((rank, turn, addr));
        }
        if !entry.is_blank() {
            self.entries.insert(addr, entry);
        }
    }

    fn count(&mut self, entry: &Entry, add: bool) {
        let number = match entry.state {
            State::Taken(_) => &mut self.taken,
            State::Probing { .. } => &mut self.probing,
            _ => return,
        };
        *number = if add {
            number.saturating_add(1)
        } else {
            number.saturating_sub(1)
        };
    }

    fn turn(&mut self) -> u64 {
        self.turn = self.turn.saturating_add(1);
        self.turn
    }
}

#[cfg(test)]
mod tests;

// SPDX-License-Identifier: GPL-2.0
//! What is known of one address.

use super::Peer;
use crate::frame::Mac;
use crate::settings::Settings;
use crate::time::{Ms, Time, DAY, MINUTE, SECOND};

/// How many hosts are remembered that have asked for a free address.
pub const ASKERS: usize = 4;
/// How many hosts are remembered that were answered.
pub const PEERS: usize = 64;
/// How many of these are still remembered after the address was given up, the last ones.
const KEPT: usize = 4;
/// For how long: their caches may have our MAC address. Linux keeps it while it has few entries.
const KEPT_FOR: Ms = 2 * DAY;
/// How long a peer counts as held after its last packet: window probes come every two minutes.
const HELD_FOR: Ms = 150 * SECOND;
/// How long after a claim to ask for the new owner of the address, each time.
pub const CHASE: [Ms; 6] = [
    1_500,
    3 * SECOND,
    5 * SECOND,
    10 * SECOND,
    30 * SECOND,
    MINUTE,
];

/// The time after which a handover is sent again: the first one may be lost or ignored.
pub const AGAIN: Ms = 1_500;
/// The least time between two questions because a peer still sends to us.
pub const LOOK_AGAIN: Ms = 1_500;

/// Which question is sent first if tokens are few. The order is: before an answer or a handover, to
/// check a taken address, for a peer that still sends to us, to continue with an address, to start
/// with one. So addresses are taken one after the other, not all at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    Urgent,
    Check,
    Look,
    Probe,
    Start,
}

impl Rank {
    pub const ALL: [Self; 5] = [
        Self::Urgent,
        Self::Check,
        Self::Look,
        Self::Probe,
        Self::Start,
    ];

    /// Whether its questions share the tokens of checks.
    pub fn is_check(self) -> bool {
        matches!(self, Self::Check | Self::Look)
    }

    /// The percentage of the tokens that it leaves to others.
    pub fn reserve(self) -> u32 {
        match self {
            Self::Urgent => 0,
            Self::Check | Self::Look => 25,
            Self::Probe | Self::Start => 50,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Not taken. Who has asked for it, and when first.
    Free {
        askers: Vec<(Mac, Time)>,
    },
    /// Questions are asked; `next` is when the next one is due, or when the silence is long enough.
    Probing {
        sent: u8,
        next: Time,
    },
    Taken(Taken),
    Held(Held),
}

/// An address that is answered for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub since: Time,
    /// When a question remained without an answer last.
    pub checked: Option<Time>,
    /// When the question was asked that may still be answered.
    pub asked: Option<Time>,
    /// Who waits for the end of this question.
    pub waiting: Vec<Peer>,
    /// When a peer asked for it or sent to it last.
    pub used: Time,
}

/// An address that is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub until: Time,
    pub owner: Option<Mac>,
    /// When a host used or claimed it last.
    pub last: Option<Time>,
    /// The search for the owner: when it began, and how many questions were asked.
    pub chase: Option<(Time, usize)>,
    /// When the owner's MAC address is sent again, and to which peers.
    pub again: Option<(Time, Vec<Peer>)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// How many times it was claimed; frames of one claim within a minute count once.
    pub claims: u32,
    pub claimed: Option<Time>,
    /// When it was last released to an owner.
    pub released: Option<Time>,
    /// When a peer was last answered.
    pub answered: Option<Time>,
    /// When it was last asked for because a peer still sends to us.
    pub asked: Option<Time>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub state: State,
    pub history: History,
    /// The peers that we have answered, which must hear of a new owner.
    pub peers: Vec<Peer>,
    pub due: Option<Time>,
    /// It waits for a token to ask.
    pub queued: Option<(Rank, u64)>,
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            state: State::free(),
            history: History::default(),
            peers: Vec::new(),
            due: None,
            queued: None,
        }
    }
}

impl State {
    pub fn free() -> Self {
        Self::Free { askers: Vec::new() }
    }
}

impl Taken {
    pub fn new(now: Time) -> Self {
        Self {
            since: now,
            checked: None,
            asked: None,
            waiting: Vec::new(),
            used: now,
        }
    }

    /// Whether a peer may be held by it.
    pub fn holds_peer(&self, now: Time) -> bool {
        now.since(self.used) < HELD_FOR && self.used > self.since
    }

    /// When to ask for it again.
    pub fn next_check(&self, settings: &Settings) -> Time {
        let last = self.checked.unwrap_or(self.since);
        let soon = last.plus(settings.recheck);
        if soon <= self.used.plus(HELD_FOR) {
            soon
        } else {
            last.plus(settings.idle_recheck)
        }
    }

    fn next_due(&self, settings: &Settings, queued: bool) -> Time {
        let idle = self.used.plus(settings.idle);
        match self.asked {
            Some(asked) => asked.plus(settings.wait),
            None if queued => idle,
            None => idle.min(self.next_check(settings)),
        }
    }
}

impl Held {
    /// When to ask for the owner next.
    pub fn next_chase(&self) -> Option<Time> {
        let (since, asked) = self.chase?;
        CHASE.get(asked).map(|&pause| since.plus(pause))
    }

    fn next_due(&self, queued: bool) -> Time {
        let again = self.again.as_ref().map(|&(at, _)| at);
        let chase = self.next_chase().filter(|_| !queued);
        [again, chase]
            .into_iter()
            .flatten()
            .fold(self.until, Time::min)
    }
}

impl Entry {
    /// A host uses or claims the address: it is left alone until then.
    pub fn hold_for_host(&mut self, now: Time, until: Time, owner: Option<Mac>) {
        self.hold(until, owner);
        if let State::Held(held) = &mut self.state {
            held.last = Some(now);
        }
    }

    /// Leaves the address alone until then, or for longer if it is already.
    pub fn hold(&mut self, until: Time, owner: Option<Mac>) {
        self.queued = match &self.state {
            State::Held(_) => self.queued,
            _ => None,
        };
        match &mut self.state {
            State::Held(held) => {
                held.until = held.until.max(until);
                held.owner = owner.or(held.owner);
            }
            state => {
                *state = State::Held(Held {
                    until,
                    owner,
                    last: None,
                    chase: None,
                    again: None,
                });
            }
        }
    }

    /// When the state needs attention next, if nothing is heard.
    pub fn next_due(&self, settings: &Settings) -> Option<Time> {
        let queued = self.queued.is_some();
        match &self.state {
            State::Free { askers } => askers
                .iter()
                .map(|&(_, first)| first.plus(settings.window).plus(1))
                .chain(self.forget_at())
                .min(),
            State::Probing { next, .. } => (!queued).then_some(*next),
            State::Taken(taken) => Some(taken.next_due(settings, queued)),
            State::Held(held) => Some(held.next_due(queued)),
        }
    }

    /// It is no longer taken or held: of its peers the last ones are kept.
    pub fn set_free(&mut self) {
        self.state = State::free();
        self.queued = None;
        let old = self.peers.len().saturating_sub(KEPT);
        self.peers.drain(..old);
    }

    /// When claims, releases and peers no longer count.
    pub fn forget_at(&self) -> Option<Time> {
        let history = &self.history;
        let last = history
            .claimed
            .max(history.released)
            .max(history.answered)?;
        Some(last.plus(KEPT_FOR))
    }

    /// Whether nothing is known of the address.
    pub fn is_blank(&self) -> bool {
        matches!(&self.state, State::Free { askers } if askers.is_empty())
            && self.history == History::default()
            && self.peers.is_empty()
            && self.queued.is_none()
    }
}

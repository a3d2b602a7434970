// SPDX-License-Identifier: GPL-2.0
//! The counters: their numbers, and what adds to them. `metrics` shows them.

#![forbid(unsafe_code)]

use crate::policy::{
    age::{self, ActivityKind, Age, PeerActivity},
    census::SynKind,
};
use crate::{drop_reason::DropReason, policy::Mode, wire::Family};

pub(crate) const FAMILIES: [(Family, &str); 2] = [(Family::V4, "ipv4"), (Family::V6, "ipv6")];
pub(crate) const MODES: [Mode; 4] = [
    Mode::Tarpit { window: 0 },
    Mode::Persist { window: 0 },
    Mode::Honeypot { window: 0 },
    Mode::Reset,
];
/// The number of counters of one family: replies by mode, then drops by reason.
const PER_FAMILY: usize = MODES.len() + DropReason::COUNT;
/// The first counters of peer activity in each mode; see [`activity`].
pub(crate) const TARPIT: usize = FAMILIES.len() * PER_FAMILY;
pub(crate) const PERSIST: usize = TARPIT + activity::COUNT;
pub(crate) const HONEYPOT: usize = PERSIST + activity::COUNT;
/// The first counters of the packets of tarpit devices and of conntrack helpers; see [`packet_by`].
pub(crate) const DEVICE: usize = HONEYPOT + activity::COUNT;
pub(crate) const HELPER: usize = DEVICE + 2 * FAMILIES.len();
/// The same of the frames of XDP.
pub(crate) const XDP: usize = HELPER + 2 * FAMILIES.len();

/// Counters of connections that were up before the rule; see [`live`].
pub(crate) const LIVE: usize = XDP + 2 * FAMILIES.len();

/// SYNs by their sender; see [`syn`].
const CENSUS: usize = LIVE + live::COUNT;

/// The number of counters.
pub(crate) const COUNT: usize = CENSUS + FAMILIES.len() * SynKind::ALL.len();

/// The offsets of the counters of these connections; the first two are as in [`activity`].
pub(crate) mod live {
    use super::activity;

    pub(crate) const PROBE: usize = activity::PAYLOAD + 1;
    pub(crate) const COUNT: usize = PROBE + 1;
}

/// The offsets of the counters of peer activity in one mode.
///
/// A segment adds to the counter of its kind, to the sum of ages and to that of payload. The
/// metrics are computed from these counters when they are read.
pub(crate) mod activity {
    use super::age;

    /// The sum of ages in milliseconds. C relies on this offset and the next.
    pub(crate) const AGES: usize = 0;
    /// The sum of payload in bytes.
    pub(crate) const PAYLOAD: usize = 1;
    pub(crate) const HANDSHAKE: usize = 2;
    pub(crate) const HANDSHAKE_NO_TIMESTAMPS: usize = 3;
    /// Content that may have completed a handshake. It also counts as a probe of the first range.
    pub(crate) const FIRST_CONTENT: usize = 4;
    /// Probes by the range of their age.
    pub(crate) const PROBE: usize = 5;
    pub(crate) const PROBE_IMPLAUSIBLE: usize = PROBE + age::RANGES;
    pub(crate) const PROBE_NO_TIMESTAMPS: usize = PROBE_IMPLAUSIBLE + 1;
    pub(crate) const PROBE_AT_UNA: usize = PROBE_NO_TIMESTAMPS + 1;
    pub(crate) const COUNT: usize = PROBE_AT_UNA + 1;
}

/// An event that is counted by family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A reply was sent.
    Reply(Mode),
    /// A segment got no reply.
    Dropped(DropReason),
}

impl Event {
    /// The number of this event's counter, below [`COUNT`].
    pub(crate) fn index(self, family: Family) -> usize {
        let base = match family {
            Family::V4 => 0,
            Family::V6 => PER_FAMILY,
        };
        let offset = match self {
            Self::Reply(Mode::Tarpit { .. }) => 0,
            Self::Reply(Mode::Persist { .. }) => 1,
            Self::Reply(Mode::Honeypot { .. }) => 2,
            Self::Reply(Mode::Reset) => 3,
            Self::Dropped(reason) => MODES.len().wrapping_add(reason.number()),
        };
        base.wrapping_add(offset)
    }
}

/// The counter of packets that came by an entrance ([`DEVICE`], [`HELPER`] or [`XDP`]),
/// and whether they got a reply. They are among the [`Event`]s too.
pub(crate) const fn packet_by(entrance: usize, family: Family, answered: bool) -> usize {
    let offset = match (family, answered) {
        (Family::V4, true) => 0,
        (Family::V4, false) => 1,
        (Family::V6, true) => 2,
        (Family::V6, false) => 3,
    };
    entrance.wrapping_add(offset)
}

/// The number of the counter of SYNs of this kind.
pub(crate) const fn syn(family: Family, kind: SynKind) -> usize {
    let base = match family {
        Family::V4 => CENSUS,
        Family::V6 => CENSUS.wrapping_add(SynKind::ALL.len()),
    };
    base.wrapping_add(kind.number())
}

/// The change of a mode's counters by a verified segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CounterUpdate {
    /// The first of the mode's counters, the sum of ages; the next is the sum of payload.
    pub(crate) first: usize,
    /// The counter of the segment's kind, which increases by one.
    pub(crate) kind: usize,
    /// The age in milliseconds, for the first counter.
    pub(crate) age: u32,
    /// The payload in bytes, for the second counter.
    pub(crate) payload: u32,
}

impl CounterUpdate {
    /// The update for `activity` in `mode`; `None` in a mode that holds no peer.
    #[inline(always)]
    pub(crate) fn new(mode: Mode, activity: &PeerActivity) -> Option<Self> {
        let first = match mode {
            Mode::Tarpit { .. } => TARPIT,
            Mode::Persist { .. } => PERSIST,
            Mode::Honeypot { .. } => HONEYPOT,
            Mode::Reset => return None,
        };
        let (kind, age) = match activity.kind {
            ActivityKind::Handshake { timestamps: true } => (activity::HANDSHAKE, 0),
            ActivityKind::Handshake { timestamps: false } => (activity::HANDSHAKE_NO_TIMESTAMPS, 0),
            ActivityKind::FirstContent(age) => (activity::FIRST_CONTENT, age),
            ActivityKind::KeepaliveAtUna => (activity::PROBE_AT_UNA, 0),
            ActivityKind::Live => return Some(Self::live(activity.payload)),
            ActivityKind::Probe(Age::NoTimestamps) => (activity::PROBE_NO_TIMESTAMPS, 0),
            ActivityKind::Probe(Age::Implausible) => (activity::PROBE_IMPLAUSIBLE, 0),
            ActivityKind::Probe(Age::Known(age)) => (
                activity::PROBE.wrapping_add(age::range(age)),
                age.min(age::CAP),
            ),
        };
        Some(Self {
            first,
            kind: first.wrapping_add(kind),
            age,
            payload: activity.payload,
        })
    }

    /// The update for a connection that was up before the rule.
    const fn live(payload: u32) -> Self {
        Self {
            first: LIVE,
            kind: LIVE.wrapping_add(live::PROBE),
            age: 0,
            payload,
        }
    }
}

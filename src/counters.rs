// SPDX-License-Identifier: GPL-2.0
//! The counters, and the metrics that show them.

#![forbid(unsafe_code)]

use crate::policy::age::{self, ActivityKind, Age, PeerActivity};
use crate::prometheus::{
    counter, head, sample, Sink,
    Value::{Number, Seconds, Text},
};
use crate::{drop_reason::DropReason, policy::Mode, wire::Family};

const FAMILIES: [(Family, &str); 2] = [(Family::V4, "ipv4"), (Family::V6, "ipv6")];
const MODES: [Mode; 4] = [
    Mode::Tarpit { window: 0 },
    Mode::Persist { window: 0 },
    Mode::Honeypot { window: 0 },
    Mode::Reset,
];
/// The modes that hold a peer, each with the first of its counters.
const HOLDING: [(&str, usize); 3] = [
    (Mode::Tarpit { window: 0 }.name(), TARPIT),
    (Mode::Persist { window: 0 }.name(), PERSIST),
    (Mode::Honeypot { window: 0 }.name(), HONEYPOT),
];

/// The holding modes that know una and thus recognise the first content.
const KNOW_UNA: [(&str, usize); 2] = [HOLDING[0], HOLDING[1]];

/// The number of counters of one family: replies by mode, then drops by reason.
const PER_FAMILY: usize = MODES.len() + DropReason::COUNT;
/// The first counters of peer activity in each mode; see [`activity`].
const TARPIT: usize = FAMILIES.len() * PER_FAMILY;
const PERSIST: usize = TARPIT + activity::COUNT;
const HONEYPOT: usize = PERSIST + activity::COUNT;
/// The first counters of the packets of tarpit devices and of conntrack helpers; see [`packet_by`].
pub(crate) const DEVICE: usize = HONEYPOT + activity::COUNT;
pub(crate) const HELPER: usize = DEVICE + 2 * FAMILIES.len();

/// Counters of connections that were up before the rule; see [`live`].
const LIVE: usize = HELPER + 2 * FAMILIES.len();

/// The number of counters.
pub(crate) const COUNT: usize = LIVE + live::COUNT;

/// The offsets of the counters of these connections; the first two are as in [`activity`].
mod live {
    use super::activity;

    pub(super) const PROBE: usize = activity::PAYLOAD + 1;
    pub(super) const COUNT: usize = PROBE + 1;
}

/// The offsets of the counters of peer activity in one mode.
///
/// A segment adds to the counter of its kind, to the sum of ages and to that of payload. The
/// metrics are computed from these counters when they are read.
mod activity {
    use super::age;

    /// The sum of ages in milliseconds. C relies on this offset and the next.
    pub(super) const AGES: usize = 0;
    /// The sum of payload in bytes.
    pub(super) const PAYLOAD: usize = 1;
    pub(super) const HANDSHAKE: usize = 2;
    pub(super) const HANDSHAKE_NO_TIMESTAMPS: usize = 3;
    /// It also counts as a probe of the first range.
    pub(super) const FIRST_CONTENT: usize = 4;
    /// Probes by the range of their age.
    pub(super) const PROBE: usize = 5;
    pub(super) const PROBE_IMPLAUSIBLE: usize = PROBE + age::RANGES;
    pub(super) const PROBE_NO_TIMESTAMPS: usize = PROBE_IMPLAUSIBLE + 1;
    pub(super) const PROBE_AT_UNA: usize = PROBE_NO_TIMESTAMPS + 1;
    pub(super) const COUNT: usize = PROBE_AT_UNA + 1;
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

/// The number of the counter of packets that came by an entrance, [`DEVICE`] or [`HELPER`], and
/// whether they got a reply. They are among the [`Event`]s too.
pub(crate) const fn packet_by(entrance: usize, family: Family, answered: bool) -> usize {
    let offset = match (family, answered) {
        (Family::V4, true) => 0,
        (Family::V4, false) => 1,
        (Family::V6, true) => 2,
        (Family::V6, false) => 3,
    };
    entrance.wrapping_add(offset)
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

/// Writes all metrics; `value` reads the counter with an index.
pub(crate) fn write(out: &mut impl Sink, value: impl Fn(usize) -> u64) {
    write_fates(out, &value);
    write_peers(out, &value);
    write_probes(out, &value);
    write_ages(out, &value);
    write_live(out, &value);
    write_entrances(out, &value);
}

/// Replies and drops.
fn write_fates(out: &mut impl Sink, value: &impl Fn(usize) -> u64) {
    let name = "xt_tarpit_replies_total";
    counter(out, name, "Replies sent, by mode of the rule.");
    for (family, label) in FAMILIES {
        for mode in MODES {
            let value = value(Event::Reply(mode).index(family));
            let labels = [("family", Text(label)), ("mode", Text(mode.name()))];
            sample(out, name, &labels, Number(value));
        }
    }
    let name = "xt_tarpit_ignored_total";
    counter(out, name, "Packets dropped without a reply, by reason.");
    for (family, label) in FAMILIES {
        for reason in DropReason::ALL {
            let value = value(Event::Dropped(reason).index(family));
            let labels = [("family", Text(label)), ("reason", Text(reason.name()))];
            sample(out, name, &labels, Number(value));
        }
    }
}

/// Handshakes and payload of verified peers.
fn write_peers(out: &mut impl Sink, value: &impl Fn(usize) -> u64) {
    let name = "xt_tarpit_handshakes_total";
    let help =
        "Handshakes completed by an empty ACK; without timestamps, keepalives may be among them.";
    counter(out, name, help);
    for (mode, base) in HOLDING {
        for (place, timestamps) in [
            (activity::HANDSHAKE, "yes"),
            (activity::HANDSHAKE_NO_TIMESTAMPS, "no"),
        ] {
            let value = value(base.wrapping_add(place));
            let labels = [("mode", Text(mode)), ("timestamps", Text(timestamps))];
            sample(out, name, &labels, Number(value));
        }
    }
    let name = "xt_tarpit_handshakes_by_content_total";
    let help =
        "Content that may have completed a handshake, with early repetitions; needs timestamps.";
    counter(out, name, help);
    for (mode, base) in KNOW_UNA {
        let value = value(base.wrapping_add(activity::FIRST_CONTENT));
        sample(out, name, &[("mode", Text(mode))], Number(value));
    }
    let name = "xt_tarpit_payload_bytes_total";
    counter(
        out,
        name,
        "Payload bytes of connected peers, which the host discards.",
    );
    for (mode, base) in HOLDING {
        let value = value(base.wrapping_add(activity::PAYLOAD));
        sample(out, name, &[("mode", Text(mode))], Number(value));
    }
}

/// Segments of verified peers after the handshake.
fn write_probes(out: &mut impl Sink, value: &impl Fn(usize) -> u64) {
    let name = "xt_tarpit_probes_total";
    let help = "Segments of connected peers: probes, keepalives, data, FIN.";
    counter(out, name, help);
    for (mode, base) in HOLDING {
        let all = activity::FIRST_CONTENT..activity::COUNT;
        let value: u64 = all
            .map(|place| value(base.wrapping_add(place)))
            .fold(0, u64::wrapping_add);
        sample(out, name, &[("mode", Text(mode))], Number(value));
    }
    let name = "xt_tarpit_unaged_probes_total";
    counter(out, name, "Probes without an age that counts.");
    for (mode, base) in HOLDING {
        for (place, reason) in [
            (activity::PROBE_IMPLAUSIBLE, "Implausible"),
            (activity::PROBE_NO_TIMESTAMPS, "NoTimestamps"),
            (activity::PROBE_AT_UNA, "AtUna"),
        ] {
            let value = value(base.wrapping_add(place));
            let labels = [("mode", Text(mode)), ("reason", Text(reason))];
            sample(out, name, &labels, Number(value));
        }
    }
}

/// The ages of those segments.
fn write_ages(out: &mut impl Sink, value: &impl Fn(usize) -> u64) {
    let help = "Time since we last answered the peer of a probe; in tarpit, since its handshake.";
    head(out, "xt_tarpit_probe_age_seconds", "histogram", help);
    for (mode, base) in HOLDING {
        // First content is younger than the first bound.
        let mut count = value(base.wrapping_add(activity::FIRST_CONTENT));
        let bounds = age::BOUNDS.iter().map(Some).chain([None]);
        for (range, bound) in (activity::PROBE..activity::PROBE_IMPLAUSIBLE).zip(bounds) {
            count = count.wrapping_add(value(base.wrapping_add(range)));
            let bound = bound.map_or(Text("+Inf"), |bound| Number(u64::from(bound / 1000)));
            let labels = [("mode", Text(mode)), ("le", bound)];
            sample(
                out,
                "xt_tarpit_probe_age_seconds_bucket",
                &labels,
                Number(count),
            );
        }
        let labels = [("mode", Text(mode))];
        let sum = Seconds(value(base.wrapping_add(activity::AGES)));
        sample(out, "xt_tarpit_probe_age_seconds_sum", &labels, sum);
        sample(
            out,
            "xt_tarpit_probe_age_seconds_count",
            &labels,
            Number(count),
        );
    }
    let name = "xt_tarpit_persist_seconds_total";
    let help = "Time for which persist has held peers, if they use timestamps.";
    counter(out, name, help);
    let time = Seconds(value(PERSIST.wrapping_add(activity::AGES)));
    sample(out, name, &[], time);
}

/// Connections that were up before the rule.
fn write_live(out: &mut impl Sink, value: &impl Fn(usize) -> u64) {
    for (name, help, place) in [
        (
            "xt_tarpit_live_probes_total",
            "Answered segments of connections that were up before the rule, in persist.",
            live::PROBE,
        ),
        (
            "xt_tarpit_live_payload_bytes_total",
            "Payload bytes of these segments, which the host discards.",
            activity::PAYLOAD,
        ),
    ] {
        counter(out, name, help);
        sample(out, name, &[], Number(value(LIVE.wrapping_add(place))));
    }
}

/// Writes for each entrance but a rule of x_tables how many packets came by it.
fn write_entrances(out: &mut impl Sink, value: &impl Fn(usize) -> u64) {
    let name = "xt_tarpit_entrance_packets_total";
    let help = "Those of the replies and drops above that came by another entrance than a rule.";
    counter(out, name, help);
    for (entrance, first) in [("device", DEVICE), ("helper", HELPER)] {
        for (family, label) in FAMILIES {
            for (answered, word) in [(true, "yes"), (false, "no")] {
                let value = value(packet_by(first, family, answered));
                let labels = [
                    ("entrance", Text(entrance)),
                    ("family", Text(label)),
                    ("answered", Text(word)),
                ];
                sample(out, name, &labels, Number(value));
            }
        }
    }
}

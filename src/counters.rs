// SPDX-License-Identifier: GPL-2.0
//! What is counted, and how it is told: Prometheus' text exposition format 0.0.4.

#![forbid(unsafe_code)]

use crate::policy::age::{self, Age, Heard, Sign};
use crate::{ignored::Ignored, policy::Mode, wire::Family};
use core::fmt::{self, Write};

const FAMILIES: [(Family, &str); 2] = [(Family::V4, "ipv4"), (Family::V6, "ipv6")];
const MODES: [Mode; 4] = [
    Mode::Tarpit { window: 0 },
    Mode::Persist,
    Mode::Honeypot { window: 0 },
    Mode::Reset,
];
/// Those modes that hold a peer, so that it is heard from again, by the first of their counters.
const HOLDING: [(&str, usize); 3] = [
    (Mode::Tarpit { window: 0 }.name(), TARPIT),
    (Mode::Persist.name(), PERSIST),
    (Mode::Honeypot { window: 0 }.name(), HONEYPOT),
];

/// Those of them that know una, so that content proves itself the first.
const KNOW_UNA: [(&str, usize); 2] = [HOLDING[0], HOLDING[1]];

/// Counters of one family: replies by mode, then silences by reason.
const PER_FAMILY: usize = MODES.len() + Ignored::COUNT;
/// Counters of what is heard in one mode; see [`heard`].
const TARPIT: usize = FAMILIES.len() * PER_FAMILY;
const PERSIST: usize = TARPIT + heard::COUNT;
const HONEYPOT: usize = PERSIST + heard::COUNT;

/// How many counters there are.
pub(crate) const COUNT: usize = HONEYPOT + heard::COUNT;

/// What is heard in one mode, by the place of its counter.
///
/// A segment adds to its kind's counter, to the sum of ages and to that of payload, and to no
/// other. All that is told is computed from these when it is read.
mod heard {
    use super::age;

    /// In milliseconds. C knows this place and the next.
    pub(super) const AGES: usize = 0;
    /// In bytes.
    pub(super) const PAYLOAD: usize = 1;
    pub(super) const HANDSHAKE: usize = 2;
    pub(super) const HANDSHAKE_NO_TIMESTAMPS: usize = 3;
    /// Also a probe, of the first range.
    pub(super) const FIRST_CONTENT: usize = 4;
    /// Probes by the range of their age.
    pub(super) const PROBE: usize = 5;
    pub(super) const PROBE_IMPLAUSIBLE: usize = PROBE + age::RANGES;
    pub(super) const PROBE_NO_TIMESTAMPS: usize = PROBE_IMPLAUSIBLE + 1;
    pub(super) const PROBE_AT_UNA: usize = PROBE_NO_TIMESTAMPS + 1;
    pub(super) const COUNT: usize = PROBE_AT_UNA + 1;
}

/// One thing that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A reply was sent.
    Reply(Mode),
    /// A segment got no reply.
    Ignored(Ignored),
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
            Self::Reply(Mode::Persist) => 1,
            Self::Reply(Mode::Honeypot { .. }) => 2,
            Self::Reply(Mode::Reset) => 3,
            Self::Ignored(reason) => MODES.len().wrapping_add(reason.number()),
        };
        base.wrapping_add(offset)
    }
}

/// What a verified segment adds to the counters of its mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    /// The first of the mode's counters: that of ages, and the next is that of payload.
    pub(crate) first: usize,
    /// The counter of the segment's kind, to which it adds one.
    pub(crate) kind: usize,
    /// Milliseconds, for the first counter.
    pub(crate) age: u32,
    /// Bytes, for the second.
    pub(crate) payload: u32,
}

impl Tally {
    /// What `heard` adds in `mode`; nothing in one that holds nobody.
    #[inline(always)]
    pub(crate) fn new(mode: Mode, heard: &Heard) -> Option<Self> {
        let first = match mode {
            Mode::Tarpit { .. } => TARPIT,
            Mode::Persist => PERSIST,
            Mode::Honeypot { .. } => HONEYPOT,
            Mode::Reset => return None,
        };
        let (kind, age) = match heard.sign {
            Sign::Handshake { timestamps: true } => (heard::HANDSHAKE, 0),
            Sign::Handshake { timestamps: false } => (heard::HANDSHAKE_NO_TIMESTAMPS, 0),
            Sign::FirstContent(age) => (heard::FIRST_CONTENT, age),
            Sign::KeepaliveAtUna => (heard::PROBE_AT_UNA, 0),
            Sign::Probe(Age::NoTimestamps) => (heard::PROBE_NO_TIMESTAMPS, 0),
            Sign::Probe(Age::Implausible) => (heard::PROBE_IMPLAUSIBLE, 0),
            Sign::Probe(Age::Known(age)) => (
                heard::PROBE.wrapping_add(age::range(age)),
                age.min(age::CAP),
            ),
        };
        Some(Self {
            first,
            kind: first.wrapping_add(kind),
            age,
            payload: heard.payload,
        })
    }
}

/// Writes all counters; `value` reads the one of a number.
pub(crate) fn write(out: &mut impl Write, value: impl Fn(usize) -> u64) -> fmt::Result {
    write_fates(out, &value)?;
    write_peers(out, &value)?;
    write_probes(out, &value)?;
    write_ages(out, &value)
}

/// What became of packets.
fn write_fates(out: &mut impl Write, value: &impl Fn(usize) -> u64) -> fmt::Result {
    let name = "xt_tarpit_replies_total";
    counter(out, name, "Replies sent, by mode of the rule.")?;
    for (family, label) in FAMILIES {
        for mode in MODES {
            let value = value(Event::Reply(mode).index(family));
            let mode = mode.name();
            writeln!(out, "{name}{{family=\"{label}\",mode=\"{mode}\"}} {value}")?;
        }
    }
    let name = "xt_tarpit_ignored_total";
    counter(out, name, "Packets dropped without a reply, by reason.")?;
    for (family, label) in FAMILIES {
        for reason in Ignored::ALL {
            let value = value(Event::Ignored(reason).index(family));
            let reason = reason.name();
            writeln!(
                out,
                "{name}{{family=\"{label}\",reason=\"{reason}\"}} {value}"
            )?;
        }
    }
    Ok(())
}

/// What peers did who got our SYN-ACK.
fn write_peers(out: &mut impl Write, value: &impl Fn(usize) -> u64) -> fmt::Result {
    let name = "xt_tarpit_handshakes_total";
    counter(
        out,
        name,
        "Handshakes completed by an empty ACK; without timestamps, keepalives may be among them.",
    )?;
    for (mode, base) in HOLDING {
        for (place, timestamps) in [
            (heard::HANDSHAKE, "yes"),
            (heard::HANDSHAKE_NO_TIMESTAMPS, "no"),
        ] {
            let value = value(base.wrapping_add(place));
            writeln!(
                out,
                "{name}{{mode=\"{mode}\",timestamps=\"{timestamps}\"}} {value}"
            )?;
        }
    }
    let name = "xt_tarpit_handshakes_by_content_total";
    counter(
        out,
        name,
        "Content that may have completed a handshake, with early repetitions; needs timestamps.",
    )?;
    for (mode, base) in KNOW_UNA {
        let value = value(base.wrapping_add(heard::FIRST_CONTENT));
        writeln!(out, "{name}{{mode=\"{mode}\"}} {value}")?;
    }
    let name = "xt_tarpit_payload_bytes_total";
    counter(out, name, "Bytes that peers have sent for nothing.")?;
    for (mode, base) in HOLDING {
        let value = value(base.wrapping_add(heard::PAYLOAD));
        writeln!(out, "{name}{{mode=\"{mode}\"}} {value}")?;
    }
    Ok(())
}

/// What they sent after the handshake.
fn write_probes(out: &mut impl Write, value: &impl Fn(usize) -> u64) -> fmt::Result {
    let name = "xt_tarpit_probes_total";
    counter(
        out,
        name,
        "Segments of connected peers: probes, keepalives, data, FIN.",
    )?;
    for (mode, base) in HOLDING {
        let all = heard::FIRST_CONTENT..heard::COUNT;
        let value: u64 = all
            .map(|place| value(base.wrapping_add(place)))
            .fold(0, u64::wrapping_add);
        writeln!(out, "{name}{{mode=\"{mode}\"}} {value}")?;
    }
    let name = "xt_tarpit_unaged_probes_total";
    counter(out, name, "Those of them without an age that counts.")?;
    for (mode, base) in HOLDING {
        for (place, reason) in [
            (heard::PROBE_IMPLAUSIBLE, "Implausible"),
            (heard::PROBE_NO_TIMESTAMPS, "NoTimestamps"),
            (heard::PROBE_AT_UNA, "AtUna"),
        ] {
            let value = value(base.wrapping_add(place));
            writeln!(out, "{name}{{mode=\"{mode}\",reason=\"{reason}\"}} {value}")?;
        }
    }
    Ok(())
}

/// How old those were that have an age.
fn write_ages(out: &mut impl Write, value: &impl Fn(usize) -> u64) -> fmt::Result {
    let name = "xt_tarpit_probe_age_seconds";
    let help = "Time since we last answered the peer of a probe; in tarpit, since it is held.";
    head(out, name, "histogram", help)?;
    for (mode, base) in HOLDING {
        // All of it is younger than the first bound.
        let mut count = value(base.wrapping_add(heard::FIRST_CONTENT));
        let bounds = age::BOUNDS.iter().map(Some).chain([None]);
        for (range, bound) in (heard::PROBE..heard::PROBE_IMPLAUSIBLE).zip(bounds) {
            count = count.wrapping_add(value(base.wrapping_add(range)));
            write!(out, "{name}_bucket{{mode=\"{mode}\",le=\"")?;
            match bound {
                Some(bound) => writeln!(out, "{}\"}} {count}", bound / 1000)?,
                None => writeln!(out, "+Inf\"}} {count}")?,
            }
        }
        let sum = Seconds(value(base.wrapping_add(heard::AGES)));
        writeln!(out, "{name}_sum{{mode=\"{mode}\"}} {sum}")?;
        writeln!(out, "{name}_count{{mode=\"{mode}\"}} {count}")?;
    }
    let name = "xt_tarpit_persist_seconds_total";
    counter(
        out,
        name,
        "Time for which persist has held peers, if they use timestamps.",
    )?;
    writeln!(
        out,
        "{name} {}",
        Seconds(value(PERSIST.wrapping_add(heard::AGES)))
    )
}

/// Milliseconds, told in seconds.
struct Seconds(u64);

impl fmt::Display for Seconds {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{:03}", self.0 / 1000, self.0 % 1000)
    }
}

fn counter(out: &mut impl Write, name: &str, help: &str) -> fmt::Result {
    head(out, name, "counter", help)
}

fn head(out: &mut impl Write, name: &str, kind: &str, help: &str) -> fmt::Result {
    writeln!(out, "# HELP {name} {help}")?;
    writeln!(out, "# TYPE {name} {kind}")
}

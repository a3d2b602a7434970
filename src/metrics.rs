// SPDX-License-Identifier: GPL-2.0
//! The metrics: the text of /proc/net/xt_TARPIT.

#![forbid(unsafe_code)]

use crate::counters::{
    activity, live, packet_by, syn, Event, DEVICE, FAMILIES, HELPER, HONEYPOT, LIVE, MODES,
    PERSIST, TARPIT, XDP,
};
use crate::drop_reason::DropReason;
use crate::policy::{age, census::SynKind, Mode};
use crate::prometheus::{
    counter, head, sample, Sink,
    Value::{Number, Seconds, Text},
};

/// The modes that hold a peer, each with the first of its counters.
const HOLDING: [(&str, usize); 3] = [
    (Mode::Tarpit { window: 0 }.name(), TARPIT),
    (Mode::Persist { window: 0 }.name(), PERSIST),
    (Mode::Honeypot { window: 0 }.name(), HONEYPOT),
];

/// The holding modes that know una and thus recognise the first content.
const KNOW_UNA: [(&str, usize); 2] = [HOLDING[0], HOLDING[1]];

/// Writes all metrics; `value` reads the counter with an index.
pub(crate) fn write(out: &mut impl Sink, value: impl Fn(usize) -> u64) {
    write_fates(out, &value);
    write_census(out, &value);
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

/// SYNs by what has sent them.
fn write_census(out: &mut impl Sink, value: &impl Fn(usize) -> u64) {
    let name = "xt_tarpit_syns_total";
    counter(
        out,
        name,
        "SYNs by what seems to have sent them; easily forged.",
    );
    for (family, label) in FAMILIES {
        for kind in SynKind::ALL {
            let labels = [("family", Text(label)), ("kind", Text(kind.name()))];
            sample(out, name, &labels, Number(value(syn(family, kind))));
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
    for (entrance, first) in [("device", DEVICE), ("helper", HELPER), ("xdp", XDP)] {
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

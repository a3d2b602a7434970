// SPDX-License-Identifier: GPL-2.0
//! The reply to a segment, by section 3 of docs/behaviour.md.

use crate::bytes::{ACK, FIN, RST, SYN};
use crate::Reason;

/// The mode of the rule, with its `--window`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Tarpit { window: u16 },
    Persist { window: u16 },
    Honeypot { window: u16 },
    Reset,
}

/// The properties of a segment that decide.
#[derive(Clone, Copy, Debug)]
pub struct Segment {
    pub flags: u8,
    pub seq: u32,
    pub ack: u32,
    pub window: u16,
    /// Bytes of payload.
    pub payload: u32,
    /// Its checksum is right, or need not be verified.
    pub whole: bool,
    /// It echoes a clock of ours that is more than ten seconds old.
    pub late: bool,
    /// What connection tracking knows of its connection.
    pub tracked: Option<Tracked>,
}

/// The numbers of a connection that was up before the rule (section 12).
#[derive(Clone, Copy, Debug)]
pub struct Tracked {
    /// The highest acknowledgement of the server.
    pub una: u32,
    /// The end of what it has sent.
    pub next: u32,
    /// The largest windows, the server's and the peer's.
    pub windows: [u32; 2],
}

/// A reply's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    pub flags: u8,
    /// None is the ISS.
    pub seq: Option<u32>,
    pub ack: u32,
    pub window: u16,
}

/// The position of a verified segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    AtUna,
    BeforeUna,
    Anywhere,
}

/// The decision on a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    pub reply: Result<Reply, Reason>,
    /// The IRS of the connection, if the reply needs its number; 0 in the mode where the
    /// number does not depend on it.
    pub irs: Option<u32>,
    /// The segment's position, if the peer's activity is counted.
    pub observed: Option<Place>,
}

fn silence(reason: Reason) -> Decision {
    Decision {
        reply: Err(reason),
        irs: None,
        observed: None,
    }
}

fn reply((flags, seq, ack, window): (u8, Option<u32>, u32, u16), irs: Option<u32>) -> Decision {
    Decision {
        reply: Ok(Reply {
            flags,
            seq,
            ack,
            window,
        }),
        irs,
        observed: None,
    }
}

/// Decides on a segment; `iss` is the number of the connection with this IRS, if it is known.
pub fn decide(mode: Mode, segment: &Segment, iss: impl Fn(u32) -> Option<u32>) -> Decision {
    let has = |flag: u8| segment.flags & flag != 0;
    let odd = (has(SYN) && has(FIN)) || (!has(SYN) && !has(ACK));
    if has(RST) {
        return silence("IsReset");
    }
    if odd && mode != Mode::Reset {
        return silence("OddFlags");
    }
    if has(SYN) && has(ACK) && matches!(mode, Mode::Tarpit { .. }) {
        return silence("NotOurs");
    }
    let connected = mode != Mode::Reset && !has(SYN);
    let wanted = match mode {
        Mode::Reset => refusal(segment),
        _ if has(SYN) && has(ACK) => refusal(segment),
        _ if has(SYN) => syn_ack(mode, segment),
        Mode::Honeypot { window } => honeypot(window, segment, iss),
        _ => stuck(mode, segment, iss),
    };
    let wanted = match segment.tracked {
        Some(tracked) if live(mode, segment, &wanted, tracked) => held_live(segment, tracked),
        _ => wanted,
    };
    if !segment.whole && !(connected && wanted.reply == Err("Unverified")) {
        return silence("BadChecksum");
    }
    wanted
}

fn content(segment: &Segment) -> u32 {
    segment.payload + u32::from(segment.flags & FIN != 0)
}

fn refusal(segment: &Segment) -> Decision {
    if segment.flags & ACK != 0 {
        return reply((RST, Some(segment.ack), 0, 0), None);
    }
    let all = content(segment) + u32::from(segment.flags & SYN != 0);
    let ack = segment.seq.wrapping_add(all);
    reply((RST | ACK, Some(0), ack, 0), None)
}

fn syn_ack(mode: Mode, segment: &Segment) -> Decision {
    let (window, irs) = match mode {
        Mode::Tarpit { window } | Mode::Persist { window } => (window, segment.seq),
        Mode::Honeypot { window } => (window, 0),
        _ => (0, segment.seq),
    };
    let ack = segment.seq.wrapping_add(1);
    reply((SYN | ACK, None, ack, window), Some(irs))
}

fn honeypot(window: u16, segment: &Segment, iss: impl Fn(u32) -> Option<u32>) -> Decision {
    let Some(next) = iss(0).map(|iss| iss.wrapping_add(1)) else {
        return silence("Unverified");
    };
    if segment.ack == next.wrapping_add(1) {
        return silence("Finished");
    }
    if segment.ack != next {
        return silence("Unverified");
    }
    let all = segment.seq.wrapping_add(content(segment));
    let flags = ACK | segment.flags & FIN;
    Decision {
        observed: Some(Place::Anywhere),
        ..match content(segment) {
            0 if segment.late && segment.window != 0 => {
                reply((ACK, Some(next), all.wrapping_add(1), window), Some(0))
            }
            0 => silence("Held"),
            _ => reply((flags, Some(next), all, window), Some(0)),
        }
    }
}

fn stuck(mode: Mode, segment: &Segment, iss: impl Fn(u32) -> Option<u32>) -> Decision {
    let mut places = [(1, Place::AtUna), (0, Place::BeforeUna)];
    // Both verify only once in 2^32 times; then the likelier position counts.
    if content(segment) == 0 {
        places.reverse();
    }
    let found = places.into_iter().find_map(|(back, place)| {
        let irs = segment.seq.wrapping_sub(back);
        (iss(irs)?.wrapping_add(1) == segment.ack).then_some((irs, place))
    });
    let Some((irs, place)) = found else {
        return silence("Unverified");
    };
    let una = irs.wrapping_add(1);
    let persist = matches!(mode, Mode::Persist { .. });
    if persist && segment.payload == 0 && segment.window == 0 {
        return silence("WindowShut");
    }
    let answered = persist && (content(segment) != 0 || place == Place::BeforeUna);
    Decision {
        irs: Some(irs),
        observed: Some(place),
        ..match answered {
            false => silence("Held"),
            true => reply((ACK, Some(segment.ack), una, 0), Some(irs)),
        }
    }
}

/// Whether the segment belongs to a connection that was up before the rule.
fn live(mode: Mode, segment: &Segment, wanted: &Decision, tracked: Tracked) -> bool {
    let [ours, theirs] = tracked.windows.map(|window| i64::from(window.min(1 << 30)));
    // The number closest to the other one, so that no sum wraps.
    let near = |number: u32, base: u32| i64::from(number.wrapping_sub(base) as i32);
    let (place, acknowledged) = (
        near(segment.seq, tracked.una),
        near(segment.ack, tracked.next),
    );
    matches!(mode, Mode::Persist { .. })
        && segment.flags & SYN == 0
        && wanted.reply == Err("Unverified")
        && (-ours - 1..=ours).contains(&place)
        && (-theirs.max(66_000)..=0).contains(&acknowledged)
}

fn held_live(segment: &Segment, tracked: Tracked) -> Decision {
    let before = (segment.seq.wrapping_sub(tracked.una) as i32) < 0;
    match (content(segment), segment.window) {
        (_, 0) if segment.payload == 0 => silence("WindowShut"),
        (0, _) if !before => silence("Held"),
        (0, _) | (_, 0) => reply((ACK, Some(segment.ack), tracked.una, 0), None),
        _ => {
            let next = segment.ack.wrapping_add(1);
            reply((ACK, Some(next), tracked.una, 0), None)
        }
    }
}

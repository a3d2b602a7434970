// SPDX-License-Identifier: GPL-2.0
//! What a verified segment shows about its peer, without state: the peer's activity, and how long
//! ago we last answered it. A peer with timestamps echoes our clock (RFC 7323, section 3).
//!
//! In `--tarpit` the only reply is the SYN-ACK, so the age is the time for which the peer has been
//! held. In `--persist` each reply has a new TSval, so the ages of the answered probes add up to
//! that time.

use super::has_content;
use crate::wire::Segment;

/// The inclusive upper bounds of the ranges of ages, in milliseconds; the last range is above all
/// of them. Orphans of Linux give up within the fourth range, writers within the sixth.
pub(crate) const BOUNDS: [u32; 10] = [
    1_000,
    10_000,
    60_000,
    300_000,
    900_000,
    1_800_000,
    3_600_000,
    21_600_000,
    86_400_000,
    604_800_000,
];

/// The number of ranges.
pub(crate) const RANGES: usize = BOUNDS.len().wrapping_add(1);

/// The most milliseconds that one segment adds to a sum, so that a forged age adds little. This is
/// two hours, the shortest default interval of keepalives (RFC 9293, section 3.8.4), plus a quarter
/// of an hour in case some of them are lost.
pub(crate) const CAP: u32 = 8_100_000;

/// The greatest age in milliseconds of an empty ACK that completes a handshake.
///
/// A later one is a keepalive.
const HANDSHAKE: u32 = 10_000;

/// The greatest age in milliseconds of content that may complete a handshake.
///
/// It allows for a round trip and a delayed acknowledgement, at most 0.5 seconds (RFC 9293,
/// section 3.8.6.3). BSD's first window probe, which has one byte, follows after five seconds.
const FIRST_CONTENT: u32 = 1_000;

/// How long ago we last answered a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Age {
    /// In milliseconds.
    Known(u32),
    /// The echoed clock is ahead of ours: it has been rewritten or forged.
    Implausible,
    /// The peer does not use timestamps.
    NoTimestamps,
}

impl Age {
    /// The age of the timestamp that `segment` echoes; `clock` reads the TSval of a reply to it.
    ///
    /// As in RFC 7323, section 5.2, half of all values count as past: up to 24.8 days.
    #[inline(always)]
    pub(crate) fn of(segment: &Segment<'_>, clock: impl FnOnce() -> u32) -> Self {
        let Some(timestamps) = segment.options().timestamps else {
            return Self::NoTimestamps;
        };
        let age = clock().wrapping_sub(timestamps.echo);
        if age >> 31 == 0 {
            Self::Known(age)
        } else {
            Self::Implausible
        }
    }
}

impl Age {
    /// Whether the peer was answered so long ago that an empty ACK completes no handshake.
    pub(crate) const fn is_late(self) -> bool {
        matches!(self, Self::Known(age) if age > HANDSHAKE)
    }

    /// The age, if it is known.
    pub(crate) const fn milliseconds(self) -> Option<u32> {
        match self {
            Self::Known(age) => Some(age),
            Self::Implausible | Self::NoTimestamps => None,
        }
    }
}

/// The number of the range that contains `age`, below [`RANGES`].
#[inline(always)]
pub(crate) fn range(age: u32) -> usize {
    let mut range = 0_usize;
    for bound in BOUNDS {
        range = range.wrapping_add(usize::from(age > bound));
    }
    range
}

/// What the peer is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ActivityKind {
    /// It completes the handshake.
    Handshake {
        /// Whether the age proves it. Without timestamps a keepalive at una looks the same.
        timestamps: bool,
    },
    /// Content at una of this age in milliseconds: the first, or an early retransmission of it.
    FirstContent(u32),
    /// A keepalive at una. It gets no reply, so its age must not add to a sum.
    KeepaliveAtUna,
    /// A segment of a connection that was up before the rule. Its timestamps are not ours.
    Live,
    /// It is still connected: a window probe, a keepalive, data, FIN.
    Probe(Age),
}

/// What the counters learn from a verified segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PeerActivity {
    /// What the peer is doing.
    pub(crate) kind: ActivityKind,
    /// The bytes of payload in this segment.
    pub(crate) payload: u32,
}

/// Where a segment starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SeqPosition {
    /// At una, as the handshake's ACK does.
    AtUna,
    /// One before una, as probes and keepalives do.
    BeforeUna,
    /// Unknown, because numbers advance in this mode.
    Anywhere,
}

impl PeerActivity {
    /// Evaluates a segment; `clock` reads the TSval of a reply to it.
    ///
    /// A byte before una is not payload: it has the SYN's number and belongs to a keepalive.
    #[inline(always)]
    pub(crate) fn new(
        segment: &Segment<'_>,
        clock: impl Fn() -> u32,
        position: SeqPosition,
    ) -> Self {
        let before_una = u32::from(position == SeqPosition::BeforeUna);
        Self {
            kind: ActivityKind::of(segment, clock, position),
            payload: segment.payload.saturating_sub(before_una),
        }
    }
}

impl PeerActivity {
    /// A segment of a connection that was up before the rule.
    #[inline(always)]
    pub(super) const fn live(segment: &Segment<'_>) -> Self {
        Self {
            kind: ActivityKind::Live,
            payload: segment.payload,
        }
    }
}

impl ActivityKind {
    /// Classifies a segment by its position, its content and its age.
    ///
    /// Without state, a retransmission looks like the first segment. An empty ACK is rarely
    /// retransmitted, content often is; so a handshake completed by content has its own counter.
    #[inline(always)]
    fn of(segment: &Segment<'_>, clock: impl Fn() -> u32, position: SeqPosition) -> Self {
        let age = Age::of(segment, clock);
        if position == SeqPosition::BeforeUna {
            return Self::Probe(age);
        }
        let at_una = position == SeqPosition::AtUna;
        match (has_content(segment), age) {
            (true, Age::Known(age)) if at_una && age <= FIRST_CONTENT => Self::FirstContent(age),
            (true, age) => Self::Probe(age),
            (false, age) if age.is_late() && at_una => Self::KeepaliveAtUna,
            (false, age) if age.is_late() => Self::Probe(age),
            (false, Age::Known(_)) => Self::Handshake { timestamps: true },
            (false, Age::Implausible | Age::NoTimestamps) => Self::Handshake { timestamps: false },
        }
    }
}

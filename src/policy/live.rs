// SPDX-License-Identifier: GPL-2.0
//! `--persist` for connections that were up before the rule: connection tracking knows how far each
//! side has come, and that takes the place of the cookie.

#![forbid(unsafe_code)]

use super::has_content;
use crate::{
    drop_reason::DropReason,
    wire::{Ack, Reply, Segment, Seq, Timestamps},
};

/// What connection tracking has seen of an established connection. "Ours" is the side that the
/// segment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tracked {
    /// The highest acknowledgement of ours.
    pub(crate) una: Seq,
    /// The end of what our side has sent.
    pub(crate) next: Seq,
    /// The largest window that our side has offered, in bytes.
    pub(crate) our_window: u32,
    /// The largest window that the peer has offered, in bytes.
    pub(crate) peer_window: u32,
}

/// A peer whose segment fits a tracked connection.
pub(crate) struct LivePeer {
    una: Seq,
}

/// The largest window that TCP knows, 65535 << 14 (RFC 7323, section 2.3), rounded up.
const LARGEST: u32 = 1 << 30;

/// How many bytes an ACK may be behind, even if the peer's window is smaller. Connection tracking
/// allows as many.
const LATE_ACKS: u32 = 66_000;

/// Checks that a segment's numbers lie in both windows.
///
/// Connection tracking has not checked this: it also attaches the connection to segments that it
/// ignores, and to all segments if `nf_conntrack_tcp_be_liberal` is set.
#[inline(always)] // A function of its own would need the segment in memory.
pub(crate) fn verify(segment: &Segment<'_>, tracked: &Tracked) -> Option<LivePeer> {
    let ours = tracked.our_window.min(LARGEST);
    let theirs = tracked.peer_window.clamp(LATE_ACKS, LARGEST);
    let unacknowledged = distance(segment.ack(), tracked.next);
    let place = distance(tracked.una.minus(ours).minus(1), segment.seq());
    let places = ours.wrapping_mul(2).wrapping_add(1);
    let una = tracked.una;
    (unacknowledged <= theirs && place <= places).then_some(LivePeer { una })
}

/// Acknowledges what our side has acknowledged, and shuts the window.
///
/// The sequence number is what the peer expects. With content it is one more, unless the peer has
/// shut its window: Linux 6.1 ignores a window that shrinks to 0 at an equal number. The
/// timestamps are the peer's own, exchanged: no older value passes its check (RFC 7323, section 5),
/// and a newer one would make it drop what the server sends.
///
/// # Errors
///
/// `WindowShut` for what looks like a reply of ours, `Held` for an empty ACK that is no probe.
#[inline(always)]
pub(crate) fn decide(segment: &Segment<'_>, peer: &LivePeer) -> Result<Reply, DropReason> {
    if segment.payload == 0 && segment.window() == 0 {
        return Err(DropReason::WindowShut);
    }
    let content = has_content(segment);
    if !content && !is_before(segment.seq(), peer.una) {
        return Err(DropReason::Held);
    }
    let ahead = content && segment.window() != 0;
    Ok(Reply::Ack(Ack {
        seq: segment.ack().plus(u32::from(ahead)),
        ack: peer.una,
        window: 0,
        timestamps: segment.options().timestamps.map(|theirs| Timestamps {
            value: theirs.echo,
            echo: theirs.value,
        }),
    }))
}

/// How far `to` is behind `from`.
const fn distance(from: Seq, to: Seq) -> u32 {
    to.0.wrapping_sub(from.0)
}

/// Whether `a` comes before `b` (RFC 9293, section 3.4).
const fn is_before(a: Seq, b: Seq) -> bool {
    distance(b, a) >> 31 != 0
}

// SPDX-License-Identifier: GPL-2.0
//! The counters of one tarpit device.

#![forbid(unsafe_code)]

use crate::drop_reason::DropReason;

/// Bytes of the packets that the device was sent, from the link-layer header on.
pub(crate) const TAKEN_BYTES: usize = 0;
/// Bytes of the replies, from the link-layer header on.
pub(crate) const REPLY_BYTES: usize = TAKEN_BYTES + 1;
/// Replies.
pub(crate) const REPLIES: usize = REPLY_BYTES + 1;
/// Of these, replies to frames of XDP that the lower device did not take.
pub(crate) const UNSENT: usize = REPLIES + 1;
/// Of these, replies to echo requests.
pub(crate) const ECHOES: usize = UNSENT + 1;
/// Packets that are neither IPv4 nor IPv6, or too short for its header.
pub(crate) const NOT_IP: usize = ECHOES + 1;
/// Echo requests beyond the limit.
pub(crate) const LIMITED: usize = NOT_IP + 1;
/// Packets without a reply, by reason.
const REASONS: usize = LIMITED + 1;

/// The number of counters.
pub(crate) const COUNT: usize = REASONS + DropReason::COUNT;

/// The counter of a reason.
#[inline(always)]
pub(crate) const fn dropped(reason: DropReason) -> usize {
    REASONS.wrapping_add(reason.number())
}

/// The name of a counter of packets, as `ethtool -S` shows it.
pub(crate) fn name(index: usize) -> Option<&'static str> {
    match index {
        REPLIES => Some("replies"),
        UNSENT => Some("unsent"),
        ECHOES => Some("echoes"),
        NOT_IP => Some("NotIp"),
        LIMITED => Some("Limited"),
        _ => {
            let reason = DropReason::ALL.get(index.checked_sub(REASONS)?)?;
            Some(reason.name())
        }
    }
}

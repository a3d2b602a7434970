// SPDX-License-Identifier: GPL-2.0
//! The tracepoints for frames of XDP.

use super::bindings;
use crate::kapi::trace::{milliseconds, text};
use crate::reflect::Traced;
use crate::wire::{tcp, Family};

/// Fires for the reply in a frame.
#[cold]
#[inline(never)]
pub(super) fn reply(reply: &Traced<'_>) {
    let (packet, length, offset) = placed(reply);
    let (ipv6, mode, age) = (
        reply.family == Family::V6,
        text(reply.mode),
        milliseconds(reply.age),
    );
    // SAFETY: The packet has so many bytes. Its TCP header starts at `offset`, unless that is 0.
    unsafe { bindings::tarpit_trace_frame_reply(packet, length, offset, ipv6, mode, age) };
}

/// Fires for a frame's packet that gets no reply.
#[cold]
#[inline(never)]
pub(super) fn ignored(seen: &Traced<'_>, reason: &str) {
    let (packet, length, offset) = placed(seen);
    let (ipv6, mode, age) = (
        seen.family == Family::V6,
        text(seen.mode),
        milliseconds(seen.age),
    );
    let reason = text(reason);
    // SAFETY: As above.
    unsafe {
        bindings::tarpit_trace_frame_ignored(packet, length, offset, ipv6, mode, reason, age);
    };
}

/// Where a packet is, its length, and the offset of its TCP header: 0 if that is not all there.
fn placed(seen: &Traced<'_>) -> (*const u8, u32, u32) {
    let end = seen.offset.saturating_add(tcp::HEADER);
    let offset = if end <= seen.packet.len() {
        seen.offset
    } else {
        0
    };
    // No frame is so long that a length does not fit.
    let number = |size| u32::try_from(size).unwrap_or(0);
    (
        seen.packet.as_ptr(),
        number(seen.packet.len()),
        number(offset),
    )
}

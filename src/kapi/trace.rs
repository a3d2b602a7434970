// SPDX-License-Identifier: GPL-2.0
//! The tracepoints `xt_tarpit:reply` and `xt_tarpit:ignored`; disabled, they cost one test.

use super::{
    bindings::{self, tarpit_packet},
    xdp,
};
use crate::reflect::Traced;
use crate::wire::{tcp, Family};
use core::ptr::NonNull;
use kernel::bindings::sk_buff;

/// Fires for a reply that is about to be sent; `age` is in milliseconds.
#[cold]
#[inline(never)]
pub(super) fn reply(skb: NonNull<sk_buff>, ipv6: bool, mode: &str, age: Option<u32>) {
    let (mode, age) = (text(mode), milliseconds(age));
    // SAFETY: The caller has a valid skb with its headers, and the text is only read.
    unsafe { bindings::tarpit_trace_reply(skb.as_ptr(), ipv6, mode, age) };
}

/// Fires for a packet that gets no reply; `age` is in milliseconds.
#[cold]
#[inline(never)]
pub(super) fn ignored(packet: &tarpit_packet, mode: &str, reason: &str, age: Option<u32>) {
    let (mode, reason, age) = (text(mode), text(reason), milliseconds(age));
    // SAFETY: The caller has a valid packet, and the texts are only read.
    unsafe { bindings::tarpit_trace_ignored(packet, mode, reason, age) };
}

fn text(text: &str) -> bindings::tarpit_text {
    bindings::tarpit_text {
        start: text.as_ptr().cast(),
        length: text.len(),
    }
}

/// An unknown age is -1.
fn milliseconds(age: Option<u32>) -> i64 {
    age.map_or(-1, i64::from)
}

/// Fires for the reply in a frame.
#[cold]
#[inline(never)]
pub(super) fn frame_reply(reply: &Traced<'_>) {
    let (packet, length, offset) = placed(reply);
    let (ipv6, mode, age) = (
        reply.family == Family::V6,
        text(reply.mode),
        milliseconds(reply.age),
    );
    // SAFETY: The packet has so many bytes. Its TCP header starts at `offset`, unless that is 0.
    unsafe { xdp::bindings::tarpit_trace_frame_reply(packet, length, offset, ipv6, mode, age) };
}

/// Fires for a frame's packet that gets no reply.
#[cold]
#[inline(never)]
pub(super) fn frame_ignored(seen: &Traced<'_>, reason: &str) {
    let (packet, length, offset) = placed(seen);
    let (ipv6, mode, age) = (
        seen.family == Family::V6,
        text(seen.mode),
        milliseconds(seen.age),
    );
    let reason = text(reason);
    // SAFETY: As above.
    unsafe {
        xdp::bindings::tarpit_trace_frame_ignored(packet, length, offset, ipv6, mode, reason, age);
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

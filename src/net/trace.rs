// SPDX-License-Identifier: GPL-2.0
//! Tracepoints: `xt_tarpit:reply` and `xt_tarpit:ignored`, nearly free as long as nobody listens.

use super::{ffi, packet::Packet};
use core::ptr::NonNull;
use kernel::bindings::sk_buff;

/// Tells of a reply that is about to be sent; `age` is in milliseconds.
#[cold]
#[inline(never)]
pub(super) fn reply(skb: NonNull<sk_buff>, ipv6: bool, mode: &str, age: Option<u32>) {
    let (mode, age) = (text(mode), milliseconds(age));
    // SAFETY: The caller has a valid skb with its headers, and the text is only read.
    unsafe { ffi::tarpit_trace_reply(skb.as_ptr(), ipv6, mode, age) };
}

/// Tells of a packet that gets no answer, likewise.
#[cold]
#[inline(never)]
pub(super) fn ignored(packet: &Packet<'_>, mode: &str, reason: &str, age: Option<u32>) {
    let (mode, reason, age) = (text(mode), text(reason), milliseconds(age));
    // SAFETY: The packet is valid, by its invariant, and the texts are only read.
    unsafe { ffi::tarpit_trace_ignored(packet.look, mode, reason, age) };
}

fn text(text: &str) -> ffi::Text {
    ffi::Text {
        start: text.as_ptr(),
        length: text.len(),
    }
}

/// An age that nobody knows is -1.
fn milliseconds(age: Option<u32>) -> i64 {
    age.map_or(-1, i64::from)
}

// SPDX-License-Identifier: GPL-2.0
//! The tracepoints `xt_tarpit:reply` and `xt_tarpit:ignored`; disabled, they cost one test.

use super::bindings::{self, tarpit_packet};
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

pub(super) fn text(text: &str) -> bindings::tarpit_text {
    bindings::tarpit_text {
        start: text.as_ptr().cast(),
        length: text.len(),
    }
}

/// An unknown age is -1.
pub(super) fn milliseconds(age: Option<u32>) -> i64 {
    age.map_or(-1, i64::from)
}

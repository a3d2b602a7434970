// SPDX-License-Identifier: GPL-2.0
//! The reply as a packet of our own.

use super::{
    ffi::{self, Verdict},
    packet::Packet,
    route::Route,
    trace,
};
use crate::ignored::Ignored;
use core::{ffi::c_uint, mem::ManuallyDrop, ptr::NonNull, slice};
use kernel::bindings::{net, sk_buff};

/// A packet that has its route and is to be written. Forgetting it frees it; sending it ends it.
///
/// # Invariants
///
/// `skb` is valid, is ours alone, is linear and has a route. Its `length` bytes start at `data`,
/// and each has been written once. `net` is valid. If `packet` is none, that packet has become
/// this one.
pub(crate) struct Draft<'a> {
    skb: NonNull<sk_buff>,
    data: *mut u8,
    length: usize,
    net: *mut net,
    ipv6: bool,
    by_bridge: bool,
    traced: bool,
    packet: Option<Packet<'a>>,
}

impl<'a> Draft<'a> {
    /// Makes a packet of `length` bytes, IP header and all, that will take `route`.
    ///
    /// It is made of the packet's own memory where nobody else has a part in that, which spares an
    /// allocation and its end. What the bytes are before they are written is of no meaning.
    ///
    /// # Errors
    ///
    /// `TooBig`, `NoMemory`; the packet comes back.
    #[inline(always)]
    pub(crate) fn new(
        packet: Packet<'a>,
        length: usize,
        route: Route,
    ) -> Result<Self, (Packet<'a>, Ignored)> {
        if length > route.mtu() {
            return Err((packet, Ignored::TooBig));
        }
        let Ok(units) = c_uint::try_from(length) else {
            return Err((packet, Ignored::TooBig));
        };
        let look = packet.look;
        let (Reply { skb, data }, packet) = make(packet, units, &route)?;
        let by_bridge = route.by_bridge();
        route.give_away();
        // INVARIANT: Both ways give a linear packet that is ours and has taken over the route.
        Ok(Self {
            skb,
            data,
            length,
            net: look.net,
            ipv6: look.ipv6,
            by_bridge,
            traced: look.traced,
            packet,
        })
    }

    /// Its bytes, from the IP header on.
    pub(crate) fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: The skb is ours alone and linear, its `length` bytes start at `data`, and each
        // has been written at least once, by the invariant.
        unsafe { slice::from_raw_parts_mut(self.data, self.length) }
    }

    /// Marks the tracked connection that it belongs to, if any, as closing: it is refused.
    pub(crate) fn set_closing(&self) {
        // SAFETY: The skb is valid, by the invariant.
        unsafe { ffi::tarpit_reply_set_closing(self.skb.as_ptr()) };
    }

    /// Whether somebody listens to a tracepoint of ours.
    pub(crate) fn traced(&self) -> bool {
        self.traced
    }

    /// Lets whoever traces replies know.
    pub(crate) fn trace(&self, mode: &str, age: Option<u32>) {
        trace::reply(self.skb, self.ipv6, mode, age);
    }

    /// Sends the reply; the verdict says what has become of the packet that it answers.
    #[inline(always)]
    pub(crate) fn send(mut self) -> Verdict {
        let Some(packet) = self.packet.take() else {
            self.send_by_route();
            return Verdict::Stolen;
        };
        if self.by_bridge {
            self.send_by_bridge(&packet);
        } else {
            self.send_by_route();
        }
        Verdict::Drop
    }

    /// The source is the MAC address that the packet went to, as the peer expects; a routed
    /// reply has the bridge's own.
    fn send_by_bridge(self, packet: &Packet<'_>) {
        let this = ManuallyDrop::new(self);
        // SAFETY: Both are valid, by their invariants; a bridged packet has an Ethernet header and
        // its port, which the route was checked for. The kernel takes the skb over.
        unsafe { ffi::tarpit_reply_bridge(this.skb.as_ptr(), packet.look) };
    }

    fn send_by_route(self) {
        let this = ManuallyDrop::new(self);
        // SAFETY: The skb is valid, routed and complete; the kernel takes it over.
        unsafe { ffi::tarpit_reply_send(this.skb.as_ptr(), this.net, this.ipv6) };
    }
}

/// An skb of `shim/reply.c`, and where its bytes are.
struct Reply {
    skb: NonNull<sk_buff>,
    data: *mut u8,
}

impl Reply {
    /// None if C has made no skb.
    fn new(reply: ffi::Reply) -> Option<Self> {
        let data = reply.data;
        NonNull::new(reply.skb).map(|skb| Self { skb, data })
    }
}

/// Makes the packet itself the reply, or one beside it, which leaves the packet what it is.
#[inline(always)]
fn make<'a>(
    packet: Packet<'a>,
    length: c_uint,
    route: &Route,
) -> Result<(Reply, Option<Packet<'a>>), (Packet<'a>, Ignored)> {
    let (look, track, dst) = (packet.look, packet.may_be_tracked(), route.as_ptr());
    // A reply by a bridge needs the link layer of the packet too.
    if !route.by_bridge() {
        // SAFETY: The packet and the route are valid, by their invariants, and the packet is not
        // used again if it has been rewritten.
        let reply = unsafe { ffi::tarpit_reply_rewrite(look, length, dst, track) };
        if let Some(reply) = Reply::new(reply) {
            return Ok((reply, None));
        }
    }
    // SAFETY: Both are valid, by their invariants.
    match Reply::new(unsafe { ffi::tarpit_reply_alloc(look, length, dst, track) }) {
        Some(reply) => Ok((reply, Some(packet))),
        None => Err((packet, Ignored::NoMemory)),
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        // SAFETY: The skb is valid and ours, by the invariant, and ends here.
        unsafe { ffi::tarpit_reply_free(self.skb.as_ptr()) };
    }
}

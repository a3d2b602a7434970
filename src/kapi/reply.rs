// SPDX-License-Identifier: GPL-2.0
//! The reply as an skb.

use super::{
    bindings,
    packet::Packet,
    route::{Exit, Route},
    trace, Verdict,
};
use crate::drop_reason::DropReason;
use core::{mem::ManuallyDrop, ptr::NonNull, slice};
use kernel::bindings::sk_buff;

/// An skb that has its route and whose bytes are to be written. Dropping it frees it; sending it
/// consumes it.
///
/// # Invariants
///
/// `skb` is valid, unshared and linear, and has its route where it needs one. Its `length` bytes
/// start at `data`, all initialized. `raw` describes the packet that is answered. If `packet` is
/// `None`, that packet has become `skb`, and the skb that `raw` names must not be used.
pub(crate) struct ReplySkb<'a> {
    skb: NonNull<sk_buff>,
    data: *mut u8,
    length: usize,
    raw: &'a bindings::tarpit_packet,
    exit: Exit,
    packet: Option<Packet<'a>>,
}

impl<'a> ReplySkb<'a> {
    /// Makes an skb of `length` bytes, from the IP header on, that takes `route`.
    ///
    /// An unshared, linear packet is rewritten in place, which saves an allocation. The bytes have
    /// no meaning until they are written.
    ///
    /// # Errors
    ///
    /// `TooBig`, `NoMemory`; the packet comes back.
    #[inline(always)]
    pub(crate) fn new(
        packet: Packet<'a>,
        length: usize,
        route: Route,
    ) -> Result<Self, (Packet<'a>, DropReason)> {
        if length > route.mtu() {
            return Err((packet, DropReason::TooBig));
        }
        let Ok(bytes) = u32::try_from(length) else {
            return Err((packet, DropReason::TooBig));
        };
        let raw = packet.raw;
        let (Allocated { skb, data }, packet) = make(packet, bytes, &route)?;
        let exit = route.exit();
        let _ = route.into_raw();
        // INVARIANT: A rewritten and an allocated skb are both unshared and linear, and have that
        // length and the route.
        Ok(Self {
            skb,
            data,
            length,
            raw,
            exit,
            packet,
        })
    }

    /// The bytes from the IP header on.
    pub(crate) fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: The skb is unshared and linear, and its `length` initialized bytes start at
        // `data`, by the invariant.
        unsafe { slice::from_raw_parts_mut(self.data, self.length) }
    }

    /// Whether the packet has become the reply, with the bytes that it had.
    pub(crate) fn in_place(&self) -> bool {
        self.packet.is_none()
    }

    /// Marks the tracked connection of the reply, if any, as closing.
    pub(crate) fn set_closing(&self) {
        // SAFETY: The skb is valid, by the invariant.
        unsafe { bindings::tarpit_reply_set_closing(self.skb.as_ptr()) };
    }

    /// Whether a tracepoint of ours is enabled.
    pub(crate) fn traced(&self) -> bool {
        self.raw.traced
    }

    /// Fires the tracepoint for a reply.
    pub(crate) fn trace(&self, mode: &str, age: Option<u32>) {
        trace::reply(self.skb, self.raw.ipv6, mode, age);
    }

    /// Sends the reply; the verdict is that of the packet that it answers.
    #[inline(always)]
    pub(crate) fn send(mut self) -> Verdict {
        let packet = self.packet.take();
        match (self.exit, &packet) {
            (Exit::Bridge, Some(packet)) => self.send_by_bridge(packet),
            (Exit::Link(way), _) => self.send_by_link(way),
            _ => self.send_by_route(),
        }
        match packet {
            Some(_) => Verdict::Drop,
            None => Verdict::Stolen,
        }
    }

    /// Sends the reply by the packet's bridge port, from the MAC address that the packet went to.
    /// The peer expects that source; a routed reply has the bridge's own.
    fn send_by_bridge(self, packet: &Packet<'_>) {
        let this = ManuallyDrop::new(self);
        // SAFETY: Both are valid, by their invariants. The packet has an Ethernet header and its
        // bridge port, which the route lookup has checked. The kernel takes the skb over.
        unsafe { bindings::tarpit_reply_bridge(this.skb.as_ptr(), packet.raw) };
    }

    /// The MAC addresses are the packet's, swapped.
    #[inline(always)]
    fn send_by_link(self, way: u8) {
        let this = ManuallyDrop::new(self);
        // SAFETY: The skb is valid and complete, and has room for the link-layer header; the kernel
        // takes it over. The route was found for this way, so the device that it names is valid.
        unsafe { bindings::tarpit_reply_link(this.skb.as_ptr(), this.raw, way) };
    }

    fn send_by_route(self) {
        let this = ManuallyDrop::new(self);
        // SAFETY: The skb is valid, routed and complete; the kernel takes it over.
        unsafe { bindings::tarpit_reply_send(this.skb.as_ptr(), this.raw.net, this.raw.ipv6) };
    }
}

/// An skb made by C, and where its bytes start.
struct Allocated {
    skb: NonNull<sk_buff>,
    data: *mut u8,
}

impl Allocated {
    /// `None` if C has made no skb.
    fn new(reply: bindings::tarpit_reply) -> Option<Self> {
        let data = reply.data;
        NonNull::new(reply.skb).map(|skb| Self { skb, data })
    }
}

/// Rewrites the packet in place, or allocates a new skb and returns the packet with it.
#[inline(always)]
fn make<'a>(
    packet: Packet<'a>,
    length: u32,
    route: &Route,
) -> Result<(Allocated, Option<Packet<'a>>), (Packet<'a>, DropReason)> {
    let (raw, track, by) = (packet.raw, packet.may_be_tracked(), route.as_ptr());
    // A reply by a bridge port still needs the packet's Ethernet header.
    if route.exit() != Exit::Bridge {
        // SAFETY: The packet and the route are valid, by their invariants, and the packet is not
        // used again if it has been rewritten.
        let reply = unsafe { bindings::tarpit_reply_rewrite(raw, length, by, track) };
        if let Some(reply) = Allocated::new(reply) {
            return Ok((reply, None));
        }
    }
    // SAFETY: The packet and the route are valid, by their invariants.
    match Allocated::new(unsafe { bindings::tarpit_reply_alloc(raw, length, by, track) }) {
        Some(reply) => Ok((reply, Some(packet))),
        None => Err((packet, DropReason::NoMemory)),
    }
}

impl Drop for ReplySkb<'_> {
    fn drop(&mut self) {
        // SAFETY: The skb is valid and unshared, by the invariant, and not used again.
        unsafe { bindings::tarpit_reply_free(self.skb.as_ptr()) };
    }
}

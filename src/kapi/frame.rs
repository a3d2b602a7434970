// SPDX-License-Identifier: GPL-2.0
//! A packet that was sent to a tarpit device, before anything has checked it.

use super::{
    bindings::{self, tarpit_packet},
    netns::Netns,
    packet::{self, Headers, Packet},
};
use crate::drop_reason::DropReason;
use crate::policy::way::{Arrival, Origin, Way};

/// A packet in a tarpit device. It becomes a [`Packet`] when its length and its way back are known.
///
/// # Invariants
///
/// All pointers in `raw` are valid while this lives, no other code changes the skb, and `head` and
/// the lengths describe its data.
pub(crate) struct Frame<'a> {
    raw: &'a mut tarpit_packet,
}

impl<'a> Frame<'a> {
    /// Borrows a packet.
    ///
    /// # Safety
    ///
    /// The caller is the transmit function of a tarpit device, which has written all of `raw`.
    /// Until it returns, this code alone uses the skb.
    pub(crate) unsafe fn new(raw: &'a mut tarpit_packet) -> Self {
        // INVARIANT: By this function's contract.
        Self { raw }
    }

    /// The network namespace of the device.
    pub(crate) fn netns(&self) -> Netns<'a> {
        // SAFETY: The state is that of a valid namespace, by the invariant.
        unsafe { Netns::new(self.raw.netns) }
    }

    /// The bytes from the IP header on, at least as many as fit into `copy`.
    #[inline(always)]
    pub(crate) fn headers<'b>(&'b self, copy: &'b mut Headers) -> &'b [u8] {
        // SAFETY: The pointers are valid, and nothing changes the data, by the invariant.
        unsafe { packet::read(self.raw, copy) }
    }

    /// The number of bytes from the IP header on, perhaps with padding.
    pub(crate) fn len(&self) -> u32 {
        self.raw.length
    }

    /// Whether it is a super-packet, whose IP header may not state its length.
    pub(crate) fn super_packet(&self) -> bool {
        self.raw.arrival.gso
    }

    /// Cuts off what is behind the first `length` bytes.
    #[inline(always)]
    pub(crate) fn trim(&mut self, length: u32) {
        if length < self.raw.length {
            // SAFETY: The skb is valid, by the invariant, and C updates the description of its
            // data.
            unsafe { bindings::tarpit_trim(self.raw, length) };
        }
    }

    /// How it came to the device.
    #[inline(always)]
    pub(crate) fn arrival(&self) -> Arrival {
        let arrival = &self.raw.arrival;
        Arrival {
            origin: match bindings::tarpit_origin::from(arrival.origin) {
                bindings::TARPIT_FROM_HOST => Origin::Host,
                bindings::TARPIT_FROM_ETHERNET => Origin::Ethernet,
                bindings::TARPIT_FROM_TARPIT => Origin::Tarpit,
                _ => Origin::Other,
            },
            routed: arrival.routed,
            port: arrival.port,
            egress: arrival.egress.then_some(!arrival.sent.is_null()),
            ethernet: arrival.ethernet,
            ipsec: arrival.ipsec,
        }
    }

    /// The packet, whose reply leaves by this way.
    #[inline(always)]
    pub(crate) fn into_packet(self, way: Result<Way, DropReason>) -> Packet<'a> {
        let raw = self.raw;
        let way = match way {
            Ok(Way::Route) => bindings::TARPIT_BY_ROUTE,
            Ok(Way::Reflect) => bindings::TARPIT_REFLECT,
            Ok(Way::Receive) => bindings::TARPIT_RECEIVE,
            Ok(Way::ReceiveWhereSent) => bindings::TARPIT_RECEIVE_SENT,
            Err(_) => {
                raw.input_route = bindings::TARPIT_UNREACHABLE;
                bindings::TARPIT_BY_ROUTE
            }
        };
        raw.arrival.way = way as u8;
        // SAFETY: By the invariant; the device's transmit function stands for the hook.
        unsafe { Packet::new(raw) }
    }
}

/// The counters of a tarpit device.
///
/// # Invariants
///
/// `counters` points to `count` per-CPU numbers.
pub(crate) struct DeviceCounters {
    counters: *mut u64,
    count: usize,
}

impl DeviceCounters {
    /// Borrows the counters.
    ///
    /// # Safety
    ///
    /// There are `count` of them for as long as this lives.
    pub(crate) unsafe fn new(counters: *mut u64, count: usize) -> Self {
        // INVARIANT: By this function's contract.
        Self { counters, count }
    }

    /// Adds to a counter, without a lock, on this CPU alone.
    pub(crate) fn add(&self, index: usize, value: usize) {
        if index < self.count {
            // SAFETY: There are that many, by the invariant.
            unsafe { bindings::tarpit_counters_add(self.counters, index, value as u64) };
        }
    }
}

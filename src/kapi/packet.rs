// SPDX-License-Identifier: GPL-2.0
//! A packet in a hook of netfilter or in a device, borrowed until it is dropped or becomes the
//! reply.

use super::{
    bindings::{
        self, tarpit_packet, tarpit_tracked, TARPIT_DEVICE, TARPIT_FORWARD, TARPIT_LOCAL_IN,
        TARPIT_MARTIAN, TARPIT_NOT_UNICAST, TARPIT_PRE_ROUTING, TARPIT_UNICAST, TARPIT_UNROUTED,
    },
    netns::Netns,
    trace,
};
use crate::drop_reason::DropReason;
use crate::policy::{cookie::Key, live::Tracked};
use crate::wire::{Segment, Seq};
use core::{mem::MaybeUninit, slice};
use kernel::bindings::skb_copy_bits;

/// The number of bytes that are read of a packet. The headers of a regular segment are shorter.
const READ: u32 = 256;

/// A buffer for these bytes, if they must be copied.
pub(crate) struct Headers(MaybeUninit<[u8; READ as usize]>);

impl Headers {
    /// A buffer that costs nothing until it is used.
    pub(crate) const fn new() -> Self {
        Self(MaybeUninit::uninit())
    }
}

/// Whether `hook`, a number of the kernel's, is `wanted`.
fn is(hook: u8, wanted: bindings::tarpit_hook) -> bool {
    bindings::tarpit_hook::from(hook) == wanted
}

/// A packet in one of netfilter's hooks, or in a tarpit device.
///
/// # Invariants
///
/// While this lives, all pointers in `raw` are valid (`in_` may be null), no other code changes the
/// skb, and `head` and the lengths describe its data. [`Self::headers`] lends the data out, so
/// nothing here pulls or expands them.
pub(crate) struct Packet<'a> {
    pub(super) raw: &'a tarpit_packet,
}

impl<'a> Packet<'a> {
    /// Borrows a packet.
    ///
    /// # Safety
    ///
    /// The caller is a hook of netfilter, and `tarpit_read_packet()` has written `raw` from what
    /// the hook was called with. Until the hook returns, this code alone uses the skb.
    pub(crate) unsafe fn new(raw: &'a tarpit_packet) -> Self {
        // INVARIANT: By this function's contract.
        Self { raw }
    }

    /// The packet's network namespace.
    pub(crate) fn netns(&self) -> Netns<'a> {
        // SAFETY: The state is that of a valid namespace, by the invariant.
        unsafe { Netns::new(self.raw.netns) }
    }

    /// The key of the network namespace's cookies.
    ///
    /// # Errors
    ///
    /// `NoKey` while the random pool is not ready.
    #[inline(always)]
    pub(crate) fn key(&self) -> Result<&'a Key, DropReason> {
        self.netns().key(self.raw.has_key)
    }

    /// The number of bytes from the IP header on; all of a super-packet.
    pub(crate) fn len(&self) -> u32 {
        self.raw.length
    }

    /// The bytes from the IP header on, at least as many as fit into `copy`.
    ///
    /// They are copied only if the packet's linear part is shorter.
    #[inline(always)]
    pub(crate) fn headers<'b>(&'b self, copy: &'b mut Headers) -> &'b [u8] {
        // SAFETY: The pointers are valid, and nothing changes the data, by the invariant.
        unsafe { read(self.raw, copy) }
    }

    /// Checks the hook and all that is known of the input route without a lookup.
    ///
    /// x_tables checks the hook when a rule is added; nft_compat cannot do so in a chain that is
    /// jumped to.
    ///
    /// # Errors
    ///
    /// `OtherHook`, `NotUnicast`; `NoRoute` if the packet has no route after routing.
    #[inline(always)]
    pub(crate) fn check_input(&self) -> Result<(), DropReason> {
        let hook = self.raw.hook;
        if ![
            TARPIT_PRE_ROUTING,
            TARPIT_LOCAL_IN,
            TARPIT_FORWARD,
            TARPIT_DEVICE,
        ]
        .into_iter()
        .any(|known| is(hook, known))
        {
            return Err(DropReason::OtherHook);
        }
        if !self.raw.pkt_host {
            return Err(DropReason::NotUnicast);
        }
        match self.raw.input_route {
            TARPIT_UNROUTED if is(hook, TARPIT_PRE_ROUTING) => Ok(()),
            route => check_route(route),
        }
    }

    /// Routes the packet as the kernel would after PREROUTING, unless it has its own route.
    ///
    /// # Errors
    ///
    /// `Martian`, `NotUnicast`; `NoRoute` if the host would neither take nor forward it.
    #[inline(always)]
    pub(crate) fn route_in(&self) -> Result<(), DropReason> {
        if self.raw.input_route != TARPIT_UNROUTED {
            return Ok(());
        }
        // SAFETY: All pointers are valid, by the invariant; the packet is ours to route.
        check_route(unsafe { bindings::tarpit_route_in(self.raw) })
    }

    /// Verifies the TCP checksum, unless the kernel knows that the device has verified it.
    #[inline(always)]
    pub(crate) fn check_checksum(&self, segment: &Segment<'_>) -> Result<(), DropReason> {
        if self.raw.csum_none {
            match segment.sum() {
                Some(true) => return Ok(()),
                Some(false) => return Err(DropReason::BadChecksum),
                None => {}
            }
        }
        let offset = u32::try_from(segment.offset()).map_err(|_| DropReason::Malformed)?;
        // SAFETY: The skb is valid, by the invariant, and TCP's header starts at `offset`.
        match unsafe { bindings::tarpit_checksum(self.raw, offset) } {
            0 => Ok(()),
            _ => Err(DropReason::BadChecksum),
        }
    }

    /// What connection tracking has seen of the packet's connection, if it was up before the rule.
    #[cold]
    pub(crate) fn tracked(&self) -> Option<Tracked> {
        let mut seen = tarpit_tracked {
            una: 0,
            next: 0,
            our_window: 0,
            peer_window: 0,
        };
        // SAFETY: The packet is valid, by the invariant, and `seen` is written.
        let known = unsafe { bindings::tarpit_tracked(self.raw, &mut seen) };
        known.then_some(Tracked {
            una: Seq(seen.una),
            next: Seq(seen.next),
            our_window: seen.our_window,
            peer_window: seen.peer_window,
        })
    }

    /// Tells connection tracking that the peer of [`Self::tracked`] gets a reply.
    pub(crate) fn set_answered(&self) {
        // SAFETY: The packet is valid, by the invariant.
        unsafe { bindings::tarpit_tracked_answered(self.raw) };
    }

    /// Whether a tracepoint of ours is enabled.
    pub(crate) fn traced(&self) -> bool {
        self.raw.traced
    }

    /// Fires the tracepoint for a packet that gets no reply.
    #[inline(always)]
    pub(crate) fn trace_ignored(&self, mode: &str, reason: &str, age: Option<u32>) {
        trace::ignored(self.raw, mode, reason, age);
    }

    /// Whether a reply belongs to the packet's tracked connection, if there is one.
    ///
    /// In PREROUTING it does not, so that a flood there costs no entry. From a device it does only
    /// if NAT has to be undone.
    pub(super) fn may_be_tracked(&self) -> bool {
        if self.by_device() {
            return self.raw.arrival.nat;
        }
        !is(self.raw.hook, TARPIT_PRE_ROUTING)
    }

    /// Whether a tarpit device has taken the packet.
    pub(super) fn by_device(&self) -> bool {
        is(self.raw.hook, TARPIT_DEVICE)
    }
}

/// The bytes from the IP header on, at least as many as fit into `copy`.
///
/// # Safety
///
/// The skb is valid, and `head` and the lengths describe its data, which nothing changes while the
/// result is used.
#[inline(always)]
pub(super) unsafe fn read<'b>(raw: &'b tarpit_packet, copy: &'b mut Headers) -> &'b [u8] {
    let wanted = raw.length.min(READ);
    if raw.head_length >= wanted {
        // SAFETY: The head is that long and does not change, by this function's contract.
        return unsafe { slice::from_raw_parts(raw.head, wanted as usize) };
    }
    let copy: *mut u8 = copy.0.as_mut_ptr().cast();
    // SAFETY: `wanted` bytes are in the packet and fit into `copy`.
    match unsafe { skb_copy_bits(raw.skb, 0, copy.cast(), wanted as i32) } {
        // SAFETY: That many have just been written.
        0 => unsafe { slice::from_raw_parts(copy, wanted as usize) },
        _ => &[],
    }
}

/// Whether a packet with this input route may be answered.
pub(super) fn check_route(route: bindings::tarpit_input_route) -> Result<(), DropReason> {
    match route {
        TARPIT_UNICAST => Ok(()),
        TARPIT_NOT_UNICAST => Err(DropReason::NotUnicast),
        TARPIT_MARTIAN => Err(DropReason::Martian),
        // No route, an unreachable destination, or a value that the enum does not have.
        _ => Err(DropReason::NoRoute),
    }
}

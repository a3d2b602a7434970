// SPDX-License-Identifier: GPL-2.0
//! The route back to the peer.

use super::{bindings, packet::Packet};
use crate::drop_reason::DropReason;
use crate::wire::{Flow, PathInfo};
use core::mem::{ManuallyDrop, MaybeUninit};
use kernel::bindings::dst_entry;

/// A route that a reply can take.
///
/// # Invariants
///
/// `dst` is valid and without an error, and this owns one reference to it.
pub(crate) struct Route(bindings::tarpit_route);

impl Route {
    /// Looks up the route of the reply to `packet`; `flow` is the reply's.
    ///
    /// # Errors
    ///
    /// `NoRoute`; `NotUnicast` if the route leads to a subnet's broadcast or an anycast address;
    /// `Martian` if it leads to this host although the packet came from outside: its source is
    /// forged, and the reply would come in by `lo`.
    #[inline(always)]
    pub(crate) fn back(packet: &Packet<'_>, flow: &Flow) -> Result<Self, DropReason> {
        let (sport, dport) = (flow.source.to_be(), flow.destination.to_be());
        let mut route = MaybeUninit::uninit();
        // SAFETY: The packet is valid, by its invariant, and `route` may be written.
        if !unsafe { bindings::tarpit_route_back(packet.raw, sport, dport, route.as_mut_ptr()) } {
            return Err(DropReason::NoRoute);
        }
        // INVARIANT: The lookup has taken a reference, and gives no route with an error.
        // SAFETY: The lookup has succeeded, so it has written all fields.
        let route = Self(unsafe { route.assume_init() });
        if !route.0.unicast {
            return Err(DropReason::NotUnicast);
        }
        if route.0.inward {
            return Err(DropReason::Martian);
        }
        Ok(route)
    }

    /// Whether the reply leaves by the bridge port that the packet came in by.
    pub(super) fn by_bridge(&self) -> bool {
        self.0.by_bridge
    }

    /// Bytes that fit into one packet.
    pub(super) fn mtu(&self) -> usize {
        self.0.mtu as usize
    }

    /// What a reply needs to know about the route.
    #[inline(always)]
    pub(crate) fn path_info(&self) -> PathInfo {
        PathInfo {
            mss: u16::try_from(self.0.advmss).unwrap_or(u16::MAX),
            hop_limit: u8::try_from(self.0.hop_limit).unwrap_or(u8::MAX),
        }
    }

    /// The route, borrowed.
    pub(super) fn as_ptr(&self) -> *mut dst_entry {
        self.0.dst
    }

    /// Gives the reference to the caller.
    pub(super) fn into_raw(self) -> *mut dst_entry {
        ManuallyDrop::new(self).as_ptr()
    }
}

impl Drop for Route {
    fn drop(&mut self) {
        // SAFETY: This owns the reference, by the invariant.
        unsafe { bindings::tarpit_dst_release(self.0.dst) };
    }
}

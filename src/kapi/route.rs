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
/// `dst` is null, or it is valid and without an error, and this owns one reference to it. It is
/// null only if `way` is by the link.
pub(crate) struct Route(bindings::tarpit_route);

/// How a reply leaves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// By its route.
    Route,
    /// By the bridge port that the packet came in by.
    Bridge,
    /// By the link that the packet came by, which C knows by this number.
    Link(u8),
}

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
        let to = route.as_mut_ptr();
        let found = if packet.by_device() {
            // SAFETY: The packet is valid, by its invariant; `to` has room for what is written.
            unsafe { bindings::tarpit_device_route_back(packet.raw, sport, dport, to) }
        } else {
            // SAFETY: As above.
            unsafe { bindings::tarpit_route_back(packet.raw, sport, dport, to) }
        };
        if !found {
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

    /// How the reply leaves.
    pub(super) fn exit(&self) -> Exit {
        match bindings::tarpit_way::from(self.0.way) {
            bindings::TARPIT_BY_ROUTE => Exit::Route,
            bindings::TARPIT_BY_BRIDGE => Exit::Bridge,
            _ => Exit::Link(self.0.way),
        }
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
    pub(super) fn as_ptr(&self) -> *const bindings::tarpit_route {
        &self.0
    }

    /// Gives the reference to the caller.
    pub(super) fn into_raw(self) -> *mut dst_entry {
        ManuallyDrop::new(self).0.dst
    }
}

impl Drop for Route {
    fn drop(&mut self) {
        // SAFETY: This owns the reference if there is one, by the invariant; null is no reference.
        unsafe { bindings::tarpit_dst_release(self.0.dst) };
    }
}

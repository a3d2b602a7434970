// SPDX-License-Identifier: GPL-2.0
//! The route back to the peer.

use super::{ffi, packet::Packet};
use crate::ignored::Ignored;
use crate::wire::{Flow, Way};
use core::mem::{ManuallyDrop, MaybeUninit};
use kernel::bindings::dst_entry;

/// A route that a reply can take.
///
/// # Invariants
///
/// `dst` is valid and without an error, and this owns one reference to it.
pub(crate) struct Route(ffi::Route);

impl Route {
    /// Looks up the way along `flow`, that of the reply to `packet`.
    ///
    /// # Errors
    ///
    /// `NoRoute`; `NotUnicast` where the way leads to a subnet's broadcast or an anycast address,
    /// which only routing knows; `Martian` where it leads to this very host, though the packet came
    /// from outside: its source was a lie, and the reply would be injected into `lo`.
    #[inline(always)]
    pub(crate) fn back(packet: &Packet<'_>, flow: &Flow) -> Result<Self, Ignored> {
        let (sport, dport) = (flow.source.to_be(), flow.destination.to_be());
        let mut route = MaybeUninit::uninit();
        // SAFETY: The packet is valid, by its invariant; `route` has room for what is written.
        if !unsafe { ffi::tarpit_route_back(packet.look, sport, dport, route.as_mut_ptr()) } {
            return Err(Ignored::NoRoute);
        }
        // INVARIANT: The lookup gives a reference to us, and has refused a route with an error.
        // SAFETY: All of it was written, or the lookup had failed.
        let route = Self(unsafe { route.assume_init() });
        if !route.0.to_one_host {
            return Err(Ignored::NotUnicast);
        }
        if route.0.inward {
            return Err(Ignored::Martian);
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

    /// What a reply has to say of the route.
    #[inline(always)]
    pub(crate) fn way(&self) -> Way {
        Way {
            mss: u16::try_from(self.0.advmss).unwrap_or(u16::MAX),
            hop_limit: u8::try_from(self.0.hop_limit).unwrap_or(u8::MAX),
        }
    }

    /// The route, borrowed.
    pub(super) fn as_ptr(&self) -> *mut dst_entry {
        self.0.dst
    }

    /// Leaves the reference to somebody else.
    pub(super) fn give_away(self) {
        let _ = ManuallyDrop::new(self);
    }
}

impl Drop for Route {
    fn drop(&mut self) {
        // SAFETY: The reference is ours, by the invariant, and ends here.
        unsafe { ffi::tarpit_dst_release(self.0.dst) };
    }
}

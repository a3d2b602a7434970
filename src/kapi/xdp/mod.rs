// SPDX-License-Identifier: GPL-2.0
//! A frame of XDP and its device.

#[allow(dead_code, missing_docs, non_camel_case_types, unreachable_pub)] // As bindgen writes it.
pub(crate) mod bindings;
mod trace;

use super::{
    bindings::tarpit_route,
    netns::{self, Netns},
    packet::check_route,
};
use crate::counters::CounterUpdate;
use crate::drop_reason::DropReason;
use crate::policy::cookie::Key;
use crate::reflect::{Host, Path, Traced};
use crate::wire::{link::Mac, Family, PathInfo};
use bindings::tarpit_frame;
use core::{mem::MaybeUninit, slice};

/// The device of a frame.
///
/// # Invariants
///
/// While this lives, RCU's lock is held, and all pointers in `raw` but that of the bytes are valid.
pub(crate) struct FrameHost<'a> {
    raw: &'a tarpit_frame,
}

/// Borrows a frame: its device and its bytes.
///
/// # Safety
///
/// C has written all of `raw`, holds RCU's lock, and lets this code alone use the frame until it
/// returns. The frame's `length` bytes start at `data`.
#[inline(always)]
pub(crate) unsafe fn borrow(raw: &tarpit_frame) -> (FrameHost<'_>, &mut [u8]) {
    // SAFETY: By this function's contract.
    let bytes = unsafe { slice::from_raw_parts_mut(raw.data, raw.length as usize) };
    // INVARIANT: By this function's contract.
    (FrameHost { raw }, bytes)
}

impl<'a> FrameHost<'a> {
    /// The network namespace of the device.
    fn netns(&self) -> Netns<'a> {
        // SAFETY: The state is that of a valid namespace, by the invariant.
        unsafe { Netns::new(self.raw.netns) }
    }
}

impl Host for FrameHost<'_> {
    #[inline(always)]
    fn key(&self) -> Result<&Key, DropReason> {
        self.netns().key(self.raw.has_key)
    }

    fn now(&self) -> u32 {
        netns::now()
    }

    #[inline(always)]
    fn receives(&self, destination: Mac) -> bool {
        self.raw.port || destination == Mac(u64::from_le_bytes(self.raw.mac))
    }

    #[inline(always)]
    fn check_addresses(&self, family: Family, packet: &[u8]) -> Result<(), DropReason> {
        if packet.len() < family.header() {
            return Err(DropReason::Malformed);
        }
        let ipv6 = family == Family::V6;
        // SAFETY: The device is valid, by the invariant, and the packet has an IP header.
        check_route(unsafe { bindings::tarpit_frame_input(self.raw, ipv6, packet.as_ptr()) })
    }

    fn has_partial_sums(&self) -> bool {
        // SAFETY: The device is valid, by the invariant.
        unsafe { bindings::tarpit_frame_has_partial_sums(self.raw) }
    }

    #[inline(always)]
    fn path(&self, family: Family) -> Option<Path> {
        if !self.raw.open {
            return None;
        }
        let mut route = MaybeUninit::<tarpit_route>::zeroed();
        // SAFETY: The device is valid, by the invariant, and `route` has room.
        unsafe {
            bindings::tarpit_frame_path(self.raw, family == Family::V6, route.as_mut_ptr());
        }
        // SAFETY: Zeros are a valid route, and C has written what is read of it.
        let route = unsafe { route.assume_init() };
        Some(Path {
            info: PathInfo {
                mss: u16::try_from(route.advmss).unwrap_or(u16::MAX),
                hop_limit: u8::try_from(route.hop_limit).unwrap_or(u8::MAX),
            },
            mtu: route.mtu as usize,
        })
    }

    #[inline(always)]
    fn count(&self, index: usize) {
        self.netns().count(index);
    }

    #[inline(always)]
    fn update(&self, update: &CounterUpdate) {
        self.netns().update(update);
    }

    fn traced(&self) -> bool {
        self.raw.traced
    }

    fn trace_reply(&self, reply: &Traced<'_>) {
        trace::reply(reply);
    }

    fn trace_ignored(&self, packet: &Traced<'_>, reason: &'static str) {
        trace::ignored(packet, reason);
    }
}

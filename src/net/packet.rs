// SPDX-License-Identifier: GPL-2.0
//! A packet that a rule has matched, borrowed until it is dropped or becomes the reply.

use super::{
    ffi::{
        self,
        hook::{FORWARD, LOCAL_IN, PRE_ROUTING},
        WayIn,
    },
    namespace::Namespace,
    trace,
};
use crate::ignored::Ignored;
use crate::policy::iss::Key;
use crate::wire::Segment;
use core::{ffi::c_uint, mem::MaybeUninit, slice};
use kernel::bindings;

/// Bytes of a packet that are looked at: an honest segment's headers are shorter.
const LOOK: u32 = 256;

/// Room for these, if they must be copied.
pub(crate) struct Headers(MaybeUninit<[u8; LOOK as usize]>);

impl Headers {
    /// Room that costs nothing until it is used.
    pub(crate) const fn new() -> Self {
        Self(MaybeUninit::uninit())
    }
}

/// A packet in one of netfilter's hooks.
///
/// # Invariants
///
/// While this lives, all pointers of the look are valid (`in_` may be null), nobody else changes
/// the skb, and its data are as the look tells: nothing that is done here moves or changes them.
/// [`Self::headers`] lends them out meanwhile, so no pulling and no expanding.
pub(crate) struct Packet<'a> {
    pub(super) look: &'a ffi::Look,
}

impl<'a> Packet<'a> {
    /// Borrows a packet from x_tables.
    ///
    /// # Safety
    ///
    /// The caller is a hook of netfilter, and has looked at what it was called with: all of that is
    /// valid for `'a`, and until the hook returns this code alone uses the skb.
    pub(crate) unsafe fn new(look: &'a ffi::Look) -> Self {
        // INVARIANT: By the caller's promise.
        Self { look }
    }

    /// What the packet's network namespace knows.
    pub(crate) fn namespace(&self) -> Namespace<'a> {
        // SAFETY: The state is that of a valid namespace, by the invariant.
        unsafe { Namespace::new(self.look.state) }
    }

    /// The secret behind the numbers of the packet's network namespace.
    ///
    /// # Errors
    ///
    /// `NoKey` as long as the random pool is not ready.
    #[inline(always)]
    pub(crate) fn key(&self) -> Result<&'a Key, Ignored> {
        if !self.look.drawn {
            self.namespace().draw_key()?;
        }
        // SAFETY: Valid, by the invariant. Both words are drawn: each leaves 0 but once, by a
        // compare-and-exchange, and all later ones fail and leave it as it is.
        Ok(unsafe { &*self.look.key })
    }

    /// Bytes from the IP header on, of a super-packet all.
    pub(crate) fn len(&self) -> u32 {
        self.look.length
    }

    /// The bytes from the IP header on, at least as many as fit into `copy`.
    ///
    /// They are copied only where the packet's own first part is shorter than that.
    #[inline(always)]
    pub(crate) fn headers<'b>(&'b self, copy: &'b mut Headers) -> &'b [u8] {
        let wanted = self.look.length.min(LOOK);
        if self.look.head_length >= wanted {
            // SAFETY: The head is that long, by the invariant; nobody changes it meanwhile.
            return unsafe { slice::from_raw_parts(self.look.head, wanted as usize) };
        }
        let copy: *mut u8 = copy.0.as_mut_ptr().cast();
        // SAFETY: `wanted` bytes are in the packet and fit into `copy`.
        match unsafe { bindings::skb_copy_bits(self.look.skb, 0, copy.cast(), wanted as i32) } {
            // SAFETY: That many have just been written.
            0 => unsafe { slice::from_raw_parts(copy, wanted as usize) },
            _ => &[],
        }
    }

    /// Whether the packet came from one host to one host, as far as is known already.
    ///
    /// x_tables has checked the hook, but nft_compat cannot in a chain that is jumped to.
    ///
    /// # Errors
    ///
    /// `OtherHook`, `NotUnicast`; `NoRoute` where it has none though routing has seen it.
    #[inline(always)]
    pub(crate) fn check_way_in(&self) -> Result<(), Ignored> {
        if !matches!(self.look.hook, PRE_ROUTING | LOCAL_IN | FORWARD) {
            return Err(Ignored::OtherHook);
        }
        if !self.look.to_us {
            return Err(Ignored::NotUnicast);
        }
        match self.look.way_in {
            WayIn::Unrouted if self.look.hook == PRE_ROUTING => Ok(()),
            way_in => judge(way_in),
        }
    }

    /// Routes the packet as it would be routed after PREROUTING, unless it has its route.
    ///
    /// # Errors
    ///
    /// `Martian`, `NotUnicast`; `NoRoute` where the host would neither take nor forward it.
    #[inline(always)]
    pub(crate) fn route_in(&self) -> Result<(), Ignored> {
        if self.look.way_in != WayIn::Unrouted {
            return Ok(());
        }
        // SAFETY: All is valid, by the invariant; the packet is ours to route.
        judge(unsafe { ffi::tarpit_route_in(self.look) })
    }

    /// Verifies the TCP checksum, whatever the device has said of it.
    #[inline(always)]
    pub(crate) fn check_checksum(&self, segment: &Segment<'_>) -> Result<(), Ignored> {
        if self.look.unsummed {
            match segment.sum() {
                Some(true) => return Ok(()),
                Some(false) => return Err(Ignored::BadChecksum),
                None => {}
            }
        }
        let offset = c_uint::try_from(segment.offset()).map_err(|_| Ignored::Malformed)?;
        // SAFETY: The skb is valid, by the invariant, and TCP's header starts at `offset`.
        match unsafe { ffi::tarpit_checksum(self.look, offset) } {
            0 => Ok(()),
            _ => Err(Ignored::BadChecksum),
        }
    }

    /// Whether somebody listens to a tracepoint of ours.
    pub(crate) fn traced(&self) -> bool {
        self.look.traced
    }

    /// Lets whoever traces silences know that the packet gets no answer, and why.
    #[inline(always)]
    pub(crate) fn trace_ignored(&self, mode: &str, reason: &str, age: Option<u32>) {
        trace::ignored(self, mode, reason, age);
    }

    /// Whether a reply belongs to the packet's tracked connection, if there is one.
    ///
    /// In PREROUTING it does not: a flood there must not cost an entry.
    pub(super) fn may_be_tracked(&self) -> bool {
        self.look.hook != PRE_ROUTING
    }
}

/// What routing has made of the packet, as a verdict.
fn judge(way_in: WayIn) -> Result<(), Ignored> {
    match way_in {
        WayIn::ToOneHost => Ok(()),
        WayIn::ToManyHosts => Err(Ignored::NotUnicast),
        WayIn::Refused => Err(Ignored::Martian),
        WayIn::Unrouted | WayIn::Unreachable => Err(Ignored::NoRoute),
    }
}

// SPDX-License-Identifier: GPL-2.0
//! What the reply to an echo request needs of a packet.

use super::packet::Packet;
use crate::drop_reason::DropReason;
use core::slice;

impl Packet<'_> {
    /// All bytes from the IP header on, if they lie in one piece.
    pub(crate) fn linear(&self) -> Option<&[u8]> {
        if self.raw.head_length < self.raw.length {
            return None;
        }
        // SAFETY: The head is that long, and nothing changes it, by the invariant.
        Some(unsafe { slice::from_raw_parts(self.raw.head, self.raw.length as usize) })
    }

    /// Refuses a packet whose connection is NATed: netfilter translates no reply that is not part
    /// of the connection.
    ///
    /// # Errors
    ///
    /// `NoRoute`.
    pub(crate) fn check_translation(&self) -> Result<(), DropReason> {
        if self.raw.arrival.nat {
            return Err(DropReason::NoRoute);
        }
        Ok(())
    }
}

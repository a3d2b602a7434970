// SPDX-License-Identifier: GPL-2.0
//! The helper of connection tracking: hands the packets of its connections to `respond`.

#[allow(dead_code, missing_docs, unreachable_pub)] // As bindgen writes it.
#[allow(improper_ctypes)] // struct net has empty members, but only pointers to it are passed.
mod bindings;
mod mode;

use super::xtables::abi;
use crate::counters;
use crate::kapi::{self, bindings::tarpit_packet, packet::Packet};
use crate::respond::respond;
use crate::wire::Family;

/// Answers a packet and counts it.
#[inline(always)]
fn help<const IPV6: bool>(packet: Packet<'_>, mode: u8) {
    let family = Family::of(IPV6);
    let netns = packet.netns();
    let sent = respond::<IPV6>(mode::decode(mode), packet);
    netns.count(counters::packet_by(counters::HELPER, family, sent.is_ok()));
}

/// Defines the function that C calls for packets of one family.
macro_rules! export_family {
    ($name:ident, $ipv6:literal) => {
        /// # Safety
        ///
        /// tarpit_read_packet() has written `packet`. The caller has a reference of its own to the
        /// skb, so that it does not become the reply, and frees it.
        #[no_mangle]
        unsafe extern "C" fn $name(packet: *const tarpit_packet, mode: u8) {
            // SAFETY: By this function's contract.
            help::<$ipv6>(unsafe { Packet::new(&*packet) }, mode);
        }
    };
}

export_family!(xt_tarpit_help_v4, false);
export_family!(xt_tarpit_help_v6, true);

kapi::same_prototype!(xt_tarpit_help_v4 xt_tarpit_help_v6);

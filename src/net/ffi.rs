// SPDX-License-Identifier: GPL-2.0
//! The Rust side of `shim/shim.h`, in its order; each function is one wrapper in `shim/`.

use crate::policy::iss::Key;
use core::{
    ffi::{c_int, c_uint},
    mem::{offset_of, size_of},
};
use kernel::bindings::{dst_entry, net, net_device, sk_buff};

/// `enum tarpit_way_in`.
#[repr(u32)]
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(dead_code)] // C makes them.
pub(super) enum WayIn {
    Unrouted,
    ToOneHost,
    ToManyHosts,
    Refused,
    Unreachable,
}

/// The hooks where packets come in, as the kernel numbers them.
pub(super) mod hook {
    pub(crate) const PRE_ROUTING: u8 = 0;
    pub(crate) const LOCAL_IN: u8 = 1;
    pub(crate) const FORWARD: u8 = 2;
}

/// `struct tarpit_packet`.
#[repr(C)]
pub(crate) struct Look {
    pub(super) skb: *mut sk_buff,
    pub(super) net: *mut net,
    pub(super) in_: *mut net_device,
    pub(super) state: *mut super::namespace::State,
    pub(super) key: *const Key,
    pub(super) length: u32,
    pub(super) way_in: WayIn,
    pub(super) head: *const u8,
    pub(super) head_length: u32,
    pub(super) ipv6: bool,
    pub(super) hook: u8,
    pub(super) drawn: bool,
    pub(super) to_us: bool,
    pub(super) unsummed: bool,
    pub(super) traced: bool,
}

/// What becomes of a packet that a rule has matched, as netfilter numbers it.
#[repr(u32)]
#[derive(Clone, Copy)]
pub(crate) enum Verdict {
    /// It ends.
    Drop = 0,
    /// It has become the reply.
    Stolen = 2,
}

/// `struct tarpit_text`: no zero at its end.
#[repr(C)]
pub(super) struct Text {
    pub(super) start: *const u8,
    pub(super) length: usize,
}

/// `struct tarpit_route`.
#[repr(C)]
pub(super) struct Route {
    pub(super) dst: *mut dst_entry,
    pub(super) mtu: u32,
    pub(super) advmss: u32,
    pub(super) hop_limit: c_int,
    pub(super) to_one_host: bool,
    pub(super) inward: bool,
    pub(super) by_bridge: bool,
}

/// `struct tarpit_reply`: no skb, or one and where its bytes start.
#[repr(C)]
pub(super) struct Reply {
    pub(super) skb: *mut sk_buff,
    pub(super) data: *mut u8,
}

// `shim.h` asserts the same of the C side.
const _: () = {
    assert!(size_of::<Look>() == 72);
    assert!(offset_of!(Look, traced) == 65);
    assert!(size_of::<Route>() == 24);
    assert!(offset_of!(Route, by_bridge) == 22);
};

// `struct net` has empty members, but only ever travels as a pointer.
#[allow(improper_ctypes)]
extern "C" {
    pub(super) fn tarpit_targets_register() -> c_int;
    pub(super) fn tarpit_targets_unregister();

    pub(super) fn tarpit_net_register() -> c_int;
    pub(super) fn tarpit_net_unregister();
    pub(super) fn tarpit_net_state(net: *const net) -> *mut super::namespace::State;

    pub(super) fn tarpit_counters_alloc(count: usize) -> *mut u64;
    pub(super) fn tarpit_counters_free(counters: *mut u64);
    pub(super) fn tarpit_counters_inc(counters: *mut u64, index: usize);
    pub(super) fn tarpit_counters_tally(
        counters: *mut u64,
        first: usize,
        kind: usize,
        age: u64,
        payload: u64,
    );
    pub(super) fn tarpit_counters_sum(counters: *const u64, index: usize) -> u64;
    pub(super) fn tarpit_proc_create(net: *mut net) -> bool;
    pub(super) fn tarpit_proc_remove(net: *mut net);
    pub(super) fn tarpit_random_u64() -> u64;
    pub(super) fn tarpit_clock_ms() -> u32;

    pub(super) fn tarpit_route_in(packet: *const Look) -> WayIn;
    pub(super) fn tarpit_checksum(packet: *const Look, offset: c_uint) -> u16;

    pub(super) fn tarpit_route_back(
        packet: *const Look,
        sport: u16,
        dport: u16,
        route: *mut Route,
    ) -> bool;
    pub(super) fn tarpit_dst_release(dst: *mut dst_entry);

    pub(super) fn tarpit_reply_rewrite(
        packet: *const Look,
        length: c_uint,
        dst: *mut dst_entry,
        track: bool,
    ) -> Reply;
    pub(super) fn tarpit_reply_alloc(
        packet: *const Look,
        length: c_uint,
        dst: *mut dst_entry,
        track: bool,
    ) -> Reply;
    pub(super) fn tarpit_reply_set_closing(skb: *const sk_buff);
    pub(super) fn tarpit_reply_free(skb: *mut sk_buff);
    pub(super) fn tarpit_reply_send(skb: *mut sk_buff, net: *mut net, ipv6: bool);
    pub(super) fn tarpit_reply_bridge(skb: *mut sk_buff, packet: *const Look);

    pub(super) fn tarpit_trace_reply(skb: *const sk_buff, ipv6: bool, mode: Text, age: i64);
    pub(super) fn tarpit_trace_ignored(packet: *const Look, mode: Text, reason: Text, age: i64);
}

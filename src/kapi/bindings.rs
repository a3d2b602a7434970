// SPDX-License-Identifier: GPL-2.0
//! Generated from src/kapi/c/kapi.h by scripts/bindings.

use kernel::bindings::{dst_entry, net, net_device, seq_file, sk_buff};

#[repr(C)]
#[derive(Copy, Clone)]
pub struct nf_hook_state {
    _unused: [u8; 0],
}
#[repr(C)]
#[derive(Copy, Clone)]
pub struct tarpit_netns {
    pub key: [u64; 2usize],
    pub counters: *mut u64,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of tarpit_netns"][::core::mem::size_of::<tarpit_netns>() - 24usize];
    ["Alignment of tarpit_netns"][::core::mem::align_of::<tarpit_netns>() - 8usize];
    ["Offset of field: tarpit_netns::key"][::core::mem::offset_of!(tarpit_netns, key) - 0usize];
    ["Offset of field: tarpit_netns::counters"]
        [::core::mem::offset_of!(tarpit_netns, counters) - 16usize];
};
pub const TARPIT_UNROUTED: tarpit_input_route = 0;
pub const TARPIT_UNICAST: tarpit_input_route = 1;
pub const TARPIT_NOT_UNICAST: tarpit_input_route = 2;
pub const TARPIT_MARTIAN: tarpit_input_route = 3;
pub const TARPIT_UNREACHABLE: tarpit_input_route = 4;
pub type tarpit_input_route = ::core::ffi::c_uint;
pub const TARPIT_DROP: tarpit_verdict = 0;
pub const TARPIT_STOLEN: tarpit_verdict = 2;
pub type tarpit_verdict = ::core::ffi::c_uint;
pub const TARPIT_PRE_ROUTING: tarpit_hook = 0;
pub const TARPIT_LOCAL_IN: tarpit_hook = 1;
pub const TARPIT_FORWARD: tarpit_hook = 2;
pub const TARPIT_DEVICE: tarpit_hook = 16;
pub const TARPIT_OTHER_HOOK: tarpit_hook = 255;
pub type tarpit_hook = ::core::ffi::c_uint;
pub const TARPIT_BY_ROUTE: tarpit_way = 0;
pub const TARPIT_BY_BRIDGE: tarpit_way = 1;
pub const TARPIT_REFLECT: tarpit_way = 2;
pub const TARPIT_RECEIVE: tarpit_way = 3;
pub const TARPIT_RECEIVE_SENT: tarpit_way = 4;
pub type tarpit_way = ::core::ffi::c_uint;
pub const TARPIT_FROM_HOST: tarpit_origin = 0;
pub const TARPIT_FROM_ETHERNET: tarpit_origin = 1;
pub const TARPIT_FROM_TARPIT: tarpit_origin = 2;
pub const TARPIT_FROM_OTHER: tarpit_origin = 3;
pub type tarpit_origin = ::core::ffi::c_uint;
#[repr(C)]
#[derive(Copy, Clone)]
pub struct tarpit_arrival {
    pub dev: *mut net_device,
    pub sent: *mut net_device,
    pub mac: [u8; 12usize],
    pub vlan_proto: u16,
    pub vlan_tci: u16,
    pub origin: u8,
    pub way: u8,
    pub routed: bool,
    pub port: bool,
    pub egress: bool,
    pub ethernet: bool,
    pub ipsec: bool,
    pub gso: bool,
    pub nat: bool,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of tarpit_arrival"][::core::mem::size_of::<tarpit_arrival>() - 48usize];
    ["Alignment of tarpit_arrival"][::core::mem::align_of::<tarpit_arrival>() - 8usize];
    ["Offset of field: tarpit_arrival::dev"][::core::mem::offset_of!(tarpit_arrival, dev) - 0usize];
    ["Offset of field: tarpit_arrival::sent"]
        [::core::mem::offset_of!(tarpit_arrival, sent) - 8usize];
    ["Offset of field: tarpit_arrival::mac"]
        [::core::mem::offset_of!(tarpit_arrival, mac) - 16usize];
    ["Offset of field: tarpit_arrival::vlan_proto"]
        [::core::mem::offset_of!(tarpit_arrival, vlan_proto) - 28usize];
    ["Offset of field: tarpit_arrival::vlan_tci"]
        [::core::mem::offset_of!(tarpit_arrival, vlan_tci) - 30usize];
    ["Offset of field: tarpit_arrival::origin"]
        [::core::mem::offset_of!(tarpit_arrival, origin) - 32usize];
    ["Offset of field: tarpit_arrival::way"]
        [::core::mem::offset_of!(tarpit_arrival, way) - 33usize];
    ["Offset of field: tarpit_arrival::routed"]
        [::core::mem::offset_of!(tarpit_arrival, routed) - 34usize];
    ["Offset of field: tarpit_arrival::port"]
        [::core::mem::offset_of!(tarpit_arrival, port) - 35usize];
    ["Offset of field: tarpit_arrival::egress"]
        [::core::mem::offset_of!(tarpit_arrival, egress) - 36usize];
    ["Offset of field: tarpit_arrival::ethernet"]
        [::core::mem::offset_of!(tarpit_arrival, ethernet) - 37usize];
    ["Offset of field: tarpit_arrival::ipsec"]
        [::core::mem::offset_of!(tarpit_arrival, ipsec) - 38usize];
    ["Offset of field: tarpit_arrival::gso"]
        [::core::mem::offset_of!(tarpit_arrival, gso) - 39usize];
    ["Offset of field: tarpit_arrival::nat"]
        [::core::mem::offset_of!(tarpit_arrival, nat) - 40usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct tarpit_packet {
    pub skb: *mut sk_buff,
    pub net: *mut net,
    pub in_: *mut net_device,
    pub netns: *mut tarpit_netns,
    pub length: u32,
    pub input_route: u32,
    pub head: *const u8,
    pub head_length: u32,
    pub ipv6: bool,
    pub hook: u8,
    pub has_key: bool,
    pub pkt_host: bool,
    pub csum_none: bool,
    pub traced: bool,
    pub arrival: tarpit_arrival,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of tarpit_packet"][::core::mem::size_of::<tarpit_packet>() - 112usize];
    ["Alignment of tarpit_packet"][::core::mem::align_of::<tarpit_packet>() - 8usize];
    ["Offset of field: tarpit_packet::skb"][::core::mem::offset_of!(tarpit_packet, skb) - 0usize];
    ["Offset of field: tarpit_packet::net"][::core::mem::offset_of!(tarpit_packet, net) - 8usize];
    ["Offset of field: tarpit_packet::in_"][::core::mem::offset_of!(tarpit_packet, in_) - 16usize];
    ["Offset of field: tarpit_packet::netns"]
        [::core::mem::offset_of!(tarpit_packet, netns) - 24usize];
    ["Offset of field: tarpit_packet::length"]
        [::core::mem::offset_of!(tarpit_packet, length) - 32usize];
    ["Offset of field: tarpit_packet::input_route"]
        [::core::mem::offset_of!(tarpit_packet, input_route) - 36usize];
    ["Offset of field: tarpit_packet::head"]
        [::core::mem::offset_of!(tarpit_packet, head) - 40usize];
    ["Offset of field: tarpit_packet::head_length"]
        [::core::mem::offset_of!(tarpit_packet, head_length) - 48usize];
    ["Offset of field: tarpit_packet::ipv6"]
        [::core::mem::offset_of!(tarpit_packet, ipv6) - 52usize];
    ["Offset of field: tarpit_packet::hook"]
        [::core::mem::offset_of!(tarpit_packet, hook) - 53usize];
    ["Offset of field: tarpit_packet::has_key"]
        [::core::mem::offset_of!(tarpit_packet, has_key) - 54usize];
    ["Offset of field: tarpit_packet::pkt_host"]
        [::core::mem::offset_of!(tarpit_packet, pkt_host) - 55usize];
    ["Offset of field: tarpit_packet::csum_none"]
        [::core::mem::offset_of!(tarpit_packet, csum_none) - 56usize];
    ["Offset of field: tarpit_packet::traced"]
        [::core::mem::offset_of!(tarpit_packet, traced) - 57usize];
    ["Offset of field: tarpit_packet::arrival"]
        [::core::mem::offset_of!(tarpit_packet, arrival) - 64usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct tarpit_tracked {
    pub una: u32,
    pub next: u32,
    pub our_window: u32,
    pub peer_window: u32,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of tarpit_tracked"][::core::mem::size_of::<tarpit_tracked>() - 16usize];
    ["Alignment of tarpit_tracked"][::core::mem::align_of::<tarpit_tracked>() - 4usize];
    ["Offset of field: tarpit_tracked::una"][::core::mem::offset_of!(tarpit_tracked, una) - 0usize];
    ["Offset of field: tarpit_tracked::next"]
        [::core::mem::offset_of!(tarpit_tracked, next) - 4usize];
    ["Offset of field: tarpit_tracked::our_window"]
        [::core::mem::offset_of!(tarpit_tracked, our_window) - 8usize];
    ["Offset of field: tarpit_tracked::peer_window"]
        [::core::mem::offset_of!(tarpit_tracked, peer_window) - 12usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct tarpit_text {
    pub start: *const ::core::ffi::c_char,
    pub length: usize,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of tarpit_text"][::core::mem::size_of::<tarpit_text>() - 16usize];
    ["Alignment of tarpit_text"][::core::mem::align_of::<tarpit_text>() - 8usize];
    ["Offset of field: tarpit_text::start"][::core::mem::offset_of!(tarpit_text, start) - 0usize];
    ["Offset of field: tarpit_text::length"][::core::mem::offset_of!(tarpit_text, length) - 8usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct tarpit_route {
    pub dst: *mut dst_entry,
    pub mtu: u32,
    pub advmss: u32,
    pub hop_limit: i32,
    pub unicast: bool,
    pub inward: bool,
    pub way: u8,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of tarpit_route"][::core::mem::size_of::<tarpit_route>() - 24usize];
    ["Alignment of tarpit_route"][::core::mem::align_of::<tarpit_route>() - 8usize];
    ["Offset of field: tarpit_route::dst"][::core::mem::offset_of!(tarpit_route, dst) - 0usize];
    ["Offset of field: tarpit_route::mtu"][::core::mem::offset_of!(tarpit_route, mtu) - 8usize];
    ["Offset of field: tarpit_route::advmss"]
        [::core::mem::offset_of!(tarpit_route, advmss) - 12usize];
    ["Offset of field: tarpit_route::hop_limit"]
        [::core::mem::offset_of!(tarpit_route, hop_limit) - 16usize];
    ["Offset of field: tarpit_route::unicast"]
        [::core::mem::offset_of!(tarpit_route, unicast) - 20usize];
    ["Offset of field: tarpit_route::inward"]
        [::core::mem::offset_of!(tarpit_route, inward) - 21usize];
    ["Offset of field: tarpit_route::way"][::core::mem::offset_of!(tarpit_route, way) - 22usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct tarpit_reply {
    pub skb: *mut sk_buff,
    pub data: *mut u8,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of tarpit_reply"][::core::mem::size_of::<tarpit_reply>() - 16usize];
    ["Alignment of tarpit_reply"][::core::mem::align_of::<tarpit_reply>() - 8usize];
    ["Offset of field: tarpit_reply::skb"][::core::mem::offset_of!(tarpit_reply, skb) - 0usize];
    ["Offset of field: tarpit_reply::data"][::core::mem::offset_of!(tarpit_reply, data) - 8usize];
};
extern "C" {
    pub fn xt_tarpit_net_init(net: *mut net) -> ::core::ffi::c_int;
    pub fn xt_tarpit_net_exit(net: *mut net);
    pub fn xt_tarpit_show(file: *mut seq_file, netns: *mut tarpit_netns);
    pub fn tarpit_net_register() -> ::core::ffi::c_int;
    pub fn tarpit_net_unregister();
    pub fn tarpit_net_state(net: *const net) -> *mut tarpit_netns;
    pub fn tarpit_counters_alloc(count: usize) -> *mut u64;
    pub fn tarpit_counters_free(counters: *mut u64);
    pub fn tarpit_counters_inc(counters: *mut u64, index: usize);
    pub fn tarpit_counters_add(counters: *mut u64, index: usize, value: u64);
    pub fn tarpit_counters_update(
        counters: *mut u64,
        first: usize,
        kind: usize,
        age: u64,
        payload: u64,
    );
    pub fn tarpit_counters_sum(counters: *const u64, index: usize) -> u64;
    pub fn tarpit_proc_create(net: *mut net) -> bool;
    pub fn tarpit_proc_remove(net: *mut net);
    pub fn tarpit_random_u64() -> u64;
    pub fn tarpit_clock_ms() -> u32;
    pub fn tarpit_route_in(packet: *const tarpit_packet) -> u32;
    pub fn tarpit_tracked(packet: *const tarpit_packet, tracked: *mut tarpit_tracked) -> bool;
    pub fn tarpit_tracked_answered(packet: *const tarpit_packet);
    pub fn tarpit_checksum(packet: *const tarpit_packet, offset: u32) -> u16;
    pub fn tarpit_route_back(
        packet: *const tarpit_packet,
        sport: u16,
        dport: u16,
        route: *mut tarpit_route,
    ) -> bool;
    pub fn tarpit_device_route_back(
        packet: *const tarpit_packet,
        sport: u16,
        dport: u16,
        route: *mut tarpit_route,
    ) -> bool;
    pub fn tarpit_dst_release(dst: *mut dst_entry);
    pub fn tarpit_trim(packet: *mut tarpit_packet, length: u32);
    pub fn tarpit_reply_rewrite(
        packet: *const tarpit_packet,
        length: u32,
        route: *const tarpit_route,
        track: bool,
    ) -> tarpit_reply;
    pub fn tarpit_reply_alloc(
        packet: *const tarpit_packet,
        length: u32,
        route: *const tarpit_route,
        track: bool,
    ) -> tarpit_reply;
    pub fn tarpit_reply_set_closing(skb: *const sk_buff);
    pub fn tarpit_reply_free(skb: *mut sk_buff);
    pub fn tarpit_reply_send(skb: *mut sk_buff, net: *mut net, ipv6: bool);
    pub fn tarpit_reply_bridge(skb: *mut sk_buff, packet: *const tarpit_packet);
    pub fn tarpit_reply_link(skb: *mut sk_buff, packet: *const tarpit_packet, way: u8);
    pub fn tarpit_trace_reply(skb: *const sk_buff, ipv6: bool, mode: tarpit_text, age: i64);
    pub fn tarpit_trace_ignored(
        packet: *const tarpit_packet,
        mode: tarpit_text,
        reason: tarpit_text,
        age: i64,
    );
}

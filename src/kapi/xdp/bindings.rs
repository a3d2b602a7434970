// SPDX-License-Identifier: GPL-2.0
//! Generated from src/kapi/c/frame.h by scripts/bindings.

use super::super::bindings::{tarpit_netns, tarpit_route, tarpit_text};
use kernel::bindings::net_device;

#[repr(C)]
#[derive(Copy, Clone)]
pub struct tarpit_frame {
    pub data: *mut u8,
    pub length: u32,
    pub mac: [u8; 8usize],
    pub port: bool,
    pub open: bool,
    pub has_key: bool,
    pub traced: bool,
    pub dev: *mut net_device,
    pub netns: *mut tarpit_netns,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of tarpit_frame"][::core::mem::size_of::<tarpit_frame>() - 40usize];
    ["Alignment of tarpit_frame"][::core::mem::align_of::<tarpit_frame>() - 8usize];
    ["Offset of field: tarpit_frame::data"][::core::mem::offset_of!(tarpit_frame, data) - 0usize];
    ["Offset of field: tarpit_frame::length"]
        [::core::mem::offset_of!(tarpit_frame, length) - 8usize];
    ["Offset of field: tarpit_frame::mac"][::core::mem::offset_of!(tarpit_frame, mac) - 12usize];
    ["Offset of field: tarpit_frame::port"][::core::mem::offset_of!(tarpit_frame, port) - 20usize];
    ["Offset of field: tarpit_frame::open"][::core::mem::offset_of!(tarpit_frame, open) - 21usize];
    ["Offset of field: tarpit_frame::has_key"]
        [::core::mem::offset_of!(tarpit_frame, has_key) - 22usize];
    ["Offset of field: tarpit_frame::traced"]
        [::core::mem::offset_of!(tarpit_frame, traced) - 23usize];
    ["Offset of field: tarpit_frame::dev"][::core::mem::offset_of!(tarpit_frame, dev) - 24usize];
    ["Offset of field: tarpit_frame::netns"]
        [::core::mem::offset_of!(tarpit_frame, netns) - 32usize];
};
pub const TARPIT_FRAME_IGNORED: tarpit_frame_fate = 0;
pub const TARPIT_FRAME_NOT_TCP: tarpit_frame_fate = 1;
pub const TARPIT_FRAME_BAD_FLAGS: tarpit_frame_fate = 2;
pub const TARPIT_FRAME_REPLY: tarpit_frame_fate = 3;
pub type tarpit_frame_fate = ::core::ffi::c_uint;
extern "C" {
    pub fn tarpit_frame_input(frame: *const tarpit_frame, ipv6: bool, packet: *const u8) -> u32;
    pub fn tarpit_frame_has_partial_sums(frame: *const tarpit_frame) -> bool;
    pub fn tarpit_frame_path(frame: *const tarpit_frame, ipv6: bool, route: *mut tarpit_route);
    pub fn tarpit_trace_frame_reply(
        packet: *const u8,
        length: u32,
        offset: u32,
        ipv6: bool,
        mode: tarpit_text,
        age: i64,
    );
    pub fn tarpit_trace_frame_ignored(
        packet: *const u8,
        length: u32,
        offset: u32,
        ipv6: bool,
        mode: tarpit_text,
        reason: tarpit_text,
        age: i64,
    );
}

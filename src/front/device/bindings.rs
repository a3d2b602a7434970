// SPDX-License-Identifier: GPL-2.0
//! Generated from src/front/device/device.h by scripts/bindings.

use crate::kapi::bindings::{tarpit_packet, tarpit_text};
use crate::kapi::xdp::bindings::tarpit_frame;

#[repr(C)]
#[derive(Copy, Clone)]
pub struct tarpit_settings {
    pub window: u16,
    pub mode: u8,
    pub reply: u8,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of tarpit_settings"][::core::mem::size_of::<tarpit_settings>() - 4usize];
    ["Alignment of tarpit_settings"][::core::mem::align_of::<tarpit_settings>() - 2usize];
    ["Offset of field: tarpit_settings::window"]
        [::core::mem::offset_of!(tarpit_settings, window) - 0usize];
    ["Offset of field: tarpit_settings::mode"]
        [::core::mem::offset_of!(tarpit_settings, mode) - 2usize];
    ["Offset of field: tarpit_settings::reply"]
        [::core::mem::offset_of!(tarpit_settings, reply) - 3usize];
};
#[repr(C)]
#[derive(Copy, Clone)]
pub struct tarpit_request {
    pub settings: tarpit_settings,
    pub has_mode: bool,
    pub has_window: bool,
    pub has_reply: bool,
    pub has_echo: bool,
    pub echo: bool,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of tarpit_request"][::core::mem::size_of::<tarpit_request>() - 10usize];
    ["Alignment of tarpit_request"][::core::mem::align_of::<tarpit_request>() - 2usize];
    ["Offset of field: tarpit_request::settings"]
        [::core::mem::offset_of!(tarpit_request, settings) - 0usize];
    ["Offset of field: tarpit_request::has_mode"]
        [::core::mem::offset_of!(tarpit_request, has_mode) - 4usize];
    ["Offset of field: tarpit_request::has_window"]
        [::core::mem::offset_of!(tarpit_request, has_window) - 5usize];
    ["Offset of field: tarpit_request::has_reply"]
        [::core::mem::offset_of!(tarpit_request, has_reply) - 6usize];
    ["Offset of field: tarpit_request::has_echo"]
        [::core::mem::offset_of!(tarpit_request, has_echo) - 7usize];
    ["Offset of field: tarpit_request::echo"]
        [::core::mem::offset_of!(tarpit_request, echo) - 8usize];
};
pub const TARPIT_IGNORED: tarpit_fate = 0;
pub const TARPIT_ANSWERED: tarpit_fate = 1;
pub const TARPIT_REUSED: tarpit_fate = 2;
pub type tarpit_fate = ::core::ffi::c_uint;
pub const TARPIT_TAKEN_BYTES: tarpit_device_counter = 0;
pub const TARPIT_REPLY_BYTES: tarpit_device_counter = 1;
pub const TARPIT_REPLIES: tarpit_device_counter = 2;
pub const TARPIT_UNSENT: tarpit_device_counter = 3;
pub const TARPIT_ECHOES: tarpit_device_counter = 4;
pub const TARPIT_NOT_IP: tarpit_device_counter = 5;
pub const TARPIT_LIMITED: tarpit_device_counter = 6;
pub const TARPIT_NO_MEMORY: tarpit_device_counter = 16;
pub type tarpit_device_counter = ::core::ffi::c_uint;
pub const TARPIT_SETTING_MODE: tarpit_setting = 0;
pub const TARPIT_SETTING_REPLY: tarpit_setting = 1;
pub type tarpit_setting = ::core::ffi::c_uint;
extern "C" {
    pub fn xt_tarpit_device_v4(
        packet: *mut tarpit_packet,
        settings: *const tarpit_settings,
        counters: *mut u64,
    ) -> u32;
    pub fn xt_tarpit_device_v6(
        packet: *mut tarpit_packet,
        settings: *const tarpit_settings,
        counters: *mut u64,
    ) -> u32;
    pub fn xt_tarpit_device_echo(
        packet: *mut tarpit_packet,
        settings: *const tarpit_settings,
        counters: *mut u64,
    ) -> u32;
    pub fn xt_tarpit_device_frame(
        frame: *const tarpit_frame,
        settings: *const tarpit_settings,
        counters: *mut u64,
    ) -> u32;
    pub fn xt_tarpit_device_settle(
        settings: *mut tarpit_settings,
        request: *const tarpit_request,
    ) -> *const ::core::ffi::c_char;
    pub fn xt_tarpit_device_has_window(settings: *const tarpit_settings) -> bool;
    pub fn xt_tarpit_device_word(setting: u32, value: u8) -> *const ::core::ffi::c_char;
    pub fn xt_tarpit_device_counters() -> usize;
    pub fn xt_tarpit_device_counter(index: usize) -> tarpit_text;
    pub fn tarpit_device_register() -> ::core::ffi::c_int;
    pub fn tarpit_device_unregister();
}

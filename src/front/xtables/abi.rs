// SPDX-License-Identifier: GPL-2.0
//! Generated from include/xt_TARPIT.h by scripts/bindings.

pub type __u8 = ::core::ffi::c_uchar;
pub type __u16 = ::core::ffi::c_ushort;
pub const XT_TARPIT_TARPIT: xt_tarpit_mode = 0;
pub const XT_TARPIT_HONEYPOT: xt_tarpit_mode = 1;
pub const XT_TARPIT_RESET: xt_tarpit_mode = 2;
pub const XT_TARPIT_PERSIST: xt_tarpit_mode = 3;
pub type xt_tarpit_mode = __u8;
#[repr(C)]
#[derive(Debug, Copy, Clone, PartialEq)]
pub struct xt_tarpit_tginfo {
    pub variant: __u8,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of xt_tarpit_tginfo"][::core::mem::size_of::<xt_tarpit_tginfo>() - 1usize];
    ["Alignment of xt_tarpit_tginfo"][::core::mem::align_of::<xt_tarpit_tginfo>() - 1usize];
    ["Offset of field: xt_tarpit_tginfo::variant"]
        [::core::mem::offset_of!(xt_tarpit_tginfo, variant) - 0usize];
};
#[repr(C)]
#[derive(Debug, Copy, Clone, PartialEq)]
pub struct xt_tarpit_tginfo_v1 {
    pub mode: __u8,
    pub flags: __u8,
    pub window: __u16,
    pub reserved: [__u16; 2usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of xt_tarpit_tginfo_v1"][::core::mem::size_of::<xt_tarpit_tginfo_v1>() - 8usize];
    ["Alignment of xt_tarpit_tginfo_v1"][::core::mem::align_of::<xt_tarpit_tginfo_v1>() - 2usize];
    ["Offset of field: xt_tarpit_tginfo_v1::mode"]
        [::core::mem::offset_of!(xt_tarpit_tginfo_v1, mode) - 0usize];
    ["Offset of field: xt_tarpit_tginfo_v1::flags"]
        [::core::mem::offset_of!(xt_tarpit_tginfo_v1, flags) - 1usize];
    ["Offset of field: xt_tarpit_tginfo_v1::window"]
        [::core::mem::offset_of!(xt_tarpit_tginfo_v1, window) - 2usize];
    ["Offset of field: xt_tarpit_tginfo_v1::reserved"]
        [::core::mem::offset_of!(xt_tarpit_tginfo_v1, reserved) - 4usize];
};

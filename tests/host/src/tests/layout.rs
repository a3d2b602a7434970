// SPDX-License-Identifier: GPL-2.0
//! `src/front/xtables/abi.rs` against the C header, as the C compiler lays it out (see `layout.c`).

use crate::abi::{self, InfoV0, InfoV1};
use std::mem::{align_of, offset_of, size_of, size_of_val};

mod c {
    include!(concat!(env!("OUT_DIR"), "/layout.rs"));
}

#[test]
fn the_modes_have_the_numbers_of_the_c_header() {
    let ours = [abi::TARPIT, abi::HONEYPOT, abi::RESET, abi::PERSIST].map(usize::from);
    assert_eq!(ours, [c::TARPIT, c::HONEYPOT, c::RESET, c::PERSIST]);
}

#[test]
fn the_modes_of_revision_0_have_the_numbers_of_xtables_addons() {
    assert_eq!([abi::TARPIT, abi::HONEYPOT, abi::RESET], [0, 1, 2]);
    assert_eq!(size_of::<InfoV0>(), 1);
}

#[test]
fn revision_0_lies_in_memory_as_in_c() {
    let info = InfoV0 { variant: 0 };
    assert_eq!(size_of::<InfoV0>(), c::V0);
    assert_eq!(align_of::<InfoV0>(), c::V0_ALIGN);
    assert_eq!(offset_of!(InfoV0, variant), c::V0_VARIANT);
    assert_eq!(size_of_val(&info.variant), c::V0_VARIANT_BYTES);
}

#[test]
fn revision_1_lies_in_memory_as_in_c() {
    let info = InfoV1 {
        mode: 0,
        flags: 0,
        window: 0,
        reserved: [0; 2],
    };
    assert_eq!(size_of::<InfoV1>(), c::V1);
    assert_eq!(align_of::<InfoV1>(), c::V1_ALIGN);
    let ours = [
        (offset_of!(InfoV1, mode), size_of_val(&info.mode)),
        (offset_of!(InfoV1, flags), size_of_val(&info.flags)),
        (offset_of!(InfoV1, window), size_of_val(&info.window)),
        (offset_of!(InfoV1, reserved), size_of_val(&info.reserved)),
    ];
    let theirs = [
        (c::V1_MODE, c::V1_MODE_BYTES),
        (c::V1_FLAGS, c::V1_FLAGS_BYTES),
        (c::V1_WINDOW, c::V1_WINDOW_BYTES),
        (c::V1_RESERVED, c::V1_RESERVED_BYTES),
    ];
    assert_eq!(ours, theirs);
}

#[test]
fn revision_1_is_the_same_for_a_32_bit_iptables_under_a_64_bit_kernel() {
    // Nothing is wider than 16 bits and nothing is padded, so no ABI can lay it out otherwise.
    assert_eq!(align_of::<InfoV1>(), 2);
    let fields = c::V1_MODE_BYTES + c::V1_FLAGS_BYTES + c::V1_WINDOW_BYTES + c::V1_RESERVED_BYTES;
    assert_eq!(fields, c::V1);
}

// SPDX-License-Identifier: GPL-2.0
//! What C declares. All structures are opaque: their layout differs from kernel to kernel.

#![allow(non_camel_case_types, missing_docs)]

use core::ffi::{c_int, c_void};
use core::marker::{PhantomData, PhantomPinned};

macro_rules! opaque {
    ($($name:ident)+) => { $(
        #[repr(C)]
        pub struct $name {
            _opaque: [u8; 0],
            _pinned: PhantomData<(*mut u8, PhantomPinned)>,
        }
    )+ };
}
opaque! { dst_entry net net_device seq_file sk_buff }

extern "C" {
    pub fn rng_is_initialized() -> bool;
    pub fn wait_for_random_bytes() -> c_int;
    pub fn skb_copy_bits(skb: *const sk_buff, offset: c_int, to: *mut c_void, len: c_int) -> c_int;
    pub fn seq_write(seq: *mut seq_file, data: *const c_void, len: usize) -> c_int;
}

// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]
//! The structures that we share with libxtables and getopt; layout.rs asserts their layout.
//! Fields that we do not set are libxtables' own and start as zero.

use core::ffi::{c_char, c_int, c_uint, c_void, CStr};
use core::ptr::{null, null_mut};

/// `struct xt_entry_target` with its data.
#[repr(C)]
pub struct EntryTarget<D> {
    /// Size, name and revision, which libxtables fills in.
    pub head: [u16; 16],
    pub data: D,
}

/// `struct option` of getopt_long().
#[repr(C)]
pub struct GetoptOption {
    pub name: *const c_char,
    pub has_arg: c_int,
    pub flag: *mut c_int,
    pub val: c_int,
}

impl GetoptOption {
    pub const END: Self = Self {
        name: null(),
        has_arg: 0,
        flag: null_mut(),
        val: 0,
    };

    pub const fn new(name: &'static CStr, takes_argument: bool, val: c_int) -> Self {
        Self {
            name: name.as_ptr(),
            has_arg: takes_argument as c_int,
            val,
            ..Self::END
        }
    }
}

/// The start of `struct xtables_globals`, up to the function that we call.
#[repr(C)]
pub struct Globals {
    option_offset: c_uint,
    program: [*const c_char; 2],
    opts: [*mut c_void; 2],
    pub exit_err: unsafe extern "C" fn(c_int, *const c_char, ...) -> !,
}

type Parse = unsafe extern "C" fn(
    c_int,
    *mut *mut c_char,
    c_int,
    *mut c_uint,
    *const c_void,
    *mut *mut c_void,
) -> c_int;

/// `struct xtables_target`.
#[repr(C)]
pub struct Target {
    pub version: *const c_char,
    pub next: *mut Target,
    pub name: *const c_char,
    pub real_name: *const c_char,
    pub revision: u8,
    pub ext_flags: u8,
    pub family: u16,
    pub size: usize,
    pub userspacesize: usize,
    pub help: Option<extern "C" fn()>,
    pub init: Option<unsafe extern "C" fn(*mut c_void)>,
    pub parse: Option<Parse>,
    pub final_check: Option<extern "C" fn(c_uint)>,
    pub print: Option<unsafe extern "C" fn(*const c_void, *const c_void, c_int)>,
    pub save: Option<unsafe extern "C" fn(*const c_void, *const c_void)>,
    pub alias: Option<unsafe extern "C" fn(*const c_void) -> *const c_char>,
    pub extra_opts: *const GetoptOption,
    pub x6: [*const c_void; 3],
    // Null makes iptables-translate show the rule as a comment: nftables has no statement for it.
    pub xlate: *const c_void,
    pub udata_size: usize,
    pub udata: *mut c_void,
    pub option_offset: c_uint,
    pub t: *mut c_void,
    pub tflags: c_uint,
    pub used: c_uint,
    pub loaded: c_uint,
}

impl Target {
    /// Nothing but zeroes.
    pub const EMPTY: Self = Self {
        version: null(),
        next: null_mut(),
        name: null(),
        real_name: null(),
        revision: 0,
        ext_flags: 0,
        family: 0,
        size: 0,
        userspacesize: 0,
        help: None,
        init: None,
        parse: None,
        final_check: None,
        print: None,
        save: None,
        alias: None,
        extra_opts: null(),
        x6: [null(); 3],
        xlate: null(),
        udata_size: 0,
        udata: null_mut(),
        option_offset: 0,
        t: null_mut(),
        tflags: 0,
        used: 0,
        loaded: 0,
    };
}

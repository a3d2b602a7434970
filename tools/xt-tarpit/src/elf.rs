// SPDX-License-Identifier: GPL-2.0
//! Two functions that Debian's `libelf.a` 0.192 calls and lacks. The library `libelf.so` has them
//! inside, so that only the static program needs these.
//!
//! They begin and end the tree of an ELF file's raw chunks. libbpf asks for no raw chunk, so the
//! tree stays as libelf makes it: all 0, which is empty.
#![allow(unsafe_code)]

use std::ffi::c_void;

/// Begins an empty tree.
#[no_mangle]
pub extern "C" fn eu_search_tree_init(_tree: *mut c_void) {}

/// Ends an empty tree.
#[no_mangle]
pub extern "C" fn eu_search_tree_fini(_tree: *mut c_void, _free: *const c_void) {}

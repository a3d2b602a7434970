// SPDX-License-Identifier: GPL-2.0
//! C strings.

use core::ffi::{c_char, CStr};

/// What the kernel's crate adds to `CStr`.
pub trait CStrExt {
    /// A pointer to the first character.
    fn as_char_ptr(&self) -> *const c_char;
}

impl CStrExt for CStr {
    #[inline]
    fn as_char_ptr(&self) -> *const c_char {
        self.as_ptr()
    }
}

// SPDX-License-Identifier: GPL-2.0
//! Errors, numbered as the kernel numbers them.

use core::ffi::c_int;

/// A negative errno.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Error(i16);

/// What a function that can fail returns.
pub type Result<T = (), E = Error> = core::result::Result<T, E>;

impl Error {
    /// The errno, for C.
    #[inline]
    pub fn to_errno(self) -> c_int {
        self.0.into()
    }
}

/// Errors by their names.
pub mod code {
    use super::Error;

    /// Out of memory.
    pub const ENOMEM: Error = Error(-12);
    /// Invalid argument.
    pub const EINVAL: Error = Error(-22);
}

/// Converts what C has returned: a negative errno is an error.
#[inline]
pub fn to_result(errno: c_int) -> Result {
    if errno < 0 {
        Err(i16::try_from(errno).map_or(code::EINVAL, Error))
    } else {
        Ok(())
    }
}

/// Converts a result to what C expects: a negative errno where it is an error.
#[inline]
pub fn from_result<T: From<i16>>(f: impl FnOnce() -> Result<T>) -> T {
    match f() {
        Ok(value) => value,
        Err(error) => T::from(error.0),
    }
}

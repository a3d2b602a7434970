// SPDX-License-Identifier: GPL-2.0
//! nftables by its own library, in this process: so the table's owner is the daemon itself, and
//! the kernel removes the table when the daemon ends, however it ends.
#![allow(unsafe_code)]

use libloading::{Library, Symbol};
use std::ffi::{c_char, c_int, c_void, CStr, CString};

const LIBRARY: &str = "libnftables.so.1";

type New = unsafe extern "C" fn(u32) -> *mut c_void;
type Free = unsafe extern "C" fn(*mut c_void);
type Buffer = unsafe extern "C" fn(*mut c_void) -> c_int;
type Run = unsafe extern "C" fn(*mut c_void, *const c_char) -> c_int;
type Text = unsafe extern "C" fn(*mut c_void) -> *const c_char;

/// A context of the library: it has one netlink socket, to which the table belongs.
pub struct Nft {
    library: Library,
    context: *mut c_void,
}

impl Nft {
    pub fn open() -> Result<Self, String> {
        // SAFETY: The library's initializers have no conditions.
        let library = unsafe { Library::new(LIBRARY) }
            .map_err(|_| format!("there is no {LIBRARY}; install the package nftables"))?;
        // SAFETY: The type is that of the function in nftables/libnftables.h.
        let new: Symbol<New> = unsafe { symbol(&library, b"nft_ctx_new\0") }?;
        // SAFETY: NFT_CTX_DEFAULT is the only flag, and is 0.
        let context = unsafe { new(0) };
        if context.is_null() {
            return Err("libnftables has no memory or no netlink socket".to_string());
        }
        let nft = Self { library, context };
        for name in [&b"nft_ctx_buffer_output\0"[..], b"nft_ctx_buffer_error\0"] {
            // SAFETY: As above.
            let buffer: Symbol<Buffer> = unsafe { symbol(&nft.library, name) }?;
            // SAFETY: The context is valid until it is freed.
            if unsafe { buffer(nft.context) } != 0 {
                return Err("libnftables cannot buffer its output".to_string());
            }
        }
        Ok(nft)
    }

    /// Runs commands in one transaction.
    pub fn run(&mut self, commands: &str) -> Result<(), String> {
        let text = CString::new(commands).map_err(|error| error.to_string())?;
        // SAFETY: The type is that of the function in nftables/libnftables.h.
        let run: Symbol<Run> = unsafe { symbol(&self.library, b"nft_run_cmd_from_buffer\0") }?;
        // SAFETY: The context is valid until it is freed, and the text ends with a zero.
        let status = unsafe { run(self.context, text.as_ptr()) };
        let error = self.error()?;
        match status {
            0 => Ok(()),
            _ => Err(error),
        }
    }

    /// The first line of the library's error message. The call clears the message.
    fn error(&self) -> Result<String, String> {
        // SAFETY: The type is that of the function in nftables/libnftables.h.
        let read: Symbol<Text> = unsafe { symbol(&self.library, b"nft_ctx_get_error_buffer\0") }?;
        // SAFETY: The context is valid until it is freed.
        let text = unsafe { read(self.context) };
        if text.is_null() {
            return Ok(String::new());
        }
        // SAFETY: The library's text ends with a zero and stays until the next call.
        let text = unsafe { CStr::from_ptr(text) }.to_string_lossy();
        Ok(text.lines().next().unwrap_or_default().to_string())
    }
}

impl Drop for Nft {
    fn drop(&mut self) {
        // SAFETY: The type is that of the function in nftables/libnftables.h.
        let free: Result<Symbol<Free>, String> =
            unsafe { symbol(&self.library, b"nft_ctx_free\0") };
        if let Ok(free) = free {
            // SAFETY: The context is valid, and is not used again.
            unsafe { free(self.context) };
        }
    }
}

/// # Safety
///
/// `T` must be the type of the function with this name, which ends with a zero.
unsafe fn symbol<'a, T>(library: &'a Library, name: &[u8]) -> Result<Symbol<'a, T>, String> {
    // SAFETY: The caller vouches for the type.
    unsafe { library.get(name) }.map_err(|error| format!("{LIBRARY} is not as expected: {error}"))
}

#[cfg(test)]
mod tests {
    use super::LIBRARY;

    #[test]
    fn the_package_depends_on_the_library_that_is_loaded() {
        let control = include_str!("../../../../debian/control");
        let own = control
            .split("\n\n")
            .find(|text| text.starts_with("Package: xt-tarpit-lan\n"));
        // Debian names the package of a library after its soname.
        let package = LIBRARY.replace(".so.", "");
        let depends = format!("\nDepends: {package} ");
        assert!(own.unwrap().contains(&depends), "{depends}");
    }
}

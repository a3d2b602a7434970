// SPDX-License-Identifier: GPL-2.0
//! The module: its init and exit, and what `modinfo` shows.

use crate::error::Result;
use core::cell::UnsafeCell;
use core::ffi::c_int;
use core::mem::MaybeUninit;

/// The module, as C knows it.
pub struct ThisModule(());

/// A module's init.
pub trait Module: Sized + Send + Sync + 'static {
    /// Called when the module is loaded. The returned value is dropped on unload.
    fn init(module: &'static ThisModule) -> Result<Self>;
}

/// Memory for the module's data while it is loaded. [`module!`](crate::module) defines it.
#[doc(hidden)]
pub struct Slot<T>(UnsafeCell<MaybeUninit<T>>);

// SAFETY: Only init and exit use it, and the kernel calls one after the other.
unsafe impl<T> Sync for Slot<T> {}

impl<T: Module> Slot<T> {
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self(UnsafeCell::new(MaybeUninit::uninit()))
    }

    /// Initializes the data; returns 0 or a negative errno.
    ///
    /// # Safety
    ///
    /// Called once, before `exit`.
    #[inline(always)]
    pub unsafe fn init(&self) -> c_int {
        static THIS: ThisModule = ThisModule(());
        match T::init(&THIS) {
            Ok(module) => {
                // SAFETY: By this function's contract nothing else uses the slot now.
                unsafe { (*self.0.get()).write(module) };
                0
            }
            Err(error) => error.to_errno(),
        }
    }

    /// Drops the data.
    ///
    /// # Safety
    ///
    /// Called once, after `init` has returned 0.
    #[inline(always)]
    pub unsafe fn exit(&self) {
        // SAFETY: By this function's contract `init` has written the data and nothing else uses it.
        unsafe { (*self.0.get()).assume_init_drop() };
    }
}

/// Declares the module. It takes the keys of the kernel's own macro, in the same order.
///
/// `src/compat/module.c` calls the two functions.
#[macro_export]
macro_rules! module {
    (
        type: $type:ty,
        name: $name:literal,
        authors: [$($author:literal),* $(,)?],
        description: $description:literal,
        license: $license:literal,
        alias: [$($alias:literal),* $(,)?] $(,)?
    ) => {
        const _: () = {
            static SLOT: $crate::Slot<$type> = $crate::Slot::new();

            #[no_mangle]
            #[link_section = ".init.text"]
            unsafe extern "C" fn xt_tarpit_init() -> core::ffi::c_int {
                // SAFETY: The kernel calls init once, before exit.
                unsafe { SLOT.init() }
            }

            #[no_mangle]
            unsafe extern "C" fn xt_tarpit_exit() {
                // SAFETY: The kernel calls exit once, if init has returned 0.
                unsafe { SLOT.exit() }
            }
        };
        $( $crate::module!(@info concat!("author=", $author, "\0")); )*
        $crate::module!(@info concat!("description=", $description, "\0"));
        $crate::module!(@info concat!("license=", $license, "\0"));
        $( $crate::module!(@info concat!("alias=", $alias, "\0")); )*
    };
    (@info $text:expr) => {
        const _: () = {
            const TEXT: &str = $text;

            // Plain `#[used]` sets SHF_GNU_RETAIN from rustc 1.96 on: the linker then keeps two
            // sections .modinfo, of which the kernel reads one, without its vermagic.
            #[used(compiler)]
            #[link_section = ".modinfo"]
            static INFO: [u8; TEXT.len()] = {
                let mut bytes = [0; TEXT.len()];
                let mut i = 0;
                while i < bytes.len() {
                    bytes[i] = TEXT.as_bytes()[i];
                    i += 1;
                }
                bytes
            };
        };
    };
}

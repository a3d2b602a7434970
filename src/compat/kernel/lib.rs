// SPDX-License-Identifier: GPL-2.0
//! A stand-in for the kernel's own crate `kernel`, for kernels built without Rust.
//!
//! It offers the names of that crate that `src/` uses and no others, and needs `core` alone. Each
//! function here is inlined into the module, so that nothing has to be linked.

#![no_std]

pub mod bindings;
pub mod error;
mod module;
pub mod str;
pub mod sync;

pub use module::*;

/// What every file of a module uses.
pub mod prelude {
    pub use crate::{
        error::{code::*, Error, Result},
        module, Module, ThisModule,
    };
}

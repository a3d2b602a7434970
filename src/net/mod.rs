// SPDX-License-Identifier: GPL-2.0
//! The edge: all that touches the kernel, and all unsafe code.
//!
//! It trades in byte arrays and plain numbers; what they mean is decided elsewhere.

pub(crate) mod draft;
pub(crate) mod ffi;
pub(crate) mod namespace;
pub(crate) mod packet;
mod procfs;
pub(crate) mod route;
mod trace;
pub(crate) mod xtables;

// SPDX-License-Identifier: GPL-2.0
//! The kernel as the core sees it: all that touches it, and all unsafe code but the entrances'.
//!
//! It deals in byte slices and plain numbers. What they mean is decided in `wire` and `policy`.

#[allow(dead_code, missing_docs, non_camel_case_types, unreachable_pub)] // As bindgen writes it.
#[allow(improper_ctypes)] // struct net has empty members, but only travels as a pointer.
pub(crate) mod bindings;
pub(crate) mod netns;
pub(crate) mod packet;
mod procfs;
pub(crate) mod reply;
pub(crate) mod route;
mod trace;

/// Fails to compile where a function that C calls differs from its prototype in the header, which
/// is in `bindings`.
macro_rules! same_prototype {
    ($($name:ident)+) => { $(
        const _: () = {
            let _ = if true { bindings::$name } else { $name };
        };
    )+ };
}
pub(crate) use same_prototype;

/// What netfilter does with a packet.
#[repr(u32)]
#[derive(Clone, Copy)]
pub(crate) enum Verdict {
    /// Frees it.
    Drop = bindings::TARPIT_DROP,
    /// Leaves it alone, for it has become the reply.
    Stolen = bindings::TARPIT_STOLEN,
}

// SPDX-License-Identifier: GPL-2.0
//! The kernel as the core sees it: all calls into it, and all unsafe code outside the fronts.
//!
//! It passes byte slices and plain numbers; `wire` and `policy` interpret them.

#[allow(dead_code, missing_docs, non_camel_case_types, unreachable_pub)] // As bindgen writes it.
#[allow(improper_ctypes)] // struct net has empty members, but only pointers to it are passed.
pub(crate) mod bindings;
mod echo;
pub(crate) mod frame;
pub(crate) mod netns;
pub(crate) mod packet;
mod procfs;
pub(crate) mod reply;
pub(crate) mod route;
mod trace;
pub(crate) mod xdp;

/// Fails to compile if a function that C calls differs from its prototype in `bindings`.
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
    /// Does not touch it: it has become the reply.
    Stolen = bindings::TARPIT_STOLEN,
}

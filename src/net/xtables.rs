// SPDX-License-Identifier: GPL-2.0
//! A target of x_tables: what it has to offer, and how it is made known.

use super::{
    ffi::{self, Verdict},
    packet::Packet,
};
use crate::rule::{Refusal, Rule};
use kernel::{error::to_result, prelude::*};

/// What `-j TARPIT` does.
pub(crate) trait Target {
    /// Accepts or refuses a rule when it is added to a table, `in_nat` or another.
    fn check(rule: &impl Rule, in_nat: bool) -> Result<(), Refusal>;

    /// Sees to a packet that a rule has matched; no rule after it ever does.
    fn target<const IPV6: bool>(rule: &impl Rule, packet: Packet<'_>) -> Verdict;
}

/// The targets are registered for as long as this lives.
///
/// # Invariants
///
/// `tarpit_targets_register()` has succeeded and has not been undone.
pub(crate) struct Registration(());

impl Registration {
    /// Makes the targets known to x_tables, whose rules call [`Target`] from now on.
    ///
    /// # Errors
    ///
    /// As `xt_register_targets()`: out of memory.
    pub(crate) fn new() -> Result<Self> {
        // SAFETY: The table of targets is the shim's own, and stays until they are unregistered.
        to_result(unsafe { ffi::tarpit_targets_register() })?;
        // INVARIANT: Just registered.
        Ok(Self(()))
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // SAFETY: Registered, by the invariant.
        unsafe { ffi::tarpit_targets_unregister() };
    }
}

/// Makes the functions by which C calls the [`Target`] that is named: for each revision one for
/// IPv4, one for IPv6, and the check.
macro_rules! export_target {
    ($target:ty, $($info:ty => $v4:ident, $v6:ident, $check:ident;)+) => { $(
        $crate::net::xtables::export_target!(@ $target, $info, $v4, false);
        $crate::net::xtables::export_target!(@ $target, $info, $v6, true);

        /// # Safety
        ///
        /// As x_tables checks a rule: `info` points to one.
        #[no_mangle]
        unsafe extern "C" fn $check(
            info: *const $info,
            in_nat: bool,
        ) -> *const core::ffi::c_char {
            // SAFETY: The caller's promise.
            let rule = unsafe { &*info };
            match <$target as $crate::net::xtables::Target>::check(rule, in_nat) {
                Ok(()) => core::ptr::null(),
                Err(refusal) => kernel::str::CStrExt::as_char_ptr(refusal).cast(),
            }
        }
    )+ };
    (@ $target:ty, $info:ty, $packet:ident, $ipv6:literal) => {
        /// # Safety
        ///
        /// As x_tables calls a target: all that the look tells is valid, and the skb ours until we
        /// return; `info` was accepted by the check.
        #[no_mangle]
        unsafe extern "C" fn $packet(
            look: *const $crate::net::ffi::Look,
            info: *const $info,
        ) -> $crate::net::ffi::Verdict {
            // SAFETY: The caller's promise.
            let packet = unsafe { $crate::net::packet::Packet::new(&*look) };
            // SAFETY: The caller's promise. The type takes any bytes and needs no alignment
            // beyond the 8 that x_tables gives.
            let rule = unsafe { &*info };
            <$target as $crate::net::xtables::Target>::target::<$ipv6>(rule, packet)
        }
    };
}
pub(crate) use export_target;

// SPDX-License-Identifier: GPL-2.0
//! The target of x_tables: checks and decodes rules, and hands packets to `respond`.

#[allow(dead_code, missing_docs, non_camel_case_types, unreachable_pub)] // As bindgen writes it.
pub(crate) mod abi;
#[allow(dead_code, improper_ctypes, missing_docs, unreachable_pub)] // As bindgen writes it.
mod bindings;
mod rule;

use crate::kapi::{self, bindings::tarpit_packet, packet::Packet, Verdict};
use crate::respond::respond;
use abi::{xt_tarpit_tginfo, xt_tarpit_tginfo_v1};
use core::{
    ffi::{c_char, c_void},
    ptr,
};
use kernel::{error::to_result, prelude::*, str::CStrExt};
use rule::{Refusal, Rule};

/// The targets are registered for as long as this lives.
///
/// # Invariants
///
/// `tarpit_targets_register()` has succeeded and has not been undone.
pub(crate) struct Registration(());

impl Registration {
    /// Registers the targets with x_tables.
    ///
    /// # Errors
    ///
    /// As `xt_register_targets()`: out of memory.
    pub(crate) fn new() -> Result<Self> {
        // SAFETY: The table of targets is static in xtables.c.
        to_result(unsafe { bindings::tarpit_targets_register() })?;
        // INVARIANT: Just registered.
        Ok(Self(()))
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // SAFETY: Registered, by the invariant.
        unsafe { bindings::tarpit_targets_unregister() };
    }
}

/// Accepts a rule that is added to a table, or returns why it is refused.
fn check(rule: &impl Rule, in_nat: bool) -> Result<(), Refusal> {
    if in_nat {
        return Err(c"nat sees only the first packet of a connection: use filter, mangle or raw");
    }
    rule.check()?;
    kapi::netns::wait_for_random();
    Ok(())
}

/// Defines the functions that C calls for one revision: a target for each family, and the check.
macro_rules! export_revision {
    ($info:ty: $v4:ident $v6:ident $check:ident) => {
        export_revision!(@ $info, $v4, false);
        export_revision!(@ $info, $v6, true);

        /// # Safety
        ///
        /// `info` points to a rule of this revision, as in a checkentry function of x_tables.
        #[no_mangle]
        unsafe extern "C" fn $check(info: *const c_void, in_nat: bool) -> *const c_char {
            // SAFETY: By this function's contract. Any bytes are a value of the type, and x_tables
            // aligns rule data to 8 bytes, which is enough.
            let rule = unsafe { &*info.cast::<$info>() };
            match check(rule, in_nat) {
                Ok(()) => ptr::null(),
                Err(refusal) => refusal.as_char_ptr().cast(),
            }
        }

        kapi::same_prototype!($v4 $v6 $check);
    };
    (@ $info:ty, $target:ident, $ipv6:literal) => {
        /// # Safety
        ///
        /// tarpit_read_packet() has written `packet`, and `info` points to a rule of this revision
        /// that has been checked, as in a target function of x_tables. No other code uses the skb
        /// until the function returns.
        #[no_mangle]
        unsafe extern "C" fn $target(packet: *const tarpit_packet, info: *const c_void) -> u32 {
            // SAFETY: By this function's contract.
            let packet = unsafe { Packet::new(&*packet) };
            // SAFETY: By this function's contract. Any bytes are a value of the type, and x_tables
            // aligns rule data to 8 bytes, which is enough.
            let rule = unsafe { &*info.cast::<$info>() };
            respond::<$ipv6>(rule.mode(), packet).map_or(Verdict::Drop, |sent| sent.verdict) as u32
        }
    };
}

export_revision!(xt_tarpit_tginfo: xt_tarpit_tg0_v4 xt_tarpit_tg0_v6 xt_tarpit_tg0_check);
export_revision!(xt_tarpit_tginfo_v1: xt_tarpit_tg1_v4 xt_tarpit_tg1_v6 xt_tarpit_tg1_check);

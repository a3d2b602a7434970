// SPDX-License-Identifier: GPL-2.0
//! The function for XDP programs: hands a frame and the mode of its flags to `reflect`.

#[allow(dead_code, missing_docs, non_camel_case_types, unreachable_pub)] // As bindgen writes it.
mod bindings;
mod flags;

use super::xtables::abi;
use crate::kapi::{
    self,
    xdp::{
        bindings::{
            tarpit_frame, TARPIT_FRAME_BAD_FLAGS, TARPIT_FRAME_IGNORED, TARPIT_FRAME_NOT_TCP,
        },
        FrameHost,
    },
};
use crate::policy::Mode;
use crate::reflect::{self, Outcome};

/// Offers the function to XDP programs until the module is unloaded, which a program that calls it
/// prevents. Where the kernel cannot find it, the log has a sentence.
pub(crate) fn register() {
    // SAFETY: The functions are static in kfunc.c.
    unsafe { bindings::tarpit_xdp_register() };
}

/// Answers a frame. A function of its own, which a tarpit device calls too.
#[inline(never)]
pub(super) fn answer(mode: Mode, frame: &mut [u8], host: &FrameHost<'_>) -> Outcome {
    reflect::answer(mode, frame, host)
}

/// The outcome as C knows it.
pub(super) fn fate(outcome: Outcome) -> u32 {
    match outcome {
        Outcome::Reply(length) => length,
        Outcome::Silence(_) => TARPIT_FRAME_IGNORED,
        Outcome::NotTcp(_) => TARPIT_FRAME_NOT_TCP,
    }
}

/// # Safety
///
/// `frame` is as [`kapi::xdp::borrow`] needs it.
#[no_mangle]
unsafe extern "C" fn xt_tarpit_xdp(frame: *const tarpit_frame, flags: u32) -> u32 {
    let Some(mode) = flags::decode(flags) else {
        return TARPIT_FRAME_BAD_FLAGS;
    };
    // SAFETY: By this function's contract.
    let (host, bytes) = unsafe { kapi::xdp::borrow(&*frame) };
    fate(answer(mode, bytes, &host))
}

kapi::same_prototype!(xt_tarpit_xdp);

// SPDX-License-Identifier: GPL-2.0
//! A frame that XDP has redirected to a tarpit device.

use super::{
    bindings::{self, tarpit_settings},
    settings::Settings,
    stats,
};
use crate::drop_reason::DropReason;
use crate::front::xdp;
use crate::kapi::{self, frame::DeviceCounters, xdp::bindings::tarpit_frame};
use crate::reflect::{self, Outcome};

/// # Safety
///
/// `frame` is as [`kapi::xdp::borrow`] needs it. `settings` are the device's, and `counters` are as
/// many as `xt_tarpit_device_counters()` says.
#[no_mangle]
unsafe extern "C" fn xt_tarpit_device_frame(
    frame: *const tarpit_frame,
    settings: *const tarpit_settings,
    counters: *mut u64,
) -> u32 {
    // SAFETY: By this function's contract.
    let (host, bytes) = unsafe { kapi::xdp::borrow(&*frame) };
    // SAFETY: By this function's contract.
    let settings = Settings::from(unsafe { *settings });
    // SAFETY: By this function's contract.
    let device = unsafe { DeviceCounters::new(counters, stats::COUNT) };
    let outcome = xdp::answer(settings.mode(), bytes, &host);
    match outcome {
        Outcome::Reply(length) => {
            device.add(stats::REPLIES, 1);
            device.add(stats::REPLY_BYTES, length as usize);
        }
        Outcome::Silence(reason) => device.add(stats::dropped(reason), 1),
        // A rule that sends all packets to the device drops what is not TCP, too.
        Outcome::NotTcp(Some(family)) => {
            reflect::count_drop(family, DropReason::Malformed, &host);
            device.add(stats::dropped(DropReason::Malformed), 1);
        }
        Outcome::NotTcp(None) => device.add(stats::NOT_IP, 1),
    }
    xdp::fate(outcome)
}

kapi::same_prototype!(xt_tarpit_device_frame);

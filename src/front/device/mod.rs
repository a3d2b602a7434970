// SPDX-License-Identifier: GPL-2.0
//! The tarpit device: decides its settings, checks packets, and hands them to `respond`.

#[allow(dead_code, missing_docs, non_camel_case_types, unreachable_pub)] // As bindgen writes it.
#[allow(improper_ctypes)] // struct net has empty members, but only pointers to it are passed.
mod bindings;
mod echo;
#[allow(dead_code, missing_docs, non_camel_case_types, unreachable_pub)] // As bindgen writes it.
mod netlink;
mod redirect;
mod settings;
mod stats;

use super::xtables::abi;
use crate::counters;
use crate::drop_reason::DropReason;
use crate::kapi::{
    self,
    bindings::{tarpit_packet, tarpit_text},
    frame::{DeviceCounters, Frame},
    packet::Headers,
    Verdict,
};
use crate::policy::way;
use crate::respond::{refuse, respond, Sent};
use crate::wire::{frame, Family};
use bindings::{tarpit_request, tarpit_settings};
use core::{ffi::c_char, ptr};
use kernel::{error::to_result, prelude::*, str::CStrExt};
use settings::{Request, Settings};

/// While this lives, the kind of device is registered.
///
/// # Invariants
///
/// `tarpit_device_register()` has succeeded and has not been undone.
pub(crate) struct Registration(());

impl Registration {
    /// Registers the kind of device with rtnetlink.
    ///
    /// # Errors
    ///
    /// As `rtnl_link_register()`: another module has this kind.
    pub(crate) fn new() -> Result<Self> {
        // SAFETY: The operations are static in rtnl.c.
        to_result(unsafe { bindings::tarpit_device_register() })?;
        // INVARIANT: Just registered.
        Ok(Self(()))
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // SAFETY: Registered, by the invariant.
        unsafe { bindings::tarpit_device_unregister() };
    }
}

impl From<tarpit_settings> for Settings {
    fn from(raw: tarpit_settings) -> Self {
        Self {
            mode: raw.mode,
            window: raw.window,
            reply: raw.reply,
        }
    }
}

impl From<tarpit_request> for Request {
    fn from(raw: tarpit_request) -> Self {
        Self {
            mode: raw.has_mode.then_some(raw.settings.mode),
            window: raw.has_window.then_some(raw.settings.window),
            reply: raw.has_reply.then_some(raw.settings.reply),
        }
    }
}

/// Answers a frame. It checks the IP header, which no other code has checked yet.
#[inline(always)]
fn answer<const IPV6: bool>(settings: Settings, mut frame: Frame<'_>) -> Result<Sent, DropReason> {
    let family = Family::of(IPV6);
    let mode = settings.mode();
    let mut copy = Headers::new();
    let bytes = frame.headers(&mut copy);
    let length = frame::length(family, bytes, frame.len(), frame.super_packet());
    let way = way::choose(settings.reply(), &frame.arrival());
    match length {
        Ok(length) => {
            frame.trim(length);
            respond::<IPV6>(mode, frame.into_packet(way))
        }
        Err(reason) => Err(refuse::<IPV6>(mode, &frame.into_packet(way), reason)),
    }
}

/// Answers a frame, and counts the result.
#[inline(always)]
fn take<const IPV6: bool>(
    settings: Settings,
    frame: Frame<'_>,
    device: &DeviceCounters,
) -> bindings::tarpit_fate {
    let family = Family::of(IPV6);
    let netns = frame.netns();
    let sent = answer::<IPV6>(settings, frame);
    netns.count(counters::packet_by(counters::DEVICE, family, sent.is_ok()));
    match sent {
        Ok(Sent { verdict, length }) => {
            device.add(stats::REPLIES, 1);
            device.add(stats::REPLY_BYTES, length.wrapping_add(14));
            match verdict {
                Verdict::Drop => bindings::TARPIT_ANSWERED,
                Verdict::Stolen => bindings::TARPIT_REUSED,
            }
        }
        Err(reason) => {
            device.add(stats::dropped(reason), 1);
            bindings::TARPIT_IGNORED
        }
    }
}

/// Defines the function that C calls for packets of one family.
macro_rules! export_family {
    ($name:ident, $ipv6:literal) => {
        /// # Safety
        ///
        /// The transmit function of a tarpit device has read `packet`, whose skb is ours until this
        /// returns. `settings` are the device's, and `counters` are as many as
        /// `xt_tarpit_device_counters()` says.
        #[no_mangle]
        unsafe extern "C" fn $name(
            packet: *mut tarpit_packet,
            settings: *const tarpit_settings,
            counters: *mut u64,
        ) -> u32 {
            // SAFETY: By this function's contract.
            let frame = unsafe { Frame::new(&mut *packet) };
            // SAFETY: By this function's contract.
            let settings = unsafe { *settings };
            // SAFETY: By this function's contract.
            let counters = unsafe { DeviceCounters::new(counters, stats::COUNT) };
            take::<$ipv6>(settings.into(), frame, &counters)
        }
    };
}

export_family!(xt_tarpit_device_v4, false);
export_family!(xt_tarpit_device_v6, true);

/// # Safety
///
/// Both are valid, and nothing else changes `settings` meanwhile.
#[no_mangle]
unsafe extern "C" fn xt_tarpit_device_settle(
    settings: *mut tarpit_settings,
    request: *const tarpit_request,
) -> *const c_char {
    // SAFETY: By this function's contract.
    let (settings, request) = unsafe { (&mut *settings, *request) };
    match Settings::from(*settings).after(&request.into()) {
        Ok(after) => {
            *settings = tarpit_settings {
                window: after.window,
                mode: after.mode,
                reply: after.reply,
            };
            // Without a key packets get no reply, so wait for the random pool now.
            kapi::netns::wait_for_random();
            ptr::null()
        }
        Err(refusal) => refusal.as_char_ptr().cast(),
    }
}

/// # Safety
///
/// `settings` is valid.
#[no_mangle]
unsafe extern "C" fn xt_tarpit_device_has_window(settings: *const tarpit_settings) -> bool {
    // SAFETY: By this function's contract.
    Settings::from(unsafe { *settings }).has_window()
}

/// The word of a value, or null if there is no such value.
///
/// # Safety
///
/// None: it may be called anywhere, and is unsafe only because C calls it.
#[no_mangle]
unsafe extern "C" fn xt_tarpit_device_word(setting: u32, value: u8) -> *const c_char {
    let word = match setting {
        bindings::TARPIT_SETTING_MODE => settings::mode_word(value),
        bindings::TARPIT_SETTING_REPLY => settings::reply_word(value),
        _ => None,
    };
    word.map_or(ptr::null(), |word| word.as_char_ptr().cast())
}

/// The number of counters of a device.
///
/// # Safety
///
/// None: it may be called anywhere, and is unsafe only because C calls it.
#[no_mangle]
unsafe extern "C" fn xt_tarpit_device_counters() -> usize {
    stats::COUNT
}

/// The name of a counter of packets; an empty one for those of bytes.
///
/// # Safety
///
/// None: it may be called anywhere, and is unsafe only because C calls it.
#[no_mangle]
unsafe extern "C" fn xt_tarpit_device_counter(index: usize) -> tarpit_text {
    let name = stats::name(index).unwrap_or("");
    tarpit_text {
        start: name.as_ptr().cast(),
        length: name.len(),
    }
}

// stats.rs and device.h number them alike.
const _: () = {
    assert!(stats::TAKEN_BYTES == bindings::TARPIT_TAKEN_BYTES as usize);
    assert!(stats::REPLY_BYTES == bindings::TARPIT_REPLY_BYTES as usize);
    assert!(stats::REPLIES == bindings::TARPIT_REPLIES as usize);
    assert!(stats::UNSENT == bindings::TARPIT_UNSENT as usize);
    assert!(stats::ECHOES == bindings::TARPIT_ECHOES as usize);
    assert!(stats::NOT_IP == bindings::TARPIT_NOT_IP as usize);
    assert!(stats::LIMITED == bindings::TARPIT_LIMITED as usize);
    assert!(stats::dropped(DropReason::NoMemory) == bindings::TARPIT_NO_MEMORY as usize);
};

kapi::same_prototype!(xt_tarpit_device_v4 xt_tarpit_device_v6 xt_tarpit_device_settle);
kapi::same_prototype!(xt_tarpit_device_has_window xt_tarpit_device_word);
kapi::same_prototype!(xt_tarpit_device_counters xt_tarpit_device_counter);

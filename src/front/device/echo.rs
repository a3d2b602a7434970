// SPDX-License-Identifier: GPL-2.0
//! Echo requests to a device whose option `echo` is set.

use super::{bindings, settings::Settings, stats};
use crate::drop_reason::DropReason;
use crate::kapi::{
    self,
    bindings::tarpit_packet,
    frame::{DeviceCounters, Frame},
    packet::Headers,
    reply::ReplySkb,
    route::Route,
};
use crate::policy::way;
use crate::wire::{echo, frame, Family, Flow};

/// The ICMP type of a reply, which a flow has in the upper half of its destination port.
const fn type_of_reply(family: Family) -> u16 {
    match family {
        Family::V4 => 0,
        Family::V6 => 129 << 8,
    }
}

/// Answers a request in its own skb. Returns the length of the reply.
fn answer(family: Family, settings: Settings, mut frame: Frame<'_>) -> Result<usize, DropReason> {
    let mut copy = Headers::new();
    let length = frame::length(family, frame.headers(&mut copy), frame.len(), false)?;
    let way = way::choose(settings.reply(), &frame.arrival());
    frame.trim(length);
    let packet = frame.into_packet(way);
    let bytes = packet.linear().ok_or(DropReason::NoMemory)?;
    let (length, addresses) = (bytes.len(), echo::parse(family, bytes)?);
    packet.check_input()?;
    packet.check_translation()?;
    let back = Flow {
        addresses: addresses.reversed(),
        source: 0,
        destination: type_of_reply(family),
    };
    let route = Route::back(&packet, &back)?;
    let hop_limit = route.path_info().hop_limit;
    let mut skb = ReplySkb::new(packet, length, route).map_err(|(_, reason)| reason)?;
    if !skb.in_place() {
        return Err(DropReason::NoMemory);
    }
    echo::turn(&addresses, hop_limit, skb.bytes());
    skb.send();
    Ok(length)
}

/// # Safety
///
/// As `xt_tarpit_device_v4()`. The skb is unshared and linear, with room for any reply.
#[no_mangle]
unsafe extern "C" fn xt_tarpit_device_echo(
    packet: *mut tarpit_packet,
    settings: *const bindings::tarpit_settings,
    counters: *mut u64,
) -> u32 {
    // SAFETY: By this function's contract.
    let family = Family::of(unsafe { (*packet).ipv6 });
    // SAFETY: By this function's contract.
    let frame = unsafe { Frame::new(&mut *packet) };
    // SAFETY: By this function's contract.
    let settings = unsafe { *settings };
    // SAFETY: By this function's contract.
    let device = unsafe { DeviceCounters::new(counters, stats::COUNT) };
    match answer(family, settings.into(), frame) {
        Ok(length) => {
            device.add(stats::REPLIES, 1);
            device.add(stats::ECHOES, 1);
            device.add(stats::REPLY_BYTES, length.wrapping_add(14));
            bindings::TARPIT_REUSED
        }
        Err(reason) => {
            device.add(stats::dropped(reason), 1);
            bindings::TARPIT_IGNORED
        }
    }
}

kapi::same_prototype!(xt_tarpit_device_echo);

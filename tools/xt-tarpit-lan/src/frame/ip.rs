// SPDX-License-Identifier: GPL-2.0
//! IPv4 and IPv6: the addresses, and what leads to DHCP and neighbour discovery.

use super::bytes::Bytes;
use super::{dhcp, nd, Heard, Mac, What};
use std::net::IpAddr;

pub const UDP: u8 = 17;

pub fn read_v4(from: Mac, packet: Bytes) -> Option<Heard> {
    let mut bytes = packet;
    let first = bytes.u8()?;
    let header = usize::from(first & 0x0f).checked_mul(4)?;
    if first >> 4 != 4 || header < 20 {
        return None;
    }
    bytes.skip(5)?; // service, length, identification
    let fragment = bytes.u16()? & 0x1fff;
    bytes.skip(1)?; // TTL
    let protocol = bytes.u8()?;
    bytes.skip(2)?; // checksum
    let (sender, to) = (bytes.v4()?, bytes.v4()?);
    let mut payload = packet;
    let lease = match payload.skip(header) {
        Some(()) if protocol == UDP && fragment == 0 => read_dhcp(payload),
        _ => None,
    };
    heard(
        from,
        sender.into(),
        lease.unwrap_or(What::Traffic(to.into())),
    )
}

fn read_dhcp(mut bytes: Bytes) -> Option<What> {
    let (from, to) = (bytes.u16()?, bytes.u16()?);
    bytes.skip(4)?; // length, checksum
    if dhcp::PORTS.contains(&from) && dhcp::PORTS.contains(&to) {
        dhcp::read(bytes)
    } else {
        None
    }
}

pub fn read_v6(from: Mac, mut bytes: Bytes) -> Option<Heard> {
    let first = bytes.u8()?;
    if first >> 4 != 6 {
        return None;
    }
    bytes.skip(3)?; // the rest of class and label
    let len = bytes.u16()?;
    let (next, hops) = (bytes.u8()?, bytes.u8()?);
    let (sender, to) = (bytes.v6()?, bytes.v6()?);
    let message = match bytes.slice(len.into()) {
        Some(payload) if next == nd::ICMPV6 && hops == 255 => nd::read(from, sender, to, payload),
        _ => None,
    };
    message.or_else(|| heard(from, sender.into(), What::Traffic(to.into())))
}

/// A packet from the unspecified address does not show the address of its sender.
fn heard(mac: Mac, sender: IpAddr, what: What) -> Option<Heard> {
    let unset = sender.is_unspecified();
    if !mac.is_host() || (unset && matches!(what, What::Traffic(_))) {
        return None;
    }
    Some(Heard {
        mac,
        sender: (!unset).then_some(sender),
        what,
    })
}

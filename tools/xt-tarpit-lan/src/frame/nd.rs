// SPDX-License-Identifier: GPL-2.0
//! Neighbour discovery (RFC 4861) and the detection of duplicates (RFC 4862).

use super::bytes::{checksum, Bytes};
use super::{Heard, Mac, What};
use std::net::Ipv6Addr;

/// The number of ICMPv6 in an IPv6 header.
pub const ICMPV6: u8 = 58;
pub const SOLICITATION: u8 = 135;
pub const ADVERTISEMENT: u8 = 136;
pub const SOURCE_LINK: u8 = 1;
pub const TARGET_LINK: u8 = 2;
/// The flags of an advertisement: from a router, solicited, override.
pub const SOLICITED: u8 = 0x40;
pub const OVERRIDE: u8 = 0x20;

/// Reads a message of ICMPv6. None if it is another one, or not valid.
pub fn read(from: Mac, sender: Ipv6Addr, to: Ipv6Addr, message: &[u8]) -> Option<Heard> {
    let mut bytes = Bytes(message);
    let (kind, code) = (bytes.u8()?, bytes.u8()?);
    bytes.skip(2)?; // checksum
    let flags = bytes.u8()?;
    bytes.skip(3)?;
    let target = bytes.v6()?;
    let is_host = !target.is_multicast() && !target.is_unspecified();
    if code != 0 || !is_host || sum(sender, to, message) != 0 || !from.is_host() {
        return None;
    }
    match kind {
        SOLICITATION if sender.is_unspecified() => Some(Heard {
            mac: from,
            sender: None,
            what: What::Probe(target.into()),
        }),
        SOLICITATION => Some(Heard {
            mac: from,
            sender: Some(sender.into()),
            what: What::Question(target.into()),
        }),
        ADVERTISEMENT => Some(Heard {
            mac: link_option(bytes, TARGET_LINK).unwrap_or(from),
            sender: Some(target.into()),
            what: if flags & SOLICITED == 0 {
                What::Announcement
            } else {
                What::Answer
            },
        }),
        _ => None,
    }
}

/// The MAC address in the option of this kind.
fn link_option(mut bytes: Bytes, wanted: u8) -> Option<Mac> {
    loop {
        let (kind, units) = (bytes.u8()?, bytes.u8()?);
        let mut value = Bytes(bytes.slice(usize::from(units).checked_mul(8)?.checked_sub(2)?)?);
        if kind == wanted && units == 1 {
            return value.mac().filter(|mac| mac.is_host());
        }
    }
}

/// The checksum over the pseudo header and the message: 0 if the message has the right one.
pub fn sum(from: Ipv6Addr, to: Ipv6Addr, message: &[u8]) -> u16 {
    let len = u32::try_from(message.len()).unwrap_or(0).to_be_bytes();
    let next = [0, 0, 0, ICMPV6];
    checksum(&[&from.octets(), &to.octets(), &len, &next, message])
}

/// The solicited-node multicast address of this address: solicitations for it go there.
pub fn solicited_node(target: Ipv6Addr) -> Ipv6Addr {
    let [.., a, b, c] = target.octets();
    Ipv6Addr::from([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, a, b, c])
}

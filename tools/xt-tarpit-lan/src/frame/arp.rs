// SPDX-License-Identifier: GPL-2.0
//! ARP (RFC 826) with the meanings of RFC 5227.

use super::bytes::Bytes;
use super::{Heard, What};

/// The fixed part for Ethernet and IPv4: hardware, protocol, and their lengths.
const ETHERNET_IPV4: [u8; 6] = [0, 1, 8, 0, 6, 4];
pub const REQUEST: u16 = 1;
pub const REPLY: u16 = 2;

pub fn read(mut bytes: Bytes) -> Option<Heard> {
    if bytes.array()? != ETHERNET_IPV4 {
        return None;
    }
    let operation = bytes.u16()?;
    let (mac, sender) = (bytes.mac()?, bytes.v4()?);
    let (_, target) = (bytes.mac()?, bytes.v4()?);
    if !mac.is_host() {
        return None;
    }
    let unset = sender.is_unspecified();
    let what = match operation {
        REQUEST | REPLY if sender == target && !unset => What::Announcement,
        REQUEST if unset => What::Probe(target.into()),
        REQUEST => What::Question(target.into()),
        REPLY if !unset => What::Answer,
        _ => return None,
    };
    Some(Heard {
        mac,
        sender: (!unset).then_some(sender.into()),
        what,
    })
}

pub fn fixed_part() -> [u8; 6] {
    ETHERNET_IPV4
}

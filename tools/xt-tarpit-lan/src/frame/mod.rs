// SPDX-License-Identifier: GPL-2.0
//! What an Ethernet frame says about the addresses of a LAN, and the frames that we send.
//!
//! Anyone on the LAN writes our input: each parser accepts any bytes, and returns `None` for those
//! that it cannot read.

mod arp;
mod bytes;
mod dhcp;
mod ip;
mod nd;
mod write;

pub use nd::solicited_node;
pub use write::{write, Form, Out};

use bytes::Bytes;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

const ARP: u16 = 0x0806;
const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;

/// An Ethernet address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mac(pub [u8; 6]);

impl Mac {
    pub const BROADCAST: Self = Self([0xff; 6]);

    /// Whether it can be that of one host.
    pub fn is_host(self) -> bool {
        let [first, ..] = self.0;
        first & 1 == 0 && self.0 != [0; 6]
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl FromStr for Mac {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bytes: Option<Vec<u8>> = text
            .split(':')
            .map(|byte| {
                u8::from_str_radix(byte, 16)
                    .ok()
                    .filter(|_| byte.len() == 2)
            })
            .collect();
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| format!("{text} is not a MAC address"))
    }
}

/// A frame of another host: who sent it, which address its sender uses, and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    pub mac: Mac,
    pub sender: Option<IpAddr>,
    pub what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// An ARP request or a neighbour solicitation: who has this address?
    Question(IpAddr),
    /// The same without a sender's address: a probe for a duplicate before the address is used.
    Probe(IpAddr),
    /// An ARP announcement or an unsolicited neighbour advertisement of the sender's own address.
    Announcement,
    /// Another ARP reply or neighbour advertisement.
    Answer,
    /// A DHCP client looks for servers.
    Discover,
    /// A DHCP client asks for this address, or a server gives it.
    Lease(Ipv4Addr),
    /// A DHCP client has found that another host uses this address.
    Decline(Ipv4Addr),
    /// Any other packet of IP, to this address.
    Traffic(IpAddr),
}

/// Reads a frame without a VLAN tag. None if it says nothing about addresses.
pub fn read(frame: &[u8]) -> Option<Heard> {
    let mut bytes = Bytes(frame);
    let _to = bytes.mac()?;
    let from = bytes.mac()?;
    match bytes.u16()? {
        ARP => arp::read(bytes),
        IPV4 => ip::read_v4(from, bytes),
        IPV6 => ip::read_v6(from, bytes),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

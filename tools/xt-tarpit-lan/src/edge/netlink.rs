// SPDX-License-Identifier: GPL-2.0
//! Messages of rtnetlink: links, addresses and gateways.
//!
//! Only a few attributes matter, and a kernel may send others that no library knows yet. A gateway
//! must not be missed for that, so unknown and odd attributes are skipped one by one. The crates
//! that decode whole messages (neli, netlink-packet-route) drop all of a message for one of them.

use crate::frame::Mac;
use crate::range::Prefix;
use libc::{ARPHRD_ETHER, IFF_LOWER_UP, IFLA_ADDRESS, IFLA_CARRIER, IFLA_IFNAME, IFLA_INFO_KIND};
use libc::{IFA_ADDRESS, IFA_LOCAL, IFLA_LINKINFO, IFLA_MASTER};
use libc::{RTA_GATEWAY, RTA_MULTIPATH, RTA_OIF, RTA_VIA};
use libc::{RTM_GETADDR, RTM_GETLINK, RTM_GETROUTE, RTM_NEWADDR, RTM_NEWLINK, RTM_NEWROUTE};
use netlink_packet_core::{parse_ip, NetlinkBuffer, NlaBuffer, NlasIterator};
use netlink_packet_core::{NLMSG_DONE, NLMSG_ERROR, NLM_F_DUMP, NLM_F_REQUEST};
use std::net::IpAddr;

/// What is dumped to know the network.
pub const DUMPS: [u16; 3] = [RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE];

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    pub index: u32,
    pub name: String,
    pub mac: Mac,
    pub ethernet: bool,
    pub flags: u32,
    /// Whether there is a carrier.
    pub carrier: bool,
    pub master: Option<u32>,
    /// The kind, such as bridge, vlan or tarpit.
    pub kind: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    Link(Link),
    Address {
        index: u32,
        prefix: Prefix,
    },
    Gateway {
        index: Option<u32>,
        addr: IpAddr,
        default: bool,
    },
}

/// What a datagram of a dump has.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Dump {
    pub items: Vec<Item>,
    pub done: bool,
    pub failed: bool,
}

/// A request to dump all objects of a kind, of any family.
pub fn request(kind: u16, sequence: u32) -> Vec<u8> {
    // A header and a struct rtgenmsg, which is padded.
    const LEN: u8 = 16 + 4;
    let mut message = NetlinkBuffer::new(vec![0; usize::from(LEN)]);
    message.set_length(LEN.into());
    message.set_message_type(kind);
    message.set_flags(NLM_F_REQUEST | NLM_F_DUMP);
    message.set_sequence_number(sequence);
    message.into_inner()
}

/// Reads a datagram, which may have several messages, up to the first that is malformed.
pub fn read(mut bytes: &[u8]) -> Dump {
    let mut dump = Dump::default();
    while let Ok(message) = NetlinkBuffer::new_checked(bytes) {
        let body = message.payload();
        match message.message_type() {
            RTM_NEWLINK => dump.items.extend(link(body).map(Item::Link)),
            RTM_NEWADDR => dump.items.extend(address(body)),
            RTM_NEWROUTE => gateways(body, &mut dump.items),
            NLMSG_DONE => dump.done = true,
            NLMSG_ERROR => dump.failed = true,
            _ => {}
        }
        let len = usize::try_from(message.length()).unwrap_or(usize::MAX);
        bytes = after(bytes, len);
    }
    dump
}

fn link(body: &[u8]) -> Option<Link> {
    let mut link = Link {
        index: u32_at(body, 4)?,
        ethernet: u16_at(body, 2)? == ARPHRD_ETHER,
        flags: u32_at(body, 8)?,
        ..Link::default()
    };
    // Without the attribute of the carrier, this flag says whether there is one.
    link.carrier = link.flags & IFF_LOWER_UP.unsigned_abs() != 0;
    for attribute in attributes(body.get(16..)?) {
        let value = attribute.value();
        match attribute.kind() {
            IFLA_ADDRESS => link.mac = Mac(value.try_into().unwrap_or_default()),
            IFLA_IFNAME => link.name = text(value),
            IFLA_MASTER => link.master = u32_at(value, 0),
            IFLA_LINKINFO => {
                let kind = find(value, IFLA_INFO_KIND);
                link.kind = kind.map(|kind| text(kind.value())).unwrap_or_default();
            }
            IFLA_CARRIER => link.carrier = value.first() == Some(&1),
            _ => {}
        }
    }
    Some(link)
}

fn address(body: &[u8]) -> Option<Item> {
    let len = *body.get(1)?;
    let index = u32_at(body, 4)?;
    let attrs = body.get(8..)?;
    let ip = |kind| find(attrs, kind).and_then(|attribute| parse_ip(attribute.value()).ok());
    // With a peer, the local address is another one than the address of the network.
    let addr = ip(IFA_LOCAL).or_else(|| ip(IFA_ADDRESS))?;
    let prefix = Prefix { addr, len };
    Some(Item::Address { index, prefix })
}

/// The gateways of a route: its own, one of the other family, and those of several hops.
fn gateways(body: &[u8], items: &mut Vec<Item>) {
    let (Some(&len), Some(attrs)) = (body.get(1), body.get(12..)) else {
        return;
    };
    let index = find(attrs, RTA_OIF).and_then(|attribute| u32_at(attribute.value(), 0));
    let default = len == 0;
    hop(attrs, index, default, items);
    for several in attributes(attrs).filter(|attribute| attribute.kind() == RTA_MULTIPATH) {
        let mut hops = several.value();
        while let Some(size) = u16_at(hops, 0).map(usize::from).filter(|&size| size >= 8) {
            let Some(inner) = hops.get(8..size) else {
                break;
            };
            hop(inner, u32_at(hops, 4), default, items);
            hops = after(hops, size);
        }
    }
}

fn hop(attrs: &[u8], index: Option<u32>, default: bool, items: &mut Vec<Item>) {
    for attribute in attributes(attrs) {
        let value = match attribute.kind() {
            RTA_GATEWAY => attribute.value(),
            RTA_VIA => attribute.value().get(2..).unwrap_or_default(),
            _ => continue,
        };
        items.extend(parse_ip(value).ok().map(|addr| Item::Gateway {
            index,
            addr,
            default,
        }));
    }
}

/// The attributes up to the first that is malformed.
fn attributes(bytes: &[u8]) -> impl Iterator<Item = NlaBuffer<&[u8]>> {
    NlasIterator::new(bytes).map_while(Result::ok)
}

fn find(bytes: &[u8], kind: u16) -> Option<NlaBuffer<&[u8]>> {
    attributes(bytes).find(|attribute| attribute.kind() == kind)
}

/// What follows a part of this length: parts begin at a multiple of 4.
fn after(bytes: &[u8], len: usize) -> &[u8] {
    let start = len.checked_next_multiple_of(4);
    start
        .and_then(|start| bytes.get(start..))
        .unwrap_or_default()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let (value, _) = bytes.get(at..)?.split_first_chunk()?;
    Some(u16::from_ne_bytes(*value))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let (value, _) = bytes.get(at..)?.split_first_chunk()?;
    Some(u32::from_ne_bytes(*value))
}

fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&byte| byte == 0);
    let bytes = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests;

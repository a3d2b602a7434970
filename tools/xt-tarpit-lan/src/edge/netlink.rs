// SPDX-License-Identifier: GPL-2.0
//! Messages of rtnetlink: links, addresses and gateways.
//!
//! Only a few attributes matter, and a kernel may send others that no library knows yet. A gateway
//! must not be missed for that, so unknown and odd attributes are skipped one by one.

use crate::frame::Mac;
use crate::range::Prefix;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub const GET_LINK: u16 = 18;
pub const GET_ADDR: u16 = 22;
pub const GET_ROUTE: u16 = 26;
const NEW_LINK: u16 = 16;
const NEW_ADDR: u16 = 20;
const NEW_ROUTE: u16 = 24;
const DONE: u16 = 3;
const ERROR: u16 = 2;
/// Links, addresses and routes of both families.
pub const GROUPS: u32 = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

const HEADER: usize = 16;

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

/// A request to dump all objects of a kind.
pub fn request(kind: u16, sequence: u32) -> Vec<u8> {
    const REQUEST_DUMP: u16 = 0x1 | 0x300;
    let body = [0_u8; 20];
    let body = match kind {
        GET_LINK => body.get(..16),
        GET_ADDR => body.get(..8),
        _ => body.get(..12),
    }
    .unwrap_or_default();
    let len = u32::try_from(HEADER.saturating_add(body.len())).unwrap_or(0);
    let mut message = len.to_ne_bytes().to_vec();
    message.extend(kind.to_ne_bytes());
    message.extend(REQUEST_DUMP.to_ne_bytes());
    message.extend(sequence.to_ne_bytes());
    message.extend(0_u32.to_ne_bytes());
    message.extend(body);
    message
}

/// Reads a datagram, which may have several messages.
pub fn read(mut bytes: &[u8]) -> Dump {
    let mut dump = Dump::default();
    while let Some((kind, body, rest)) = message(bytes) {
        match kind {
            NEW_LINK => dump.items.extend(link(body).map(Item::Link)),
            NEW_ADDR => dump.items.extend(address(body)),
            NEW_ROUTE => gateways(body, &mut dump.items),
            DONE => dump.done = true,
            ERROR => dump.failed = true,
            _ => {}
        }
        bytes = rest;
    }
    dump
}

fn message(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let len = usize::try_from(u32_at(bytes, 0)?).ok()?;
    let kind = u16_at(bytes, 4)?;
    let body = bytes.get(HEADER..len)?;
    let rest = bytes.get(aligned(len)..).unwrap_or_default();
    Some((kind, body, rest))
}

fn link(body: &[u8]) -> Option<Link> {
    const ETHERNET: u16 = 1;
    let mut link = Link {
        index: u32_at(body, 4)?,
        ethernet: u16_at(body, 2)? == ETHERNET,
        flags: u32_at(body, 8)?,
        ..Link::default()
    };
    // Without the attribute of the carrier, the flag IFF_LOWER_UP says whether there is one.
    const LOWER_UP: u32 = 0x10000;
    link.carrier = link.flags & LOWER_UP != 0;
    for (kind, value) in attributes(body.get(16..)?) {
        match kind {
            1 => link.mac = Mac(value.try_into().unwrap_or_default()),
            3 => link.name = text(value),
            10 => link.master = u32_at(value, 0),
            18 => {
                let kind = attributes(value).find(|&(kind, _)| kind == 1);
                link.kind = kind.map(|(_, value)| text(value)).unwrap_or_default();
            }
            33 => link.carrier = value.first() == Some(&1),
            _ => {}
        }
    }
    Some(link)
}

fn address(body: &[u8]) -> Option<Item> {
    let len = *body.get(1)?;
    let index = u32_at(body, 4)?;
    let (mut local, mut address) = (None, None);
    for (kind, value) in attributes(body.get(8..)?) {
        match kind {
            1 => address = ip(value),
            2 => local = ip(value),
            _ => {}
        }
    }
    // With a peer, the local address is another one than the address of the network.
    let addr = local.or(address)?;
    let prefix = Prefix { addr, len };
    Some(Item::Address { index, prefix })
}

/// The gateways of a route: its own, one of the other family, and those of several hops.
fn gateways(body: &[u8], items: &mut Vec<Item>) {
    let (Some(&len), Some(attrs)) = (body.get(1), body.get(12..)) else {
        return;
    };
    let index = attributes(attrs)
        .find(|&(kind, _)| kind == 4)
        .and_then(|(_, value)| u32_at(value, 0));
    let default = len == 0;
    hop(attrs, index, default, items);
    for (_, mut hops) in attributes(attrs).filter(|&(kind, _)| kind == 9) {
        while let Some(size) = u16_at(hops, 0).map(usize::from).filter(|&size| size >= 8) {
            let Some(inner) = hops.get(8..size) else {
                break;
            };
            hop(inner, u32_at(hops, 4), default, items);
            hops = hops.get(aligned(size)..).unwrap_or_default();
        }
    }
}

fn hop(attrs: &[u8], index: Option<u32>, default: bool, items: &mut Vec<Item>) {
    for (kind, value) in attributes(attrs) {
        let addr = match kind {
            5 => ip(value),
            18 => value.get(2..).and_then(ip),
            _ => None,
        };
        items.extend(addr.map(|addr| Item::Gateway {
            index,
            addr,
            default,
        }));
    }
}

/// The kind and value of each attribute, up to the first that is malformed.
fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    const KIND: u16 = 0x3fff;
    std::iter::from_fn(move || {
        let len = usize::from(u16_at(bytes, 0)?);
        let kind = u16_at(bytes, 2)? & KIND;
        let value = bytes.get(4..len)?;
        bytes = bytes.get(aligned(len)..).unwrap_or_default();
        Some((kind, value))
    })
}

fn aligned(len: usize) -> usize {
    len.saturating_add(3) & !3
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let (value, _) = bytes.get(at..)?.split_first_chunk()?;
    Some(u16::from_ne_bytes(*value))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let (value, _) = bytes.get(at..)?.split_first_chunk()?;
    Some(u32::from_ne_bytes(*value))
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return Some(Ipv4Addr::from(v4).into());
    }
    <[u8; 16]>::try_from(bytes)
        .ok()
        .map(|v6| Ipv6Addr::from(v6).into())
}

fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&byte| byte == 0);
    let bytes = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests;

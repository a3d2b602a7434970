// SPDX-License-Identifier: GPL-2.0
//! The oracle's own reading of a frame. It shares nothing with the module, and with what makes the
//! frames no more than the checksum and the names of numbers (wire.rs), whose other judge is the
//! kernel. An Err is the reason why no answer may come.

use crate::lab::{Address, Family, Flow};
use crate::wire::{be16, be32, sum, tcp_sum, DESTINATION, FRAGMENT, HOP_BY_HOP, ROUTING, TCP};

/// Headers must end within so many bytes (docs/behaviour.md, section 2).
const LOOK: usize = 256;

/// Why nothing may come.
pub type Why = &'static str;

/// What a SYN offers, or a later segment carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offers {
    pub mss: bool,
    pub scale: bool,
    pub sack: bool,
    /// TSval and TSecr.
    pub stamps: Option<(u32, u32)>,
}

/// A TCP segment as it reaches the rule.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    pub flow: Flow,
    pub seq: u32,
    pub ack: u32,
    pub flags: u8,
    pub window: u16,
    pub offers: Offers,
    /// Bytes of payload.
    pub payload: u32,
    /// Bytes from the IP header on.
    pub length: usize,
    /// Where TCP starts.
    pub tcp: usize,
    pub hops: u8,
    pub sum_right: bool,
    /// Nothing before the rule refuses it, as far as its headers go.
    pub plain: bool,
    /// There is more behind the packet, which the kernel takes away.
    pub trailed: bool,
}

/// What the IP headers say.
struct Network {
    from: Address,
    to: Address,
    length: usize,
    tcp: usize,
    hops: u8,
    plain: bool,
}

/// Reads what starts at an IP header; of a super-packet the length may be 0.
pub fn decode(family: Family, bytes: &[u8], super_packet: bool) -> Result<Facts, Why> {
    let network = match family {
        Family::V4 => v4(bytes, super_packet)?,
        Family::V6 => v6(bytes, super_packet)?,
    };
    let content = &bytes[..network.length];
    let segment = content.get(network.tcp..).ok_or("no TCP header")?;
    if segment.len() < 20 {
        return Err("TCP header cut short");
    }
    let head = usize::from(segment[12] >> 4) * 4;
    if head < 20 || head > segment.len() {
        return Err("data offset");
    }
    if network.tcp + head > LOOK {
        return Err("headers beyond the first 256 bytes");
    }
    let (from, to) = (network.from, network.to);
    Ok(Facts {
        flow: Flow {
            from,
            to,
            sport: be16(segment, 0),
            dport: be16(segment, 2),
        },
        seq: be32(segment, 4),
        ack: be32(segment, 8),
        flags: segment[13],
        window: be16(segment, 14),
        offers: offers(&segment[20..head]),
        payload: (segment.len() - head) as u32,
        length: network.length,
        tcp: network.tcp,
        hops: network.hops,
        sum_right: tcp_sum(from.octets(), to.octets(), segment) == 0xffff,
        plain: network.plain,
        trailed: bytes.len() > network.length,
    })
}

fn v4(bytes: &[u8], super_packet: bool) -> Result<Network, Why> {
    if bytes.len() < 20 || bytes[0] >> 4 != 4 {
        return Err("no IPv4 header");
    }
    let words = usize::from(bytes[0] & 15) * 4;
    if words < 20 || words > bytes.len() || sum(&bytes[..words], 0) != 0xffff {
        return Err("IPv4 header damaged");
    }
    let told = usize::from(be16(bytes, 2));
    let bare = told == 0 && super_packet;
    let length = if bare { bytes.len() } else { told };
    if length < words || length > bytes.len() {
        return Err("IPv4 length");
    }
    if bytes[9] != TCP {
        return Err("not TCP");
    }
    if be16(bytes, 6) & 0x3fff != 0 {
        return Err("fragment");
    }
    if words > 20 {
        return Err("IPv4 options");
    }
    Ok(Network {
        from: Address::new(Family::V4, &bytes[12..]),
        to: Address::new(Family::V4, &bytes[16..]),
        length,
        tcp: words,
        hops: bytes[8],
        plain: !bare,
    })
}

fn v6(bytes: &[u8], super_packet: bool) -> Result<Network, Why> {
    if bytes.len() < 40 || bytes[0] >> 4 != 6 {
        return Err("no IPv6 header");
    }
    let told = usize::from(be16(bytes, 4));
    let bare = told == 0 && (super_packet || bytes[6] == HOP_BY_HOP);
    let length = if bare { bytes.len() } else { told + 40 };
    if length > bytes.len() {
        return Err("IPv6 length");
    }
    let (tcp, plain) = chain(&bytes[..length])?;
    Ok(Network {
        from: Address::new(Family::V6, &bytes[8..]),
        to: Address::new(Family::V6, &bytes[24..]),
        length,
        tcp,
        hops: bytes[7],
        plain: plain && !bare,
    })
}

/// Walks the extension headers: where TCP starts, and whether the kernel likes them for sure.
fn chain(bytes: &[u8]) -> Result<(usize, bool), Why> {
    let (mut next, mut at, mut plain) = (bytes[6], 40, true);
    while next != TCP {
        let header = bytes.get(at..at + 8).ok_or("extension header cut short")?;
        let size = 8 + usize::from(header[1]) * 8;
        match next {
            HOP_BY_HOP if at == 40 => plain &= header[1..] == [0, 1, 4, 0, 0, 0, 0],
            DESTINATION => {}
            ROUTING if header[3] == 0 => {}
            ROUTING => return Err("source routed"),
            FRAGMENT => return Err("fragment"),
            _ => return Err("not TCP"),
        }
        next = header[0];
        at += size;
    }
    Ok((at, plain))
}

/// Options count up to the first malformed or repeated one.
fn offers(mut blob: &[u8]) -> Offers {
    let mut offers = Offers::default();
    while let Some(&kind) = blob.first() {
        if kind == 0 {
            break;
        }
        if kind == 1 {
            blob = &blob[1..];
            continue;
        }
        let size = blob.get(1).map_or(0, |size| usize::from(*size));
        if size < 2 || size > blob.len() {
            break;
        }
        let repeated = match (kind, size) {
            (2, 4) => std::mem::replace(&mut offers.mss, true),
            (3, 3) => std::mem::replace(&mut offers.scale, true),
            (4, 2) => std::mem::replace(&mut offers.sack, true),
            (8, 10) if offers.stamps.is_none() => {
                offers.stamps = Some((be32(blob, 2), be32(blob, 6)));
                false
            }
            (2 | 3 | 4 | 8, _) => true,
            _ => false,
        };
        if repeated {
            break;
        }
        blob = &blob[size..];
    }
    offers
}

// SPDX-License-Identifier: GPL-2.0
//! The oracle's reading of a frame: what the kernel refuses before the rule sees it, then the crate
//! `oracle`. It shares no code with the module, and with what makes the frames no more than the
//! checksum and the names of numbers, which the kernel checks too. An Err is the reason why no
//! reply may come.

use crate::lab::{Address, Family, Flow};
use oracle::bytes::{be16, sum, tcp_sum, HOP_BY_HOP};
use oracle::{options, read, Options};

/// The module reads headers within so many bytes (docs/behaviour.md, section 2).
const LOOK: usize = 256;

/// Why no reply may come.
pub type Why = oracle::Reason;

/// A TCP segment as it reaches the rule.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    pub flow: Flow,
    pub seq: u32,
    pub ack: u32,
    pub flags: u8,
    pub window: u16,
    pub offers: Options,
    /// Bytes of payload.
    pub payload: u32,
    /// Bytes from the IP header on.
    pub length: usize,
    /// The offset of the TCP header.
    pub tcp: usize,
    pub hops: u8,
    pub sum_right: bool,
    /// No check before the rule drops it because of its headers.
    pub plain: bool,
    /// There are bytes behind the packet, which the kernel trims.
    pub trailed: bool,
}

/// What the kernel makes of the IP header.
struct Network {
    length: usize,
    hops: u8,
    plain: bool,
}

/// Decodes a packet from its IP header on; the length of a super-packet may be 0.
pub fn decode(family: Family, bytes: &[u8], super_packet: bool) -> Result<Facts, Why> {
    let (network, of) = match family {
        Family::V4 => (v4(bytes, super_packet)?, oracle::Family::V4),
        Family::V6 => (v6(bytes, super_packet)?, oracle::Family::V6),
    };
    let content = &bytes[..network.length];
    let look = &content[..content.len().min(LOOK)];
    let fields = read(of, look, network.length as u32)?;
    let sum = tcp_sum(fields.from, fields.to, &content[fields.tcp..]);
    Ok(Facts {
        flow: Flow {
            from: Address::new(family, fields.from),
            to: Address::new(family, fields.to),
            sport: fields.sport,
            dport: fields.dport,
        },
        seq: fields.seq,
        ack: fields.ack,
        flags: fields.flags,
        window: fields.window,
        offers: options(fields.options),
        payload: fields.payload,
        length: network.length,
        tcp: fields.tcp,
        hops: network.hops,
        sum_right: sum == 0xffff,
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
    Ok(Network {
        length,
        hops: bytes[8],
        plain: !bare,
    })
}

fn v6(bytes: &[u8], super_packet: bool) -> Result<Network, Why> {
    if bytes.len() < 40 || bytes[0] >> 4 != 6 {
        return Err("no IPv6 header");
    }
    let told = usize::from(be16(bytes, 4));
    let hop_by_hop = bytes[6] == HOP_BY_HOP;
    let bare = told == 0 && (super_packet || hop_by_hop);
    let length = if bare { bytes.len() } else { told + 40 };
    if length > bytes.len() {
        return Err("IPv6 length");
    }
    // Of hop-by-hop options, one of padding is what the kernel likes for sure.
    let padding = bytes.get(41..48) == Some(&[0, 1, 4, 0, 0, 0, 0]);
    Ok(Network {
        length,
        hops: bytes[7],
        plain: !bare && (!hop_by_hop || padding),
    })
}

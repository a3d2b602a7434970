// SPDX-License-Identifier: GPL-2.0
//! The frames that we send. All have our own MAC address as their source.

use super::{arp, nd, Mac, ARP, IPV6};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A frame to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Out {
    /// Who has `target`? From our own address.
    Ask { from: IpAddr, target: IpAddr },
    /// `target` is at our MAC address, to the peer that has asked. `from` is our own address.
    Answer {
        from: IpAddr,
        target: IpAddr,
        peer: Mac,
        peer_addr: IpAddr,
    },
    /// `target` is at `owner`, to a peer that we had answered.
    HandOver {
        from: IpAddr,
        target: IpAddr,
        owner: Mac,
        peer: Mac,
        peer_addr: IpAddr,
        form: Form,
    },
}

/// The form of a handover. Some hosts ignore one form: Linux ignores an answer within a second of
/// the last change of its entry (locktime), and an announcement if drop_gratuitous_arp or
/// drop_unsolicited_na is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Announcement,
    Answer,
}

impl Out {
    pub fn target(&self) -> IpAddr {
        match *self {
            Self::Ask { target, .. }
            | Self::Answer { target, .. }
            | Self::HandOver { target, .. } => target,
        }
    }
}

/// The bytes of a frame from `mac`. None if the addresses are of two families.
pub fn write(mac: Mac, out: &Out) -> Option<Vec<u8>> {
    match *out {
        Out::Ask {
            from: IpAddr::V4(from),
            target: IpAddr::V4(target),
        } => Some(ask_v4(mac, from, target)),
        Out::Ask {
            from: IpAddr::V6(from),
            target: IpAddr::V6(target),
        } => Some(ask_v6(mac, from, target)),
        Out::Answer {
            from,
            target,
            peer,
            peer_addr,
        } => {
            let peer = (peer, peer_addr);
            tell(mac, (target, mac), peer, peer, from, nd::SOLICITED)
        }
        Out::HandOver {
            from,
            target,
            owner,
            peer,
            peer_addr,
            form,
        } => {
            let (peer, of_owner) = ((peer, peer_addr), (owner, target));
            let (about, flags) = match form {
                Form::Announcement => (of_owner, nd::OVERRIDE),
                Form::Answer => (peer, nd::OVERRIDE | nd::SOLICITED),
            };
            tell(mac, (target, owner), peer, about, from, flags)
        }
        Out::Ask { .. } => None,
    }
}

fn ask_v4(mac: Mac, from: Ipv4Addr, target: Ipv4Addr) -> Vec<u8> {
    let mut frame = ethernet(Mac::BROADCAST, mac, ARP);
    arp_body(
        &mut frame,
        arp::REQUEST,
        (mac, from),
        (Mac::default(), target),
    );
    frame
}

fn ask_v6(mac: Mac, from: Ipv6Addr, target: Ipv6Addr) -> Vec<u8> {
    let to = nd::solicited_node(target);
    let [.., a, b, c, d] = to.octets();
    let mut frame = ethernet(Mac([0x33, 0x33, a, b, c, d]), mac, IPV6);
    let message = message(nd::SOLICITATION, 0, target, (nd::SOURCE_LINK, mac));
    ipv6(&mut frame, from, to, message);
    frame
}

/// Tells a peer which MAC address an address has. `about` is the target of an ARP reply.
fn tell(
    mac: Mac,
    (target, owner): (IpAddr, Mac),
    (peer, peer_addr): (Mac, IpAddr),
    about: (Mac, IpAddr),
    from: IpAddr,
    flags: u8,
) -> Option<Vec<u8>> {
    match (target, about.1, peer_addr, from) {
        (IpAddr::V4(target), IpAddr::V4(addr), _, _) => {
            let mut frame = ethernet(peer, mac, ARP);
            arp_body(&mut frame, arp::REPLY, (owner, target), (about.0, addr));
            Some(frame)
        }
        (IpAddr::V6(target), _, IpAddr::V6(addr), IpAddr::V6(from)) => {
            let mut frame = ethernet(peer, mac, IPV6);
            let message = message(nd::ADVERTISEMENT, flags, target, (nd::TARGET_LINK, owner));
            ipv6(&mut frame, from, addr, message);
            Some(frame)
        }
        _ => None,
    }
}

fn ethernet(to: Mac, from: Mac, kind: u16) -> Vec<u8> {
    let mut frame = Vec::with_capacity(86);
    frame.extend(to.0);
    frame.extend(from.0);
    frame.extend(kind.to_be_bytes());
    frame
}

fn arp_body(frame: &mut Vec<u8>, operation: u16, sender: (Mac, Ipv4Addr), target: (Mac, Ipv4Addr)) {
    frame.extend(arp::fixed_part());
    frame.extend(operation.to_be_bytes());
    for (mac, addr) in [sender, target] {
        frame.extend(mac.0);
        frame.extend(addr.octets());
    }
}

/// A message of neighbour discovery without its checksum.
fn message(kind: u8, flags: u8, target: Ipv6Addr, (option, mac): (u8, Mac)) -> Vec<u8> {
    let mut message = vec![kind, 0, 0, 0, flags, 0, 0, 0];
    message.extend(target.octets());
    message.extend([option, 1]);
    message.extend(mac.0);
    message
}

fn ipv6(frame: &mut Vec<u8>, from: Ipv6Addr, to: Ipv6Addr, mut message: Vec<u8>) {
    let sum = nd::sum(from, to, &message).to_be_bytes();
    for (byte, value) in message.iter_mut().skip(2).zip(sum) {
        *byte = value;
    }
    let len = u16::try_from(message.len()).unwrap_or(0).to_be_bytes();
    frame.extend([0x60, 0, 0, 0]);
    frame.extend(len);
    frame.extend([nd::ICMPV6, 255]);
    frame.extend(from.octets());
    frame.extend(to.octets());
    frame.extend(message);
}

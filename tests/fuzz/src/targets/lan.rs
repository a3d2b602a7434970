// SPDX-License-Identifier: GPL-2.0
//! Reads any bytes as a frame of the LAN that xt-tarpit-lan hears, and compares what it says with
//! the frame as etherparse decodes it.

use crate::frame::{read, Heard, Mac, What};
use etherparse::{checksum::Sum16BitWords, Icmpv6Slice, Ipv4Slice, Ipv6Slice};
use etherparse::{ArpEthIpv4Packet, NetSlice, SlicedPacket, TransportSlice};
use std::net::{IpAddr, Ipv6Addr};

/// The types of frames that it reads: ARP, IPv4 and IPv6, none with a VLAN tag.
const TYPES: [[u8; 2]; 3] = [[8, 6], [8, 0], [0x86, 0xdd]];

pub fn lan(data: &[u8]) {
    compare(data);
    if let Some(right) = with_right_sum(data) {
        compare(&right);
    }
}

/// The frame with the right checksum of ICMPv6, which a fuzzer does not find by itself.
fn with_right_sum(data: &[u8]) -> Option<Vec<u8>> {
    let mut frame = data.to_vec();
    let length = u16::from_be_bytes(frame.get(18..20)?.try_into().ok()?);
    frame.get_mut(56..58)?.fill(0);
    let message = frame.get(54..54 + usize::from(length))?;
    let sum = Sum16BitWords::new()
        .add_slice(frame.get(22..54)?)
        .add_4bytes(u32::from(length).to_be_bytes())
        .add_2bytes([0, 58])
        .add_slice(message)
        .ones_complement();
    frame.get_mut(56..58)?.copy_from_slice(&sum.to_ne_bytes());
    (data.get(12..14) == Some(&TYPES[2]) && data.get(20) == Some(&58)).then_some(frame)
}

fn compare(data: &[u8]) {
    let heard = read(data);
    if !TYPES.iter().any(|kind| data.get(12..14) == Some(kind)) {
        assert_eq!(heard, None);
        return;
    }
    if let Some(heard) = heard {
        assert!(heard.mac.is_host(), "{heard:?}");
        let of_host = |sender: IpAddr| !sender.is_unspecified();
        assert!(heard.sender.is_none_or(of_host), "{heard:?}");
    }
    let Ok(packet) = SlicedPacket::from_ethernet(data) else {
        // A frame of ARP that is too short.
        assert!(heard.is_none() || data.get(12..14) != Some(&TYPES[0]));
        return;
    };
    let transport = packet.transport.as_ref();
    match &packet.net {
        Some(NetSlice::Arp(packet)) => {
            let packet = packet.to_packet().try_eth_ipv4();
            assert_eq!(heard, packet.ok().and_then(|packet| arp(&packet)));
        }
        Some(NetSlice::Ipv4(ip)) => ipv4(heard, source(data), ip, transport),
        Some(NetSlice::Ipv6(ip)) => ipv6(heard, source(data), ip, transport),
        None => {}
    }
}

/// The source MAC address of a frame, which has one.
fn source(data: &[u8]) -> Mac {
    Mac(data[6..12].try_into().unwrap())
}

/// RFC 5227, section 1.1: the kinds of ARP packets.
fn arp(packet: &ArpEthIpv4Packet) -> Option<Heard> {
    let (sender, target) = (packet.sender_ipv4_addr(), packet.target_ipv4_addr());
    let mac = Mac(packet.sender_mac);
    let what = match (packet.operation.0, sender.is_unspecified()) {
        (1, true) => What::Probe(target.into()),
        (1 | 2, false) if sender == target => What::Announcement,
        (1, false) => What::Question(target.into()),
        (2, false) => What::Answer,
        _ => return None,
    };
    let sender = Some(IpAddr::V4(sender)).filter(|sender| !sender.is_unspecified());
    mac.is_host().then_some(Heard { mac, sender, what })
}

/// What a packet says that has no meaning of its own: that its source is there.
fn traffic(mac: Mac, from: IpAddr, to: IpAddr) -> Option<Heard> {
    let is_host = mac.is_host() && !from.is_unspecified();
    is_host.then_some(Heard {
        mac,
        sender: Some(from),
        what: What::Traffic(to),
    })
}

/// Only messages of DHCP, from a port of DHCP to one, are no traffic.
fn ipv4(
    heard: Option<Heard>,
    mac: Mac,
    ip: &Ipv4Slice<'_>,
    transport: Option<&TransportSlice<'_>>,
) {
    let header = ip.header();
    let (from, to) = (header.source_addr(), header.destination_addr());
    let is_dhcp = matches!(
        heard.map(|heard| heard.what),
        Some(What::Discover | What::Lease(_) | What::Decline(_))
    );
    if !is_dhcp {
        assert_eq!(heard, traffic(mac, from.into(), to.into()));
        return;
    }
    let sender = Some(IpAddr::V4(from)).filter(|from| !from.is_unspecified());
    let given = heard.map(|heard| (heard.mac, heard.sender));
    assert_eq!(given, Some((mac, sender)));
    if let Some(transport) = transport {
        let TransportSlice::Udp(udp) = transport else {
            panic!("{heard:?} without UDP");
        };
        let ports = [udp.source_port(), udp.destination_port()];
        assert!(
            ports.iter().all(|port| [67, 68].contains(port)),
            "{ports:?}"
        );
    }
}

/// All valid messages of neighbour discovery have their meaning, and nothing else has one.
fn ipv6(
    heard: Option<Heard>,
    mac: Mac,
    ip: &Ipv6Slice<'_>,
    transport: Option<&TransportSlice<'_>>,
) {
    let header = ip.header();
    let (from, to) = (header.source_addr(), header.destination_addr());
    let message = match transport {
        Some(TransportSlice::Icmpv6(message))
            if header.hop_limit() == 255
                && header.next_header().0 == 58
                // etherparse takes a length of 0 for that of all bytes.
                && usize::from(header.payload_length()) == message.slice().len()
                && message.is_checksum_valid(from.octets(), to.octets()) =>
        {
            discovery(message, from)
        }
        _ => None,
    };
    match message.filter(|_| mac.is_host()) {
        Some(wanted) => assert_eq!(heard.map(|heard| (heard.sender, heard.what)), Some(wanted)),
        None => assert_eq!(heard, traffic(mac, from.into(), to.into())),
    }
}

/// RFC 4861, sections 4.3 and 4.4: the meaning of a message, if its target can be a host's.
fn discovery(message: &Icmpv6Slice<'_>, from: Ipv6Addr) -> Option<(Option<IpAddr>, What)> {
    let bytes = message.slice();
    let target = Ipv6Addr::from(<[u8; 16]>::try_from(bytes.get(8..24)?).unwrap());
    if target.is_multicast() || target.is_unspecified() {
        return None;
    }
    let target = IpAddr::V6(target);
    match (bytes[0], bytes[1], bytes[4] & 0x40) {
        (135, 0, _) if from.is_unspecified() => Some((None, What::Probe(target))),
        (135, 0, _) => Some((Some(from.into()), What::Question(target))),
        (136, 0, 0) => Some((Some(target), What::Announcement)),
        (136, 0, _) => Some((Some(target), What::Answer)),
        _ => None,
    }
}

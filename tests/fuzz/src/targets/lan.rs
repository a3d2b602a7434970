// SPDX-License-Identifier: GPL-2.0
//! Reads any bytes as a frame of the LAN that xt-tarpit-lan hears, and compares what it says with
//! the frame as etherparse decodes it.

use crate::frame::{read, Heard, Mac, What};
use etherparse::{ArpEthIpv4Packet, NetSlice, SlicedPacket, TransportSlice};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The types of frames that it reads: ARP, IPv4 and IPv6, none with a VLAN tag.
const TYPES: [[u8; 2]; 3] = [[8, 6], [8, 0], [0x86, 0xdd]];

pub fn lan(data: &[u8]) {
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
    let decoded = SlicedPacket::from_ethernet(data).ok();
    match decoded.as_ref().and_then(|packet| packet.net.as_ref()) {
        Some(NetSlice::Arp(packet)) => {
            let packet = packet.to_packet().try_eth_ipv4();
            assert_eq!(heard, packet.ok().and_then(|packet| arp(&packet)));
        }
        Some(NetSlice::Ipv4(ip)) => {
            let header = ip.header();
            let (from, to) = (header.source_addr(), header.destination_addr());
            let transport = decoded
                .as_ref()
                .and_then(|packet| packet.transport.as_ref());
            ipv4(heard, from, to, transport);
        }
        Some(NetSlice::Ipv6(ip)) => {
            let header = ip.header();
            let (from, to) = (header.source_addr(), header.destination_addr());
            let transport = decoded
                .as_ref()
                .and_then(|packet| packet.transport.as_ref());
            ipv6(heard, from, to, transport, header.hop_limit());
        }
        // A frame of ARP that is too short.
        None if data.get(12..14) == Some(&TYPES[0]) => assert_eq!(heard, None),
        None => {}
    }
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
    mac.is_host().then_some(Heard {
        mac,
        sender: Some(sender)
            .filter(|sender| !sender.is_unspecified())
            .map(IpAddr::V4),
        what,
    })
}

/// Whether it is traffic from one address to the other, as each packet but some is.
fn is_traffic(heard: &Heard, from: IpAddr, to: IpAddr) -> bool {
    heard.sender == Some(from) && heard.what == What::Traffic(to)
}

/// Only messages of DHCP, from a port of DHCP to one, are no traffic.
fn ipv4(
    heard: Option<Heard>,
    from: Ipv4Addr,
    to: Ipv4Addr,
    transport: Option<&TransportSlice<'_>>,
) {
    let Some(heard) = heard else { return };
    if is_traffic(&heard, from.into(), to.into()) {
        return;
    }
    let sender = Some(from).filter(|from| !from.is_unspecified());
    assert_eq!(heard.sender, sender.map(IpAddr::V4));
    assert!(
        matches!(
            heard.what,
            What::Discover | What::Lease(_) | What::Decline(_)
        ),
        "{heard:?}"
    );
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

/// Only valid messages of neighbour discovery are no traffic (RFC 4861, section 7.1).
fn ipv6(
    heard: Option<Heard>,
    from: Ipv6Addr,
    to: Ipv6Addr,
    transport: Option<&TransportSlice<'_>>,
    hop_limit: u8,
) {
    let Some(heard) = heard else { return };
    if is_traffic(&heard, from.into(), to.into()) {
        return;
    }
    assert_eq!(hop_limit, 255, "{heard:?}");
    let Some(TransportSlice::Icmpv6(message)) = transport else {
        panic!("{heard:?} without ICMPv6");
    };
    assert!(message.is_checksum_valid(from.octets(), to.octets()));
    let bytes = message.slice();
    let target = IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(&bytes[8..24]).unwrap()));
    let wanted = match (bytes[0], bytes[1]) {
        (135, 0) if from.is_unspecified() => (None, What::Probe(target)),
        (135, 0) => (Some(from.into()), What::Question(target)),
        (136, 0) if bytes[4] & 0x40 == 0 => (Some(target), What::Announcement),
        (136, 0) => (Some(target), What::Answer),
        _ => panic!("{heard:?} of another message"),
    };
    assert_eq!((heard.sender, heard.what), wanted);
}

// SPDX-License-Identifier: GPL-2.0
use super::*;
use etherparse::{NetSlice, SlicedPacket};
use proptest::collection::vec;
use proptest::prelude::*;

/// ARP with this operation, from PEER with this address, for this target.
fn arp(operation: u8, sender: &str, target: &str) -> Vec<u8> {
    let mut frame = hex("ffffffffffff 020000000002 0806 0001 0800 06 04 00");
    frame.push(operation);
    for (mac, text) in [(PEER, sender), (Mac::default(), target)] {
        frame.extend(mac.0);
        frame.extend(text.parse::<Ipv4Addr>().unwrap().octets());
    }
    frame
}

fn said(frame: &[u8]) -> Option<(Option<IpAddr>, What)> {
    read(frame).map(|heard| (heard.sender, heard.what))
}

#[test]
fn each_kind_of_arp_is_told_from_the_others() {
    let (x, y) = (addr("192.0.2.7"), addr("192.0.2.9"));
    for (operation, sender, target, want) in [
        (
            1,
            "192.0.2.9",
            "192.0.2.7",
            Some((Some(y), What::Question(x))),
        ),
        (1, "0.0.0.0", "192.0.2.7", Some((None, What::Probe(x)))),
        (
            1,
            "192.0.2.7",
            "192.0.2.7",
            Some((Some(x), What::Announcement)),
        ),
        (
            2,
            "192.0.2.7",
            "192.0.2.7",
            Some((Some(x), What::Announcement)),
        ),
        (2, "192.0.2.7", "192.0.2.9", Some((Some(x), What::Answer))),
        (2, "0.0.0.0", "192.0.2.9", None),
        (3, "192.0.2.9", "192.0.2.7", None),
    ] {
        let frame = arp(operation, sender, target);
        assert_eq!(said(&frame), want, "{operation} {sender} {target}");
        for len in 0..frame.len() {
            assert_eq!(read(&frame[..len]), None, "{len} bytes");
        }
    }
}

#[test]
fn arp_of_other_hardware_or_from_a_group_says_nothing() {
    for (at, value) in [(15, 6), (16, 9), (18, 8), (19, 16), (22, 1)] {
        let mut frame = arp(1, "192.0.2.9", "192.0.2.7");
        frame[at] = value;
        assert_eq!(read(&frame), None, "byte {at}");
    }
}

/// DHCP in UDP in IPv4, with these addresses and options.
fn dhcp(source: &str, client: &str, yours: &str, options: &str) -> Vec<u8> {
    let v4 = |text: &str| text.parse::<Ipv4Addr>().unwrap().octets();
    let mut frame = hex("ffffffffffff 020000000002 0800 4500 0000 0000 0000 40 11 0000");
    frame.extend(v4(source));
    frame.extend([255; 4]);
    frame.extend(hex("0044 0043 0000 0000 01 01 06 00 00000000 0000 0000"));
    frame.extend(v4(client));
    frame.extend(v4(yours));
    frame.extend([0; 4 + 4 + 16 + 64 + 128]);
    frame.extend([99, 130, 83, 99]);
    frame.extend(hex(options));
    frame
}

#[test]
fn each_message_of_dhcp_is_understood() {
    let x: Ipv4Addr = "192.0.2.7".parse().unwrap();
    let (none, c) = ("0.0.0.0", "192.0.2.7");
    for (client, yours, options, want) in [
        (none, none, "35 01 01 ff", Some(What::Discover)),
        (
            none,
            none,
            "35 01 03 32 04 c0000207 ff",
            Some(What::Lease(x)),
        ),
        (
            none,
            none,
            "32 04 c0000207 00 35 01 03",
            Some(What::Lease(x)),
        ),
        (c, none, "35 01 03 ff", Some(What::Lease(x))),
        (
            none,
            none,
            "35 01 04 32 04 c0000207 ff",
            Some(What::Decline(x)),
        ),
        (none, c, "35 01 02 ff", Some(What::Lease(x))),
        (none, c, "35 01 05 ff", Some(What::Lease(x))),
        (c, none, "35 01 05 ff", Some(What::Lease(x))),
        (c, none, "35 01 08 ff", Some(What::Lease(x))),
        (none, none, "35 01 03 ff", None),
        (none, none, "35 01 07 ff", None),
        (none, none, "ff 35 01 01", None),
        (none, none, "35 01 01 32 ff", Some(What::Discover)),
        (none, none, "35 00 ff", None),
    ] {
        let frame = dhcp("0.0.0.0", client, yours, options);
        assert_eq!(said(&frame), want.map(|what| (None, what)), "{options}");
    }
    let frame = dhcp("192.0.2.7", c, none, "35 01 03 ff");
    assert_eq!(said(&frame), Some((Some(x.into()), What::Lease(x))));
}

#[test]
fn a_fragment_or_another_port_is_traffic() {
    let to = What::Traffic(addr("255.255.255.255"));
    for (at, value) in [(21, 1), (23, 6), (35, 1), (37, 1)] {
        let mut frame = dhcp("192.0.2.7", "0.0.0.0", "0.0.0.0", "35 01 01 ff");
        frame[at] = value;
        assert_eq!(
            said(&frame),
            Some((Some(addr("192.0.2.7")), to)),
            "byte {at}"
        );
    }
}

#[test]
fn packets_show_their_senders_address_but_for_none() {
    let mut frame = hex("020000000001 020000000002 0800 4500 0014 0000 0000 40 06 0000");
    frame.extend(hex("c0000207 c0000201"));
    let to = What::Traffic(addr("192.0.2.1"));
    assert_eq!(said(&frame), Some((Some(addr("192.0.2.7")), to)));
    frame[26..30].fill(0);
    assert_eq!(said(&frame), None);
    frame[14] = 0x44;
    assert_eq!(said(&frame), None);
}

fn solicitation(from: &str, target: &str) -> Vec<u8> {
    let (IpAddr::V6(from), IpAddr::V6(target)) = (addr(from), addr(target)) else {
        panic!("IPv6 only")
    };
    let mut message = vec![135, 0, 0, 0, 0, 0, 0, 0];
    message.extend(target.octets());
    icmpv6(from, nd::solicited_node(target), message)
}

fn icmpv6(from: std::net::Ipv6Addr, to: std::net::Ipv6Addr, mut message: Vec<u8>) -> Vec<u8> {
    let sum = nd::sum(from, to, &message).to_be_bytes();
    message[2..4].copy_from_slice(&sum);
    let mut frame = hex("3333ff000007 020000000002 86dd 60000000 00");
    frame.push(message.len().try_into().unwrap());
    frame.extend([58, 255]);
    frame.extend(from.octets());
    frame.extend(to.octets());
    frame.extend(message);
    frame
}

#[test]
fn solicitations_are_questions_and_those_from_no_address_are_probes() {
    let x = addr("2001:db8::7");
    let question = solicitation("2001:db8::9", "2001:db8::7");
    let want = (Some(addr("2001:db8::9")), What::Question(x));
    assert_eq!(said(&question), Some(want));
    let probe = solicitation("::", "2001:db8::7");
    assert_eq!(said(&probe), Some((None, What::Probe(x))));
    for (at, value) in [(21, 254), (55, 1), (56, 0xff), (60, 1)] {
        let mut damaged = probe.clone();
        damaged[at] = value;
        assert_eq!(said(&damaged), None, "byte {at}");
    }
    assert_eq!(said(&solicitation("::", "::")), None);
}

#[test]
fn advertisements_name_the_owner_of_the_target() {
    let from = "fe80::9".parse().unwrap();
    let x = addr("2001:db8::7");
    for (flags, what) in [(0x60, What::Answer), (0x20, What::Announcement)] {
        let mut message = vec![136, 0, 0, 0, flags, 0, 0, 0];
        message.extend(hex("20010db8000000000000000000000007"));
        let plain = read(&icmpv6(from, "ff02::1".parse().unwrap(), message.clone())).unwrap();
        assert_eq!((plain.mac, plain.sender, plain.what), (PEER, Some(x), what));
        message.extend(hex("0e01 000000000000 0201 020000000003"));
        let named = read(&icmpv6(from, "ff02::1".parse().unwrap(), message)).unwrap();
        assert_eq!((named.mac, named.sender), (OWNER, Some(x)));
    }
}

/// The addresses of a frame of IP, as etherparse reads them.
fn decoded(frame: &[u8]) -> Option<(IpAddr, IpAddr)> {
    match SlicedPacket::from_ethernet(frame).ok()?.net? {
        NetSlice::Ipv4(ip) => {
            let header = ip.header();
            Some((
                header.source_addr().into(),
                header.destination_addr().into(),
            ))
        }
        NetSlice::Ipv6(ip) => {
            let header = ip.header();
            Some((
                header.source_addr().into(),
                header.destination_addr().into(),
            ))
        }
        _ => None,
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in vec(any::<u8>(), 0..400)) {
        read(&bytes);
    }

    #[test]
    fn a_damaged_frame_never_panics_and_traffic_is_as_etherparse_reads_it(
        which in 0_usize..4, at in 0_usize..400, value: u8, cut in 0_usize..400,
    ) {
        let mut frame = match which {
            0 => arp(1, "192.0.2.9", "192.0.2.7"),
            1 => dhcp("192.0.2.7", "0.0.0.0", "0.0.0.0", "35 01 03 32 04 c0000207 ff"),
            2 => solicitation("2001:db8::9", "2001:db8::7"),
            _ => hex("020000000001 020000000002 0800 4500 0014 0000 0000 40 06 0000
                c0000207 c0000201"),
        };
        if let Some(byte) = frame.get_mut(at) {
            *byte = value;
        }
        frame.truncate(cut.max(1));
        if let (Some(heard), Some((from, to))) = (read(&frame), decoded(&frame)) {
            if let What::Traffic(target) = heard.what {
                prop_assert_eq!((heard.sender, target), (Some(from), to));
            }
        }
    }
}

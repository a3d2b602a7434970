// SPDX-License-Identifier: GPL-2.0
use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let len = u16::try_from(value.len() + 4).unwrap();
    let mut bytes = [len.to_ne_bytes(), kind.to_ne_bytes()].concat();
    bytes.extend(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn datagram(kind: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(body.len() + 16)
        .unwrap()
        .to_ne_bytes()
        .to_vec();
    bytes.extend(kind.to_ne_bytes());
    bytes.extend([0; 10]);
    bytes.extend(body);
    bytes
}

/// The message of a route with these attributes.
fn route_message(prefix: u8, attrs: &[Vec<u8>]) -> Vec<u8> {
    let mut body = vec![2, prefix];
    body.extend([0; 10]);
    body.extend(attrs.concat());
    datagram(RTM_NEWROUTE, &body)
}

fn gateways_in(bytes: &[u8]) -> Vec<IpAddr> {
    let found = read(bytes).items;
    found
        .into_iter()
        .map(|item| match item {
            Item::Gateway { addr, .. } => addr,
            other => panic!("{other:?}"),
        })
        .collect()
}

fn route(prefix: u8, attrs: &[Vec<u8>]) -> Vec<IpAddr> {
    gateways_in(&route_message(prefix, attrs))
}

#[test]
fn gateways_are_found_in_each_form_and_behind_unknown_attributes() {
    let (a, b) = ([192, 0, 2, 254], [192, 0, 2, 253]);
    let addrs = |list: &[[u8; 4]]| list.iter().map(|&a| IpAddr::from(a)).collect::<Vec<_>>();
    assert_eq!(route(0, &[attribute(5, &a)]), addrs(&[a]));
    assert_eq!(
        route(24, &[attribute(0x3abc, &[9; 7]), attribute(5, &a)]),
        addrs(&[a])
    );
    let via = [&[2, 0][..], &a].concat();
    assert_eq!(route(0, &[attribute(18, &via)]), addrs(&[a]));
    let hop = |gateway: &[u8; 4]| {
        let inner = attribute(5, gateway);
        let mut bytes = u16::try_from(8 + inner.len())
            .unwrap()
            .to_ne_bytes()
            .to_vec();
        bytes.extend([0, 0, 7, 0, 0, 0]);
        bytes.extend(inner);
        bytes
    };
    let hops = [hop(&a), hop(&b)].concat();
    assert_eq!(route(0, &[attribute(9, &hops)]), addrs(&[a, b]));
}

#[test]
fn links_have_their_name_kind_and_carrier() {
    let mut body = vec![0, 0, 1, 0, 7, 0, 0, 0];
    body.extend(0x11043_u32.to_ne_bytes());
    body.extend([0; 4]);
    body.extend(attribute(1, &[2, 0, 0, 0, 0, 1]));
    body.extend(attribute(3, b"eth0\0"));
    body.extend(attribute(10, &5_u32.to_ne_bytes()));
    body.extend(attribute(18, &attribute(1, b"vlan\0")));
    body.extend(attribute(33, &[0]));
    let found = read(&datagram(RTM_NEWLINK, &body)).items;
    let link = Link {
        index: 7,
        name: "eth0".to_string(),
        mac: Mac([2, 0, 0, 0, 0, 1]),
        ethernet: true,
        flags: 0x11043,
        carrier: false,
        master: Some(5),
        kind: "vlan".to_string(),
    };
    assert_eq!(found, [Item::Link(link)]);
}

#[test]
fn an_address_with_a_peer_is_the_local_one() {
    let mut body = vec![2, 24, 0, 0, 7, 0, 0, 0];
    body.extend(attribute(1, &[192, 0, 2, 2]));
    body.extend(attribute(2, &[192, 0, 2, 1]));
    let found = read(&datagram(RTM_NEWADDR, &body)).items;
    let prefix = "192.0.2.1/24".parse().unwrap();
    assert_eq!(found, [Item::Address { index: 7, prefix }]);
}

#[test]
fn odd_attributes_lose_no_gateway_or_address() {
    let gateway = [192, 0, 2, 254];
    let wanted = [IpAddr::from(gateway)];
    // Too short and too long for their kinds, with flags, unknown, and malformed behind the rest.
    let odd = [
        attribute(RTA_OIF, &[7]),
        attribute(RTA_GATEWAY, &[1, 2, 3]),
        attribute(libc::RTA_CACHEINFO, &[0; 8]),
        attribute(libc::RTA_PREF, &[0; 4]),
        attribute(0x3fff, &[]),
    ];
    for odd in &odd {
        let attrs = [odd.clone(), attribute(0x8000 | RTA_GATEWAY, &gateway)];
        assert_eq!(route(0, &attrs), wanted, "{odd:?}");
    }
    for malformed in [[2, 0, 1, 0], [9, 0, 1, 0], [0; 4]] {
        let attrs = [attribute(RTA_GATEWAY, &gateway), malformed.to_vec()];
        assert_eq!(route(0, &attrs), wanted, "{malformed:?}");
    }

    let mut body = vec![2, 24, 0, 0, 7, 0, 0, 0];
    body.extend(attribute(IFA_LOCAL, &[192, 0]));
    body.extend(attribute(IFA_ADDRESS, &[192, 0, 2, 1]));
    body.extend([3, 0, 0, 0]);
    let prefix = "192.0.2.1/24".parse().unwrap();
    let found = read(&datagram(RTM_NEWADDR, &body)).items;
    assert_eq!(found, [Item::Address { index: 7, prefix }]);
}

#[test]
fn odd_attributes_lose_no_link() {
    let mut body = vec![0, 0, 1, 0, 7, 0, 0, 0];
    body.extend([0; 8]);
    body.extend(attribute(IFLA_ADDRESS, &[2; 20]));
    body.extend(attribute(IFLA_IFNAME, b"e\xffth\0"));
    let info = [attribute(9, &[]), attribute(IFLA_INFO_KIND, b"tarpit")].concat();
    body.extend(attribute(0x8000 | IFLA_LINKINFO, &info));
    match &read(&datagram(RTM_NEWLINK, &body)).items[..] {
        [Item::Link(link)] => {
            let words = (link.index, link.kind.as_str(), link.name.as_str());
            assert_eq!(words, (7, "tarpit", "e\u{fffd}th"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_short_datagram_loses_only_the_message_that_is_cut() {
    let gateway = [192, 0, 2, 254];
    let whole = route_message(0, &[attribute(RTA_GATEWAY, &gateway)]);
    let unknown = datagram(0x7fff, &[1, 2, 3]);
    let padded = [unknown, vec![0]].concat();
    let bytes = [whole.clone(), padded, whole.clone()].concat();
    assert_eq!(gateways_in(&bytes).len(), 2);
    for cut in 1..whole.len() {
        let short = bytes.get(..bytes.len() - cut).unwrap();
        assert_eq!(gateways_in(short), [IpAddr::from(gateway)], "{cut}");
    }
    // A length that is less than a header, in a message behind.
    for len in 0_u32..16 {
        let bytes = [&whole[..], &len.to_ne_bytes(), &[0; 12]].concat();
        assert_eq!(gateways_in(&bytes).len(), 1, "{len}");
    }
}

#[test]
fn the_end_and_a_refusal_are_known_whatever_their_body() {
    for len in 0..40 {
        let body = vec![0xff; len];
        assert!(read(&datagram(NLMSG_DONE, &body)).done, "{len}");
        assert!(read(&datagram(NLMSG_ERROR, &body)).failed, "{len}");
    }
}

#[test]
fn a_request_has_the_kernels_layout() {
    let mut wanted = 20_u32.to_ne_bytes().to_vec();
    wanted.extend(RTM_GETROUTE.to_ne_bytes());
    wanted.extend(0x301_u16.to_ne_bytes());
    wanted.extend(7_u32.to_ne_bytes());
    wanted.extend([0; 8]);
    assert_eq!(request(RTM_GETROUTE, 7), wanted);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(
        bytes in vec(any::<u8>(), 0..200), kind in 14_u16..30,
    ) {
        read(&bytes);
        read(&datagram(kind, &bytes));
    }
}

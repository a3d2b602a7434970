// SPDX-License-Identifier: GPL-2.0
use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let len = u16::try_from(value.len() + 4).unwrap();
    let mut bytes = [len.to_ne_bytes(), kind.to_ne_bytes()].concat();
    bytes.extend(value);
    bytes.resize(aligned(bytes.len()), 0);
    bytes
}

fn datagram(kind: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(body.len() + HEADER)
        .unwrap()
        .to_ne_bytes()
        .to_vec();
    bytes.extend(kind.to_ne_bytes());
    bytes.extend([0; 10]);
    bytes.extend(body);
    bytes
}

fn route(prefix: u8, attrs: &[Vec<u8>]) -> Vec<IpAddr> {
    let mut body = vec![2, prefix];
    body.extend([0; 10]);
    body.extend(attrs.concat());
    let found = read(&datagram(NEW_ROUTE, &body)).items;
    found
        .into_iter()
        .map(|item| match item {
            Item::Gateway { addr, .. } => addr,
            other => panic!("{other:?}"),
        })
        .collect()
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
    let found = read(&datagram(NEW_LINK, &body)).items;
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
    let found = read(&datagram(NEW_ADDR, &body)).items;
    let prefix = "192.0.2.1/24".parse().unwrap();
    assert_eq!(found, [Item::Address { index: 7, prefix }]);
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

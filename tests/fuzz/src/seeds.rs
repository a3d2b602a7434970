// SPDX-License-Identifier: GPL-2.0
//! The seeds of the fuzzer: segments of regular peers and common scanners, with all kinds of IP
//! headers.

use crate::frame::{write, Form, Mac, Out};
use crate::raw::{Raw, ACK, FAMILIES, FIN, MODES, RST, SYN, TIMESTAMPS};

/// The seeds of the target of that name.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    match target {
        "options" => OPTIONS.map(<[u8]>::to_vec).to_vec(),
        "parse" => parse(),
        "decide" => decide(),
        "emit" => (0..=u8::MAX).map(|byte| vec![byte; 64]).collect(),
        "round_trip" => round_trip(),
        "lan" => lan(),
        _ => Vec::new(),
    }
}

const OPTIONS: [&[u8]; 8] = [
    &[],
    &TIMESTAMPS,
    // The same from a clock 2^31 away from ours.
    &[1, 1, 8, 10, 0x11, 0x22, 0x33, 0x44, 0xd5, 0x66, 0x77, 0x88],
    // Linux's SYN.
    &[
        2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7,
    ],
    &[2, 4, 5, 180],
    &[3, 3, 7, 4, 2, 0],
    // MPTCP, SACK and then one that is repeated.
    &[30, 4, 1, 1, 5, 2, 2, 4, 5, 180, 2, 4, 5, 180],
    &[8, 10, 0, 0, 0, 1],
];

const FLAGS: [u8; 9] = [
    SYN,
    ACK,
    SYN | ACK,
    FIN | ACK,
    RST,
    FIN,
    0,
    SYN | FIN,
    RST | ACK,
];

/// Regular segments: family, packet.
fn segments() -> Vec<(u8, Vec<u8>)> {
    let kinds = FLAGS
        .iter()
        .flat_map(|flags| OPTIONS.map(|options| (*flags, options)));
    let both = kinds.flat_map(|kind| [0_u8, 1].map(|family| (family, kind)));
    let each = both.flat_map(|(family, (flags, options))| {
        [0_u32, 1, 7].map(|payload| {
            let mut raw = Raw::new(FAMILIES[usize::from(family)]);
            (raw.flags, raw.payload, raw.options) = (flags, payload, options.to_vec());
            let mut bytes = raw.headers();
            bytes.resize(raw.length() as usize, b'x');
            (family, bytes)
        })
    });
    each.collect()
}

/// SYNs behind unusual IPv4 headers, and behind chains of IPv6 headers.
fn odd_headers() -> Vec<(u8, Vec<u8>)> {
    let [raw4, raw6] = FAMILIES.map(Raw::new);
    let v4 = |change: &[(usize, u8)]| {
        let mut bytes = [raw4.ip(6, 28), vec![0; 8], raw4.tcp()].concat();
        change.iter().for_each(|(at, byte)| bytes[*at] = *byte);
        (0, bytes)
    };
    let v6 = |chain: &[[u8; 8]]| {
        let mut kinds = chain.iter().map(|header| header[0]).chain([6]);
        let mut bytes = raw6.ip(kinds.next().unwrap_or(6), 0);
        for header in chain {
            bytes.extend([kinds.next().unwrap_or(6)]);
            bytes.extend(&header[1..]);
        }
        (1, [bytes, raw6.tcp()].concat())
    };
    // Kind, length in units, and content.
    let (hop, destination) = ([0, 0, 1, 4, 0, 0, 0, 0], [60, 0, 1, 4, 0, 0, 0, 0]);
    let (routed, source_routed) = ([43, 0, 4, 0, 0, 0, 0, 0], [43, 0, 4, 1, 0, 0, 0, 0]);
    let (first, later) = ([44, 0, 0, 1, 0, 0, 0, 1], [44, 0, 0, 9, 0, 0, 0, 1]);
    vec![
        v4(&[(0, 0x47)]),
        v4(&[(0, 0x47), (6, 0x20)]),
        v4(&[(6, 0x20)]),
        v4(&[(7, 5)]),
        v4(&[(9, 17)]),
        v4(&[(0, 0x44)]),
        v4(&[(12, 0xe0)]),
        v6(&[hop]),
        v6(&[hop, destination, routed, destination]),
        v6(&[destination, hop]),
        v6(&[source_routed]),
        v6(&[source_routed, source_routed]),
        v6(&[first]),
        v6(&[later]),
        v6(&[hop, source_routed, first]),
        v6(&[[51, 0, 0, 0, 0, 0, 0, 0]]),
    ]
}

fn packets() -> Vec<(u8, Vec<u8>)> {
    [segments(), odd_headers()].concat()
}

fn parse() -> Vec<Vec<u8>> {
    let with = |(family, packet): (u8, Vec<u8>)| {
        [0, 4].map(|how| [&[family | how, 3, 0], &packet[..]].concat())
    };
    packets().into_iter().flat_map(with).collect()
}

/// Segments with the adversary's and with our numbers: right and nearly right ones of each mode.
fn round_trip() -> Vec<Vec<u8>> {
    let heads = [
        (0, 0, 0),
        (0, 0, 2),
        (0, 0, 3),
        (2, 0, 3),
        (8, 0, 3),
        (16, 0, 0),
        (20, 0x11, 0),
        (20, 0x12, 0),
        (20, 0x15, 0),
        (20, 0x16, 0),
        (20, 0x18, 0),
        (20, 0x28, 0),
    ];
    let with = |(family, packet): (u8, Vec<u8>)| {
        heads.map(|(how, number, choice)| {
            let head = [family | how, number, 100];
            [&head[..], &[choice; 16], &packet[..]].concat()
        })
    };
    packets().into_iter().flat_map(with).collect()
}

/// Each mode's number and those near it, on segments with and without payload and options.
fn decide() -> Vec<Vec<u8>> {
    let hows = [
        0,
        1,
        3,
        2 | 1 << 4,
        2 | 1 << 2 | 1 << 4,
        2 | 2 << 2 | 1 << 4,
        2 | 2 << 4,
        0x40,
        0x41,
    ];
    let modes = 0..MODES.len() as u8;
    let kinds = modes.flat_map(|mode| hows.map(|how| [how, mode]));
    let flags = [SYN, ACK, 0x20, 0x21, SYN | ACK, FIN | ACK];
    let all = kinds.flat_map(|kind| flags.map(|flags| (kind, flags)));
    let all = all.flat_map(|kind| OPTIONS.map(|options| (kind, options)));
    let all = all.flat_map(|kind| [&[0][..], &[1, 0, 0, 7, 0]].map(|payload| (kind, payload)));
    all.map(|(((kind, flags), options), payload)| {
        let (choices, flow) = ([3; 8], [0, 192, 0, 2, 1, 198, 51, 100, 7, 156, 64, 0, 22]);
        let numbers = [flags, 0, 0xff, 0, 2, 250, 240];
        [&kind, &choices[..], &flow, &numbers, payload, options].concat()
    })
    .collect()
}

/// What a daemon sends, which others of its kind hear, a message of DHCP, and traffic.
fn lan() -> Vec<Vec<u8>> {
    let (us, peer) = (Mac([2, 0, 0, 0, 0, 1]), Mac([2, 0, 0, 0, 0, 2]));
    let pairs = [["192.0.2.1", "192.0.2.7"], ["2001:db8::1", "2001:db8::7"]];
    let sent = pairs.iter().flat_map(|pair| {
        let [from, target] = pair.map(|text| text.parse().unwrap());
        let hand_over = |form| Out::HandOver {
            from,
            target,
            owner: peer,
            peer,
            peer_addr: from,
            form,
        };
        let answer = Out::Answer {
            from,
            target,
            peer,
            peer_addr: from,
        };
        let ask = Out::Ask { from, target };
        let both = [Form::Announcement, Form::Answer].map(hand_over);
        [ask, answer].into_iter().chain(both)
    });
    let ethernet = |kind: u8| [&[255; 6], &peer.0[..], &[8, kind]].concat();
    let mut discover = [ethernet(0), vec![0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0]].concat();
    discover.extend([[0; 4], [255; 4], [0, 68, 0, 67], [0; 4]].concat());
    discover.extend([0; 236]);
    discover.extend([99, 130, 83, 99, 53, 1, 3, 50, 4, 192, 0, 2, 7, 255]);
    let traffic = segments()
        .into_iter()
        .take(1)
        .map(|(_, packet)| [ethernet(0), packet].concat());
    sent.filter_map(|out| write(us, &out))
        .chain(traffic)
        .chain([discover])
        .collect()
}

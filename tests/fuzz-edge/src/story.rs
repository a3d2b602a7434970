// SPDX-License-Identifier: GPL-2.0
//! The next segments of the peers: they open connections and continue them with the numbers of our
//! replies, so that numbers verify; sometimes they send random segments.

use crate::dice::Dice;
use crate::lab::{Address, Door, Family, Flow, Hook, Rule, DARK};
use crate::numbers::Numbers;
use crate::segment::Segment;
use oracle::bytes::{ACK, DESTINATION, FIN, HOP_BY_HOP, PSH, ROUTING, RST, SYN, URG};
use oracle::packet::Tcp;

/// One connection, as its peer knows it.
#[derive(Clone, Copy)]
pub struct Slot {
    flow: Flow,
    irs: u32,
    echo: u32,
}

/// Flags of a segment that opens no connection, mostly those of a real peer.
const LATER: [u8; 14] = [
    ACK,
    ACK,
    ACK,
    ACK | PSH,
    ACK | PSH,
    ACK | PSH,
    FIN | ACK,
    FIN | ACK,
    FIN | ACK | PSH,
    ACK | URG,
    SYN | ACK,
    SYN,
    RST | ACK,
    0xc0 | ACK,
];
const WINDOWS: [u16; 6] = [0, 0, 1, 512, 64240, 65535];

/// The next segment of slot `index` of `slots`.
pub fn next(
    dice: &mut Dice,
    slots: &mut [Option<Slot>],
    index: usize,
    (rule, door): (&Rule, Door),
    numbers: &Numbers,
) -> Segment {
    let known = slots[index].and_then(|slot| {
        let number = numbers.get(rule.mode, &slot.flow, slot.irs)?;
        Some((slot, number))
    });
    if let (Some((slot, number)), true) = (known, dice.percent(75)) {
        return later(dice, &slot, (number.iss, number.clock.unwrap_or(slot.echo)));
    }
    let retransmits = slots[index].is_some() && dice.percent(15);
    let slot = match slots[index] {
        Some(slot) if retransmits => slot,
        _ => begin(dice, index, rule, door),
    };
    slots[index] = Some(slot);
    let mut segment = blank(dice, slot.flow);
    segment.tcp.seq = slot.irs;
    segment.tcp.ack = dice.word();
    segment.tcp.flags = match dice.below(10) {
        0 => dice.byte(),
        1 => dice.pick(&LATER),
        2 => SYN | 0xc0,
        _ => SYN,
    };
    segment.payload = payload(dice);
    segment
}

/// A new connection. The low bits of its port are the slot's number: no two slots share it.
fn begin(dice: &mut Dice, index: usize, rule: &Rule, door: Door) -> Slot {
    let (family, network) = (rule.family, door.number());
    let dark = match rule.hook {
        Hook::Input | Hook::Helper => false,
        Hook::Forward | Hook::HelperForward => true,
        Hook::Prerouting | Hook::Device => dice.percent(50),
    };
    let to = if dark {
        Address::host(family, DARK, 1 + dice.below(250) as u64)
    } else {
        Address::host(family, network, 1)
    };
    let flow = Flow {
        from: Address::host(family, network, 2 + dice.below(250) as u64),
        to,
        sport: 0x8000 | dice.half() & 0x7f00 | index as u16,
        dport: dice.half(),
    };
    Slot {
        flow,
        irs: dice.word(),
        echo: dice.word(),
    }
}

/// A segment of a connection that has got a reply.
fn later(dice: &mut Dice, slot: &Slot, (iss, clock): (u32, u32)) -> Segment {
    let mut segment = blank(dice, slot.flow);
    let ahead = match dice.below(12) {
        0..=4 => 1,
        5..=7 => 0,
        8 => 2 + dice.below(300) as u32,
        9 => dice.word(),
        10 => 0_u32.wrapping_sub(1),
        _ => 1 + dice.half() as u32,
    };
    segment.tcp.seq = slot.irs.wrapping_add(ahead);
    let ours = match dice.below(12) {
        0..=8 => 1,
        9 => 2,
        10 => 0,
        _ => dice.word(),
    };
    segment.tcp.ack = iss.wrapping_add(ours);
    segment.tcp.flags = dice.pick(&LATER);
    segment.payload = payload(dice);
    if dice.percent(60) {
        segment.tcp.options = [1, 1, 8, 10].to_vec();
        segment.tcp.options.extend(dice.word().to_be_bytes());
        segment.tcp.options.extend(clock.to_be_bytes());
    }
    segment
}

fn payload(dice: &mut Dice) -> Vec<u8> {
    let count = match dice.below(32) {
        0..=5 => 1,
        6 => 2,
        7..=11 => dice.below(64),
        12..=14 => dice.below(1461),
        15 => dice.below(8900),
        _ => 0,
    };
    dice.bytes(count)
}

/// A segment of the flow, with random values in the fields that are the sender's choice.
fn blank(dice: &mut Dice, flow: Flow) -> Segment {
    Segment {
        from: flow.from,
        to: flow.to,
        class: dice.byte(),
        // The others are for fragments (item.rs).
        id: dice.word() & !0x8000,
        dont_fragment: dice.percent(60),
        hops: dice.pick(&[2, 64, 64, 128, 255]),
        ip_options: Vec::new(),
        chain: chain(dice, flow.to),
        tcp: Tcp {
            sport: flow.sport,
            dport: flow.dport,
            seq: 0,
            ack: 0,
            flags: 0,
            window: dice.pick(&WINDOWS),
            urgent: if dice.percent(10) { dice.half() } else { 0 },
            options: options(dice),
        },
        payload: Vec::new(),
    }
}

/// Options of a SYN: valid ones in any order, repeated ones, or random bytes.
fn options(dice: &mut Dice) -> Vec<u8> {
    const LINUX: &[u8] = &[
        2, 4, 5, 180, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7,
    ];
    const OFFERS: [&[u8]; 7] = [
        &[2, 4, 5, 180],
        &[3, 3, 7],
        &[4, 2],
        &[8, 10, 9, 8, 7, 6, 5, 4, 3, 2],
        &[1],
        &[254, 4, 0xf9, 0x89],
        &[5, 10, 1, 2, 3, 4, 5, 6, 7, 8],
    ];
    match dice.below(20) {
        0..=5 => return LINUX.to_vec(),
        6 => {
            let words = dice.below(11);
            return dice.bytes(4 * words);
        }
        _ => {}
    }
    let mut blob = Vec::new();
    for _ in 0..dice.below(7) {
        blob.extend(dice.pick(&OFFERS));
    }
    blob.truncate(40);
    blob.resize(blob.len().next_multiple_of(4), 0);
    blob
}

/// IPv6 extension headers that may be answered, and sometimes others.
fn chain(dice: &mut Dice, to: Address) -> Vec<(u8, Vec<u8>)> {
    const PADDING: [u8; 6] = [1, 4, 0, 0, 0, 0];
    let mut chain = Vec::new();
    if to.family == Family::V4 || dice.percent(70) {
        return chain;
    }
    if dice.percent(30) {
        chain.push((HOP_BY_HOP, PADDING.to_vec()));
    }
    for _ in 0..dice.below(4) {
        chain.push(match dice.below(8) {
            0..=3 => (DESTINATION, PADDING.to_vec()),
            4 => {
                let units = dice.below(24);
                (DESTINATION, dice.bytes(8 * units + 6))
            }
            5 | 6 => {
                let mut routing = vec![4, u8::from(dice.percent(30)), 0, 0, 0, 0];
                routing.extend(to.octets());
                (ROUTING, routing)
            }
            _ => (dice.byte(), PADDING.to_vec()),
        });
    }
    chain
}

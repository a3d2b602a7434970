// SPDX-License-Identifier: GPL-2.0
//! Passes any bytes to a rule of each mode, checks the standing rules of each reply, and passes the
//! replies to rules of all modes until no reply follows. The cookies are ours or an adversary's.

use crate::chosen::{Chosen, Tempted};
use crate::drop_reason::DropReason;
use crate::input::Input;
use crate::oracle;
use crate::policy::{self, cookie::Irs, Mode};
use crate::raw::{decide, family_of, Seen, KEYED, MODES};
use crate::standing::{self, ROOM};
use crate::wire::{Family, Segment, Seq};

/// The most packets that rules of any modes send after one segment; see tests/host's loops.
const MOST: usize = 4;
/// The same for only two rules that answer each other.
const MOST_OF_TWO: usize = 2;

pub fn round_trip(data: &[u8]) {
    let mut input = Input(data);
    let (how, number, more) = (input.byte(), input.byte(), input.byte());
    let choices: [u8; 16] = input.array();
    let family = if how & 1 == 0 { Family::V4 } else { Family::V6 };
    let mut bytes = input.0.to_vec();
    let length = bytes.len() as u32 + if how & 2 == 0 { 0 } else { u32::from(more) };
    if how & 4 != 0 {
        number_it(family, &mut bytes, number);
    }
    if how & 8 == 0 {
        sum_it(family, &mut bytes);
    }
    let packet = Packet {
        bytes: &bytes,
        length,
        whole: how & 32 == 0,
    };
    if how & 16 == 0 {
        meet(family, &packet, &mut Vec::new(), &Chosen::new(&choices));
    } else {
        meet(family, &packet, &mut Vec::new(), &KEYED);
    }
}

/// Sets the acknowledgement number to ours, or to one near it.
fn number_it(family: Family, bytes: &mut [u8], number: u8) {
    let Ok(segment) = Segment::parse(family, bytes, u32::MAX) else {
        return;
    };
    let irs = segment.seq().minus(u32::from(number & 3)).plus(1);
    let irs = match number >> 2 & 3 {
        0 => Irs::Tarpit(irs),
        1 => Irs::Persist(irs),
        _ => Irs::Honeypot,
    };
    let iss = policy::cookie::Cookies::cookie(&KEYED, &segment.flow(), irs).iss;
    let (at, Seq(ack)) = (segment.offset() + 8, iss.plus(u32::from(number >> 4 & 3)));
    bytes[at..at + 4].copy_from_slice(&ack.to_be_bytes());
}

/// Writes the right checksum.
fn sum_it(family: Family, bytes: &mut [u8]) {
    let Ok(segment) = Segment::parse(family, bytes, u32::MAX) else {
        return;
    };
    let (addresses, offset) = (segment.flow().addresses, segment.offset());
    bytes[offset + 16..offset + 18].copy_from_slice(&[0; 2]);
    let sum = oracle::sum(&addresses, &bytes[offset..]);
    bytes[offset + 16..offset + 18].copy_from_slice(&sum.to_be_bytes());
}

struct Packet<'a> {
    bytes: &'a [u8],
    length: u32,
    whole: bool,
}

/// `before` are the modes of the rules whose replies led to this packet.
fn meet(family: Family, packet: &Packet<'_>, before: &mut Vec<Mode>, numbers: &impl Tempted) {
    let segment = match Segment::parse(family, packet.bytes, packet.length) {
        Ok(segment) => segment,
        Err(reason) if before.is_empty() => return assert!(reason.number() < 4),
        Err(reason) => panic!("our own reply is {reason:?}"),
    };
    assert!(before.is_empty() || segment.sum() == Some(true));
    for mode in MODES {
        numbers.look_at(&segment);
        let whole = segment.sum().unwrap_or(packet.whole);
        let seen = if whole { Seen::good() } else { Seen::damaged() };
        let Ok(reply) = decide(mode, &segment, numbers, &seen) else {
            continue;
        };
        let mut buffer = [0; ROOM];
        let bytes = standing::answer((mode, &segment, packet.length), &reply, &mut buffer);
        before.push(mode);
        dies_out(before);
        let answer = Packet {
            bytes,
            length: bytes.len() as u32,
            whole: true,
        };
        meet(
            family_of(&segment.flow().addresses),
            &answer,
            before,
            numbers,
        );
        before.pop();
    }
}

fn dies_out(answers: &[Mode]) {
    let in_turn = answers
        .iter()
        .zip(answers.iter().skip(2))
        .all(|(a, b)| a == b);
    let most = if in_turn { MOST_OF_TWO } else { MOST };
    assert!(answers.len() <= most, "{answers:?} go on and on");
}

// SPDX-License-Identifier: GPL-2.0
//! What a peer sends at once: a frame, mutated or not, the fragments of a segment, or a train of
//! segments.

use crate::dice::Dice;
use crate::lab::{Door, Family, Rule, MAC, PEER_MAC};
use crate::mutate::{mutate, repair, tell_length};
use crate::offload::Offload;
use crate::segment::{Packet, Segment};
use oracle::bytes::{ACK, FIN, PSH};
use oracle::packet::fragments;
use std::fmt;

/// The longest packet when all lengths are tried.
pub const LONGEST: usize = 9000;

/// A frame to send.
pub struct Frame {
    pub offload: Option<Offload>,
    /// From the link layer on.
    pub bytes: Vec<u8>,
    /// The link-layer address is the tarpit's.
    pub addressed: bool,
}

/// What is sent at once.
pub struct Item {
    pub frames: Vec<Frame>,
    /// The kind of all its frames together.
    pub whole: Option<Vec<u8>>,
    /// It is mutated: changed, stretched or in fragments.
    pub mutated: bool,
}

/// The state between two items.
#[derive(Default)]
pub struct Counters {
    sweep: usize,
    pieces: usize,
}

impl Item {
    /// A single frame.
    pub fn one(frame: Frame, mutated: bool) -> Self {
        Self {
            frames: vec![frame],
            whole: None,
            mutated,
        }
    }

    /// An item made of `segment`. `sweep` is the last length that was tried, `pieces` counts
    /// segments in fragments.
    pub fn new(
        dice: &mut Dice,
        mut segment: Segment,
        (rule, door): (&Rule, Door),
        Counters { sweep, pieces }: &mut Counters,
    ) -> Self {
        let family = rule.family;
        match dice.below(100) {
            0..=9 => {
                *sweep = (*sweep + 1) % (LONGEST + 1);
                return Self::stretched(dice, segment, *sweep, (family, door));
            }
            10..=14 => {
                // A unique ID, so that fragments of two packets are not reassembled.
                segment.id = 0x8000 | (*pieces as u32 & 0x7fff);
                *pieces += 1;
                return Self::fragmented(dice, &segment, (family, door));
            }
            15..=29 if door.merges() => return Self::train(dice, segment, (family, door)),
            15 if offloads(door) => {
                let more = dice.below(56000);
                segment.payload = dice.bytes(4000 + more);
            }
            _ => {}
        }
        let mut packet = segment.packet();
        let wild = packet.bytes.len() < LONGEST && dice.percent(80);
        if wild {
            mutate(dice, &mut packet, family);
        }
        let offload = said(dice, &mut packet, (family, door), wild);
        let mut frame = frame(packet.bytes, offload, family, door);
        if wild && door.link() > 0 && dice.percent(6) {
            frame.misaddress(dice);
        }
        Self::one(frame, wild)
    }

    /// A packet of so many bytes: valid if possible, else cut, or with bytes behind it.
    fn stretched(
        dice: &mut Dice,
        mut segment: Segment,
        length: usize,
        (family, door): (Family, Door),
    ) -> Self {
        segment.payload.clear();
        let mut packet = segment.packet();
        let bare = packet.bytes.len();
        if length > bare && dice.percent(70) {
            segment.payload = dice.bytes(length - bare);
            packet = segment.packet();
        } else {
            packet.bytes.resize(length, 0);
            if dice.percent(30) {
                tell_length(&mut packet, family, length);
                repair(&mut packet, family);
            }
        }
        Self::one(Frame::of(&packet, family, door), true)
    }

    /// The segment in two to eight fragments, in any order, sometimes without one of them.
    fn fragmented(dice: &mut Dice, segment: &Segment, (family, door): (Family, Door)) -> Self {
        let packet = segment.packet();
        let body = packet.bytes.len() - family.header();
        let unit = (body.div_ceil(8 * (2 + dice.below(6)))).max(1);
        let mut pieces = fragments(&packet.bytes, segment.id, unit);
        let mut whole = (pieces.len() > 1).then_some(packet.bytes);
        match dice.below(4) {
            0 => pieces.reverse(),
            1 if pieces.len() > 1 => {
                let lost = dice.below(pieces.len());
                pieces.remove(lost);
                whole = None;
            }
            _ => {}
        }
        let offload = offloads(door).then(Offload::default);
        let frames = pieces
            .into_iter()
            .map(|bytes| frame(bytes, offload, family, door));
        Self {
            frames: frames.collect(),
            whole,
            mutated: true,
        }
    }

    /// Consecutive segments, which GRO may merge.
    fn train(dice: &mut Dice, mut segment: Segment, (family, door): (Family, Door)) -> Self {
        segment.tcp.flags = dice.pick(&[ACK, ACK | PSH, ACK | PSH, FIN | ACK]);
        segment.tcp.urgent = 0;
        segment.chain.clear();
        let (count, size) = (2 + dice.below(6), 1 + dice.below(1400));
        let mut frames = Vec::new();
        for index in 0..count {
            let mut one = segment.clone();
            let last = index + 1 == count;
            one.payload = dice.bytes(if last { 1 + size / 2 } else { size });
            one.tcp.flags = if last { segment.tcp.flags } else { ACK };
            one.tcp.seq = segment.tcp.seq.wrapping_add((index * size) as u32);
            one.id = segment.id.wrapping_add(index as u32);
            if family == Family::V6 {
                one.id = segment.id;
            }
            frames.push(frame(one.packet().bytes, None, family, door));
        }
        Self {
            frames,
            whole: None,
            mutated: false,
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for frame in &self.frames {
            let shown = &frame.bytes[..frame.bytes.len().min(160)];
            let header = frame.offload.map(|offload| offload.bytes());
            write!(f, "{header:?} {} bytes {shown:02x?}; ", frame.bytes.len())?;
        }
        Ok(())
    }
}

impl Frame {
    /// An unmutated packet, as the way in needs it.
    pub fn of(packet: &Packet, family: Family, door: Door) -> Self {
        let offload = offloads(door).then(Offload::default);
        frame(packet.bytes.clone(), offload, family, door)
    }

    /// A link-layer header to all hosts, to another host, or of another protocol.
    fn misaddress(&mut self, dice: &mut Dice) {
        match dice.below(4) {
            0 => self.bytes[..6].fill(0xff),
            1 => self.bytes[..6].copy_from_slice(&[1, 0, 0x5e, 0, 0, 1]),
            2 => self.bytes[5] ^= 1 << dice.below(8),
            _ => self.bytes[12] ^= 0x10,
        }
        self.addressed = false;
    }
}

fn frame(packet: Vec<u8>, offload: Option<Offload>, family: Family, door: Door) -> Frame {
    let mut bytes = Vec::with_capacity(packet.len() + door.link());
    if door.link() > 0 {
        bytes.extend(MAC);
        bytes.extend(PEER_MAC);
        bytes.extend(family.ethertype());
    }
    bytes.extend(packet);
    Frame {
        offload,
        bytes,
        addressed: true,
    }
}

/// The packet's virtio header, if any, right or wrong.
fn said(
    dice: &mut Dice,
    packet: &mut Packet,
    (family, door): (Family, Door),
    wild: bool,
) -> Option<Offload> {
    let needed = door != Door::Veth || packet.bytes.len() > LONGEST;
    if !offloads(door) || !(needed || dice.percent(50)) {
        return None;
    }
    Some(match (wild, dice.percent(50)) {
        (true, true) => Offload::any(dice, packet, door),
        (true, false) => Offload::default(),
        (false, _) => Offload::honest(dice, packet, family, door.link()),
    })
}

/// Whether frames come with virtio headers.
fn offloads(door: Door) -> bool {
    !door.merges()
}

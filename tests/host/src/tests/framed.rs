// SPDX-License-Identifier: GPL-2.0
//! Raw frames, built without our own `wire`, and a device that hands them over.

use super::raw::{octets, Raw, KEYED, MODES, NOW, SYN, TIMESTAMPS, WAY};
use crate::counters::{self, CounterUpdate, Event};
use crate::drop_reason::DropReason;
use crate::policy::{cookie::Key, Mode};
use crate::reflect::{self, Host, Outcome, Path, Traced};
use crate::wire::{link::Mac, Addresses, Family};
use oracle::bytes::{tcp_sum, TCP};
use oracle::packet::sum_segment;
use std::cell::RefCell;
use std::collections::BTreeMap;

pub const OURS: [u8; 6] = [2, 0, 0, 0, 0, 1];
pub const PEER: [u8; 6] = [2, 0, 0, 0, 0, 2];
/// A tag of VLAN 5 with priority 1.
pub const TAG: [u8; 4] = [0x81, 0, 0x20, 5];
/// An outer tag, as of a provider bridge.
pub const OUTER: [u8; 4] = [0x88, 0xa8, 0, 9];

/// The header of a frame from the peer to us.
pub fn ethernet(tags: &[[u8; 4]], kind: [u8; 2]) -> Vec<u8> {
    [&OURS[..], &PEER, &tags.concat(), &kind].concat()
}

pub fn kind(raw: &Raw) -> [u8; 2] {
    match raw.addresses {
        Addresses::V4 { .. } => [0x08, 0x00],
        Addresses::V6 { .. } => [0x86, 0xdd],
    }
}

/// The packet of a segment, with right checksums.
pub fn packet(raw: &Raw) -> Vec<u8> {
    let mut segment = [raw.tcp(), vec![0x5a; raw.payload as usize]].concat();
    let (from, to) = octets(&raw.addresses);
    sum_segment((&from, &to), &mut segment);
    [raw.ip(TCP, segment.len()), segment].concat()
}

/// The frame of a segment.
pub fn frame(raw: &Raw, tags: &[[u8; 4]]) -> Vec<u8> {
    [ethernet(tags, kind(raw)), packet(raw)].concat()
}

/// The frame of a segment whose checksum is that of the pseudo-header alone.
pub fn partial(raw: &Raw) -> Vec<u8> {
    let (mut frame, tcp) = (frame(raw, &[]), raw.tcp().len() + raw.payload as usize);
    let at = frame.len() - tcp + 16;
    let (from, to) = octets(&raw.addresses);
    let pseudo_header = tcp_sum(&from, &to, &vec![0; tcp]) as u16;
    frame[at..at + 2].copy_from_slice(&pseudo_header.to_be_bytes());
    frame
}

/// A SYN with the options of Linux.
pub fn syn(family: Family) -> Raw {
    let mut raw = Raw::new(family);
    (raw.flags, raw.seq) = (SYN, 1000);
    raw.options = [&[2, 4, 5, 180, 4, 2], &TIMESTAMPS[2..], &[1, 3, 3, 7]].concat();
    raw
}

/// The frame gets this silence, unchanged and counted once.
pub fn silent(device: &Device, family: Family, frame: &[u8], reason: DropReason) {
    let before = (
        device.packets(family).1,
        device.counter(Event::Dropped(reason).index(family)),
    );
    let (outcome, bytes) = device.take(MODES[0], frame);
    assert_eq!(outcome, Outcome::Silence(reason));
    assert_eq!(bytes, frame);
    let after = (
        device.packets(family).1,
        device.counter(Event::Dropped(reason).index(family)),
    );
    assert_eq!(after, (before.0 + 1, before.1 + 1));
}

/// A device.
pub struct Device {
    pub mac: Option<[u8; 6]>,
    pub addresses: Result<(), DropReason>,
    pub key: Result<&'static Key, DropReason>,
    pub partial: bool,
    pub mtu: Option<usize>,
    pub traced: bool,
    pub counted: RefCell<BTreeMap<usize, u64>>,
    /// Whether each traced packet got a reply, with its length, its offset and its age.
    pub traces: RefCell<Vec<(bool, usize, usize, Option<u32>)>>,
}

impl Device {
    pub fn new() -> Self {
        Self {
            mac: Some(OURS),
            addresses: Ok(()),
            key: Ok(KEYED.key),
            partial: false,
            mtu: Some(1500),
            traced: false,
            counted: RefCell::default(),
            traces: RefCell::default(),
        }
    }

    /// What becomes of a frame, and the frame after it.
    pub fn take(&self, mode: Mode, frame: &[u8]) -> (Outcome, Vec<u8>) {
        let mut bytes = frame.to_vec();
        let outcome = reflect::answer(mode, &mut bytes, self);
        (outcome, bytes)
    }

    pub fn counter(&self, index: usize) -> u64 {
        self.counted.borrow().get(&index).copied().unwrap_or(0)
    }

    /// The packets of a family that got a reply, and that got none.
    pub fn packets(&self, family: Family) -> (u64, u64) {
        let count = |answered| self.counter(counters::packet_by(counters::XDP, family, answered));
        (count(true), count(false))
    }
}

impl Host for Device {
    fn key(&self) -> Result<&Key, DropReason> {
        self.key
    }

    fn now(&self) -> u32 {
        NOW
    }

    fn receives(&self, destination: Mac) -> bool {
        let [a, b, c, d, e, f, ..] = destination.0.to_le_bytes();
        self.mac.is_none_or(|mac| mac == [a, b, c, d, e, f])
    }

    fn check_addresses(&self, _: Family, _: &[u8]) -> Result<(), DropReason> {
        self.addresses
    }

    fn has_partial_sums(&self) -> bool {
        self.partial
    }

    fn path(&self, _: Family) -> Option<Path> {
        self.mtu.map(|mtu| Path { info: WAY, mtu })
    }

    fn count(&self, index: usize) {
        *self.counted.borrow_mut().entry(index).or_default() += 1;
    }

    fn update(&self, update: &CounterUpdate) {
        self.count(update.kind);
    }

    fn traced(&self) -> bool {
        self.traced
    }

    fn trace_reply(&self, reply: &Traced<'_>) {
        self.trace(true, reply);
    }

    fn trace_ignored(&self, packet: &Traced<'_>, _: &'static str) {
        self.trace(false, packet);
    }
}

impl Device {
    fn trace(&self, answered: bool, seen: &Traced<'_>) {
        let entry = (answered, seen.packet.len(), seen.offset, seen.age);
        self.traces.borrow_mut().push(entry);
    }
}

// SPDX-License-Identifier: GPL-2.0
//! Virtio headers: the offload information of a frame from a device or a guest.

use crate::dice::Dice;
use crate::lab::{Door, Family};
use crate::segment::Packet;
use oracle::bytes::{put, sum, TCP};

/// The length of the header in front of the frame.
pub const SIZE: usize = 10;

const NEEDS_CSUM: u8 = 1;
const DATA_VALID: u8 = 2;
const GSO_TCPV4: u8 = 1;
const GSO_TCPV6: u8 = 4;
const GSO_ECN: u8 = 0x80;
const KINDS: [u8; 8] = [
    0,
    GSO_TCPV4,
    3,
    GSO_TCPV6,
    5,
    GSO_TCPV4 | GSO_ECN,
    GSO_TCPV6 | GSO_ECN,
    2,
];
/// The offset of the checksum in TCP's header.
const CHECKSUM: u16 = 16;

/// A virtio header.
#[derive(Clone, Copy, Default)]
pub struct Offload {
    flags: u8,
    kind: u8,
    header: u16,
    size: u16,
    start: u16,
    offset: u16,
}

impl Offload {
    /// In this machine's byte order, as the kernel requires.
    pub fn bytes(&self) -> [u8; SIZE] {
        let mut bytes = [0; SIZE];
        bytes[..2].copy_from_slice(&[self.flags, self.kind]);
        let numbers = [self.header, self.size, self.start, self.offset];
        for (slot, number) in bytes[2..].chunks_exact_mut(2).zip(numbers) {
            slot.copy_from_slice(&number.to_ne_bytes());
        }
        bytes
    }

    /// It requests that the kernel writes the checksum, which is then not verified.
    pub fn claims(&self) -> bool {
        self.flags & NEEDS_CSUM != 0
    }

    /// It marks the frame as a super-packet.
    pub fn super_packet(&self) -> bool {
        self.kind != 0
    }

    /// Whether a correct device could send it for a TCP segment whose header starts at `tcp`,
    /// counted from the link layer on. `trailed`: there is something behind the packet.
    pub fn plain(&self, family: Family, tcp: usize, trailed: bool) -> bool {
        if !self.claims() {
            return self.kind == 0;
        }
        let place = usize::from(self.start) == tcp && self.offset == CHECKSUM && !trailed;
        place && (self.kind == 0 || (self.kind == kind(family) && self.size >= 500))
    }

    /// The header of a valid packet, which it may change as a device would.
    pub fn honest(dice: &mut Dice, packet: &mut Packet, family: Family, link: usize) -> Self {
        let length = (packet.bytes.len() + link) as u16;
        let start = (packet.tcp + link) as u16;
        let mut offload = Self {
            header: linear(dice, length),
            ..Self::default()
        };
        if packet.bytes.len() > 3000 || dice.percent(40) {
            partial(packet, family);
            offload.flags = NEEDS_CSUM;
            offload.start = start;
            offload.offset = CHECKSUM;
        } else if dice.percent(20) {
            offload.flags = DATA_VALID;
        }
        if packet.bytes.len() > 3000 && dice.percent(80) {
            offload.kind = kind(family);
            offload.size = dice.pick(&[500, 536, 1400, 1448]);
        }
        offload
    }

    /// A random header that does not make the kernel segment the frame on its way out of the peer.
    pub fn any(dice: &mut Dice, packet: &Packet, door: Door) -> Self {
        let length = (packet.bytes.len() + door.link()) as u16;
        let tcp = (packet.tcp + door.link()) as u16;
        let mut offload = Self {
            flags: dice.pick(&[0, 0, NEEDS_CSUM, NEEDS_CSUM, DATA_VALID, 3, 0xff]),
            kind: dice.pick(&KINDS),
            header: linear(dice, length),
            size: dice.pick(&[0, 1, 8, 100, 536, 1400, 65535]),
            start: dice.pick(&[0, 14, 34, tcp, tcp, tcp, length, length.wrapping_sub(2)]),
            offset: dice.pick(&[0, 6, CHECKSUM, CHECKSUM, CHECKSUM, 17, 100]),
        };
        if dice.percent(10) {
            offload.start = dice.half();
            offload.offset = dice.half();
        }
        if door == Door::Veth {
            offload.kind = 0;
        }
        offload
    }
}

fn kind(family: Family) -> u8 {
    match family {
        Family::V4 => GSO_TCPV4,
        Family::V6 => GSO_TCPV6,
    }
}

/// The length that belongs in the linear part of the packet.
fn linear(dice: &mut Dice, length: u16) -> u16 {
    match dice.below(6) {
        0 | 1 => 0,
        2 => 14.min(length),
        3 => 34.min(length),
        4 => (14 + dice.below(100) as u16).min(length),
        _ => length,
    }
}

/// Sets the checksum to the sum of the pseudo-header, which the device completes.
fn partial(packet: &mut Packet, family: Family) {
    let addresses = 2 * family.address();
    let start = family.header() - addresses;
    let length = (packet.bytes.len() - packet.tcp) as u32;
    let pseudo = sum(
        &packet.bytes[start..start + addresses],
        length + u32::from(TCP),
    );
    put(
        &mut packet.bytes,
        packet.tcp + 16,
        &(pseudo as u16).to_be_bytes(),
    );
}

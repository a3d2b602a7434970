// SPDX-License-Identifier: GPL-2.0
//! The ways into the tarpit and out of it, opened.

use crate::dice::Dice;
use crate::item::Frame;
use crate::lab::{Door, Family, DOORS};
use crate::offload::{Offload, SIZE};
use crate::sys::{self, Use};
use std::io::Result;
use std::os::fd::OwnedFd;

const IFF_NAPI: i32 = 0x10;
const IFF_NAPI_FRAGS: i32 = 0x20;
/// The kernel takes so many pieces of a frame, each of a page at most.
const PIECES: usize = 17;
const PAGE: usize = 4096;
const BIGGEST: usize = 1 << 17;

/// Where a packet left.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Door(Door),
    Dark,
    Loopback,
}

/// What left, from the IP header on, or what is wrong with it already.
pub type Packet = std::result::Result<Vec<u8>, String>;

/// One way, opened.
struct Way {
    door: Door,
    plain: Option<OwnedFd>,
    offloaded: Option<OwnedFd>,
    /// A packet socket at the peer's end; else the device itself is read.
    ear: Option<OwnedFd>,
}

/// All of them.
pub struct Doors {
    ways: Vec<Way>,
    dark: OwnedFd,
    loopback: OwnedFd,
    buffer: Vec<u8>,
}

impl Doors {
    /// Opens them; this thread is in the tarpit's namespace then.
    pub fn open() -> Result<Self> {
        sys::enter("peer")?;
        let mut ways = Vec::new();
        for door in DOORS {
            ways.push(Way::at_peer(door)?);
        }
        sys::enter("tarpit")?;
        for way in &mut ways {
            if way.door.peer().is_none() {
                way.offloaded = Some(sys::tun(way.door.device(), kind(way.door))?);
            }
        }
        Ok(Self {
            ways,
            dark: sys::packet_socket("dark0", Use::Tap)?,
            loopback: sys::packet_socket("lo", Use::Tap)?,
            buffer: vec![0; BIGGEST],
        })
    }

    fn way(&self, door: Door) -> &Way {
        &self.ways[usize::from(door.number())]
    }

    /// Sends a frame; false where the kernel refuses it.
    pub fn send(&self, dice: &mut Dice, door: Door, frame: &Frame) -> bool {
        let way = self.way(door);
        let header = frame.offload.as_ref().map(Offload::bytes);
        match (&way.offloaded, &way.plain, header) {
            (Some(fd), _, Some(header)) if door == Door::Frags => {
                let all = [&header[..], &frame.bytes].concat();
                let mut rest = &all[..];
                let mut pieces = Vec::new();
                while !rest.is_empty() {
                    let (piece, others) = rest.split_at(cut(dice, rest.len(), pieces.len()));
                    pieces.push(piece);
                    rest = others;
                }
                sys::send(fd, &pieces)
            }
            (Some(fd), _, Some(header)) => sys::send(fd, &[&header, &frame.bytes]),
            (_, Some(fd), None) => sys::send(fd, &[&frame.bytes]),
            _ => false,
        }
    }

    /// The next packet that left by the door, from the IP header on; or if there is none, by any.
    pub fn receive(&mut self, family: Family, door: Door) -> Option<(Exit, Packet)> {
        let first = usize::from(door.number());
        for index in 0..self.ways.len() {
            let way = &self.ways[(first + index) % self.ways.len()];
            let (fd, before) = way.out();
            if let Some(frame) = sys::receive(fd, &mut self.buffer) {
                let packet = network(family, frame, (before, way.door.link()));
                return Some((Exit::Door(way.door), packet));
            }
        }
        for (fd, exit) in [(&self.dark, Exit::Dark), (&self.loopback, Exit::Loopback)] {
            if let Some(frame) = sys::receive(fd, &mut self.buffer) {
                return Some((exit, network(family, frame, (0, 14))));
            }
        }
        None
    }

    /// Takes away what waits: before there was a rule, the host itself had something to say.
    pub fn forget(&mut self) {
        while self.receive(Family::V4, Door::Veth).is_some() {}
    }

    /// Waits for a packet that leaves; false after so many milliseconds.
    pub fn wait(&self, milliseconds: i32) -> bool {
        sys::wait(self.ways.iter().map(|way| way.out().0), milliseconds)
    }
}

impl Way {
    fn at_peer(door: Door) -> Result<Self> {
        let mut way = Self {
            door,
            plain: None,
            offloaded: None,
            ear: None,
        };
        if let Some(device) = door.peer() {
            way.plain = Some(sys::packet_socket(device, Use::Send)?);
            way.ear = Some(sys::packet_socket(device, Use::Hear)?);
            if !door.merges() {
                way.offloaded = Some(sys::packet_socket(device, Use::SendOffloaded)?);
            }
        }
        Ok(way)
    }

    /// Where to read what left by it, and the bytes in front of the link layer there.
    fn out(&self) -> (&OwnedFd, usize) {
        match (&self.ear, &self.offloaded) {
            (Some(ear), _) => (ear, 0),
            (None, Some(device)) => (device, SIZE),
            (None, None) => unreachable!("each way was opened"),
        }
    }
}

fn kind(door: Door) -> i32 {
    match door {
        Door::Tun => libc::IFF_TUN,
        Door::Frags => libc::IFF_TAP | IFF_NAPI | IFF_NAPI_FRAGS,
        _ => libc::IFF_TAP,
    }
}

/// How long the next piece of a frame is, of which so much is left.
fn cut(dice: &mut Dice, left: usize, pieces: usize) -> usize {
    if pieces + 1 >= PIECES || (pieces > 0 && dice.percent(20)) {
        return left.min(PAGE);
    }
    let most = left.min(PAGE);
    let wanted = match (pieces, dice.below(4)) {
        (0, 0) => SIZE + 1 + dice.below(14),
        (0, _) => SIZE + 14 + dice.below(120),
        (_, 0) => 1 + dice.below(20),
        _ => 1 + dice.below(most),
    };
    // Small pieces now would leave too large ones for the rest.
    let least = left.saturating_sub((PIECES - pieces - 1) * PAGE);
    wanted.max(least).min(most)
}

/// What stands behind the link layer, which must be of the family.
fn network(family: Family, frame: &[u8], (before, link): (usize, usize)) -> Packet {
    let start = before + link;
    if frame.len() < start {
        return Err(format!("{} bytes that are no packet", frame.len()));
    }
    if link > 0 && frame[start - 2..start] != family.ethertype() {
        return Err(format!(
            "a frame that is not {}: {frame:02x?}",
            family.name()
        ));
    }
    Ok(frame[start..].to_vec())
}

// SPDX-License-Identifier: GPL-2.0
//! TCP segments from captures, sent as a peer would send them.

use crate::item::{Frame, Item};
use crate::lab::{Address, Door, Family, Flow, Hook, Mode, Rule, DARK, DARK_MTU, PEER};
use crate::numbers::Numbers;
use crate::segment::{Packet, Segment};
use oracle::bytes::{be16, be32, put, sum, tcp_sum, TCP};
use oracle::packet::{sum_header, sum_segment, Ip};
use pcap_file::pcap::PcapReader;
use pcap_file::DataLink;
use std::fs::File;
use std::io::BufReader;

/// The largest segment that fits into the largest MTU behind a header of either family.
const MOST: usize = DARK_MTU - 60;

/// A segment and its IP header. Skipped are fragments, because those of two captures must not be
/// reassembled, and packets in tunnels, behind labels or IPv6 extension headers.
pub struct Captured {
    family: Family,
    head: Vec<u8>,
    /// From the TCP header on, as much of it as was captured.
    segment: Vec<u8>,
    /// The header's checksum was right, if it has one.
    head_right: bool,
    /// TCP's checksum was right.
    sum_right: bool,
}

/// The variant of a captured segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Addresses are replaced; wrong lengths and checksums stay wrong.
    AsItIs,
    /// Lengths and checksums are corrected, so that the segment reaches the rule.
    Repaired,
    /// A SYN replaces it, as if the connection started just before.
    Begun,
    /// It is corrected, and acknowledges the reply to that SYN.
    Verified,
}

impl State {
    /// All variants that matter in the mode.
    pub fn of(mode: Mode) -> &'static [Self] {
        match mode {
            Mode::Tarpit | Mode::Reset => &[Self::AsItIs, Self::Repaired],
            Mode::Persist | Mode::Honeypot => {
                &[Self::AsItIs, Self::Repaired, Self::Begun, Self::Verified]
            }
        }
    }
}

/// The segments in a file, up to the first damaged record; none of an unknown link layer.
pub fn read(path: &str) -> Result<Vec<Captured>, String> {
    let file = File::open(path).map_err(|fault| format!("{path}: {fault}"))?;
    let mut all = Vec::new();
    let Ok(mut reader) = PcapReader::new(BufReader::new(file)) else {
        return Ok(all);
    };
    let link = reader.header().datalink;
    while let Some(Ok(frame)) = reader.next_raw_packet() {
        all.extend(network(link, &frame.data).and_then(Captured::new));
    }
    Ok(all)
}

/// The packet behind the link layer and its VLAN tags, if it is IP.
fn network(link: DataLink, frame: &[u8]) -> Option<&[u8]> {
    let (mut kind, start) = match link {
        DataLink::ETHERNET => (12, 14),
        DataLink::LINUX_SLL => (14, 16),
        DataLink::NULL => return frame.get(4..),
        DataLink::RAW | DataLink::IPV4 | DataLink::IPV6 => return Some(frame),
        _ => return None,
    };
    let mut packet = frame.get(start..)?;
    while let [0x81, 0] | [0x88, 0xa8] = frame[kind..kind + 2] {
        packet = packet.get(4..)?;
        kind = frame.len() - packet.len() - 2;
    }
    matches!(frame[kind..kind + 2], [8, 0] | [0x86, 0xdd]).then_some(packet)
}

impl Captured {
    fn new(packet: &[u8]) -> Option<Self> {
        let (family, tcp, told, kept) = match packet.first()? >> 4 {
            4 if packet.len() >= 20 => {
                let whole = be16(packet, 6) & 0x3fff == 0;
                let words = usize::from(packet[0] & 15) * 4;
                let told = usize::from(be16(packet, 2));
                (Family::V4, words, told, packet[9] == TCP && whole)
            }
            6 if packet.len() >= 40 => {
                let told = 40 + usize::from(be16(packet, 4));
                (Family::V6, 40, told, packet[6] == TCP)
            }
            _ => return None,
        };
        // The length of a super-packet may be 0.
        let bare = told == 0 || (family == Family::V6 && told == tcp);
        let end = if bare {
            packet.len()
        } else {
            told.min(packet.len())
        };
        if !kept || tcp < family.header() || end < tcp {
            return None;
        }
        let (head, segment) = (&packet[..tcp], &packet[tcp..end]);
        let (from, to) = packet[addresses(family)..family.header()].split_at(family.address());
        Some(Self {
            family,
            head: head.to_vec(),
            segment: segment[..segment.len().min(MOST)].to_vec(),
            head_right: family == Family::V6 || sum(head, 0) == 0xffff,
            sum_right: tcp_sum(from, to, segment) == 0xffff,
        })
    }

    /// The segment as it is sent to the rule; None if it is too short for that.
    pub fn item(
        &self,
        state: State,
        (rule, door): (&Rule, Door),
        numbers: &Numbers,
    ) -> Option<Item> {
        let network = match rule.hook {
            Hook::Forward | Hook::HelperForward => DARK,
            _ => door.number(),
        };
        let from = Address::host(rule.family, door.number(), PEER);
        let to = Address::host(rule.family, network, 1);
        let packet = match state {
            State::AsItIs | State::Repaired => {
                self.packet((from, to), self.segment.clone(), state == State::Repaired)
            }
            State::Begun | State::Verified => {
                let (flow, irs) = self.flow(from, to)?;
                if state == State::Begun {
                    Segment::syn(flow, irs).packet()
                } else {
                    let number = numbers.get(rule.mode, &flow, irs)?;
                    let mut segment = self.segment.clone();
                    put(&mut segment, 8, &number.iss.wrapping_add(1).to_be_bytes());
                    self.packet((from, to), segment, true)
                }
            }
        };
        Some(Item::one(Frame::of(&packet, rule.family, door), false))
    }

    /// Its connection, and the IRS that makes it the first segment after the handshake.
    fn flow(&self, from: Address, to: Address) -> Option<(Flow, u32)> {
        let segment = (self.segment.len() >= 20).then_some(&self.segment)?;
        let flow = Flow {
            from,
            to,
            sport: be16(segment, 0),
            dport: be16(segment, 2),
        };
        Some((flow, be32(segment, 4).wrapping_sub(1)))
    }

    /// The segment behind its own IP header, or behind a plain one of the other family.
    fn packet(
        &self,
        (from, to): (Address, Address),
        mut segment: Vec<u8>,
        repaired: bool,
    ) -> Packet {
        let family = from.family;
        let own = family == self.family;
        let mut head = if own {
            self.head.clone()
        } else {
            plain(family)
        };
        put(
            &mut head,
            addresses(family),
            &[from.octets(), to.octets()].concat(),
        );
        if repaired || !own {
            let (at, before) = match family {
                Family::V4 => (2, head.len()),
                Family::V6 => (4, head.len() - 40),
            };
            let length = (before + segment.len()).min(0xffff) as u16;
            put(&mut head, at, &length.to_be_bytes());
        }
        if family == Family::V4 && (repaired || self.head_right || !own) {
            sum_header(&mut head);
        }
        if (repaired || self.sum_right) && segment.len() >= 18 {
            sum_segment((from.octets(), to.octets()), &mut segment);
        }
        let tcp = head.len();
        head.extend(segment);
        Packet { bytes: head, tcp }
    }
}

/// The offset of a header's addresses.
fn addresses(family: Family) -> usize {
    family.header() - 2 * family.address()
}

/// A header without length, checksum and addresses.
fn plain(family: Family) -> Vec<u8> {
    let host = &[0; 16][..family.address()];
    Ip::new(host, host).header(TCP, 0)
}

// SPDX-License-Identifier: GPL-2.0
//! Answers a frame in its own bytes: what XDP hands over, before there is an skb.
//!
//! There is neither a route nor connection tracking here. The reply goes back by the link, with the
//! MAC addresses swapped; docs/behaviour.md, section 13, is the contract.

#![forbid(unsafe_code)]

use crate::counters::{self, CounterUpdate, Event, XDP};
use crate::drop_reason::DropReason;
use crate::policy::{
    self,
    age::Age,
    census,
    cookie::{CookieContext, Key},
    Mode,
};
use crate::wire::{
    frame,
    link::{self, Link, Mac},
    raw, Family, Flow, PathInfo, Reply, Segment,
};

/// How many bytes of a packet are searched for its headers. If they end later, the packet is
/// malformed; those of IPv4 never do.
const READ: usize = 256;

/// What the kernel knows of the frame's device, and where the frame is counted.
pub(crate) trait Host {
    /// The key of the cookies, or `NoKey`.
    fn key(&self) -> Result<&Key, DropReason>;
    /// Milliseconds on a clock that never stops.
    fn now(&self) -> u32;
    /// Whether the device receives frames that go to this MAC address of one station.
    fn receives(&self, destination: Mac) -> bool;
    /// Checks the addresses of a packet beside those of the device: `NotUnicast`, `Martian`.
    fn check_addresses(&self, family: Family, packet: &[u8]) -> Result<(), DropReason>;
    /// Whether a segment with a partial checksum may have come from this host.
    fn has_partial_sums(&self) -> bool;
    /// The way back by the link, if the device can send.
    fn path(&self, family: Family) -> Option<Path>;
    /// Adds one to a counter.
    fn count(&self, index: usize);
    /// Adds the update of a verified segment.
    fn update(&self, update: &CounterUpdate);
    /// Whether a tracepoint is enabled.
    fn traced(&self) -> bool;
    /// Fires the tracepoint for a reply, whose bytes start at its IP header.
    fn trace_reply(&self, reply: &Traced<'_>);
    /// Fires the tracepoint for a packet that gets no reply.
    fn trace_ignored(&self, packet: &Traced<'_>, reason: &'static str);
}

/// The way back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path {
    /// What a reply takes from it.
    pub(crate) info: PathInfo,
    /// Bytes that fit into one packet.
    pub(crate) mtu: usize,
}

/// What a tracepoint shows.
pub(crate) struct Traced<'a> {
    /// The family of the packet.
    pub(crate) family: Family,
    /// The packet from its IP header on.
    pub(crate) packet: &'a [u8],
    /// Where its TCP header starts; 0 if that is not known.
    pub(crate) offset: usize,
    /// The mode's name.
    pub(crate) mode: &'static str,
    /// How long ago we last answered the peer, in milliseconds.
    pub(crate) age: Option<u32>,
}

/// What becomes of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Its first bytes, as many as this, are the reply.
    Reply(u32),
    /// It gets no reply.
    Silence(DropReason),
    /// It holds no TCP, so it is not counted. The family is that of its packet, if it is IP.
    NotTcp(Option<Family>),
}

/// Answers a frame, and counts it unless it holds no TCP.
#[inline(always)]
pub(crate) fn answer(mode: Mode, frame: &mut [u8], host: &impl Host) -> Outcome {
    match Link::parse(frame) {
        None => Outcome::NotTcp(None),
        Some(link) => match link.family {
            Family::V4 => take::<false>(mode, frame, &link, host),
            Family::V6 => take::<true>(mode, frame, &link, host),
        },
    }
}

/// Counts a packet of the entrance that gets no reply.
#[inline(always)]
pub(crate) fn count_drop(family: Family, reason: DropReason, host: &impl Host) {
    host.count(Event::Dropped(reason).index(family));
    host.count(counters::packet_by(XDP, family, false));
}

/// What the tracepoints show of a packet beside its bytes.
#[derive(Clone, Copy)]
struct Seen {
    mode: Mode,
    /// Where its TCP header starts.
    offset: usize,
    age: Age,
}

/// A reply and its way.
struct Answer {
    reply: Reply,
    back: Flow,
    info: PathInfo,
    /// From the IP header on, in bytes.
    length: usize,
}

#[inline(always)]
fn take<const IPV6: bool>(mode: Mode, frame: &mut [u8], link: &Link, host: &impl Host) -> Outcome {
    let family = Family::of(IPV6);
    let mut seen = Seen {
        mode,
        offset: 0,
        age: Age::NoTimestamps,
    };
    let packet = frame.get(link.length..).unwrap_or_default();
    match decide::<IPV6>(packet, link, host, &mut seen) {
        Ok(answer) => {
            let end = link.length.wrapping_add(answer.length);
            let reply = frame.get_mut(link.length..end).unwrap_or_default();
            answer.write::<IPV6>(reply);
            if host.traced() {
                seen.offset = family.header();
                host.trace_reply(&traced(family, reply, seen));
            }
            link::swap(frame);
            host.count(Event::Reply(mode).index(family));
            host.count(counters::packet_by(XDP, family, true));
            Outcome::Reply(u32::try_from(end).unwrap_or_default())
        }
        Err(DropReason::Malformed | DropReason::Fragment) if !raw::names_tcp(family, packet) => {
            Outcome::NotTcp(Some(family))
        }
        Err(reason) => {
            count_drop(family, reason, host);
            if host.traced() {
                host.trace_ignored(&traced(family, packet, seen), reason.name());
            }
            Outcome::Silence(reason)
        }
    }
}

#[cold]
fn traced(family: Family, packet: &[u8], seen: Seen) -> Traced<'_> {
    Traced {
        family,
        packet,
        offset: seen.offset,
        mode: seen.mode.name(),
        age: seen.age.milliseconds(),
    }
}

/// Removes the padding of the link, which is no part of the packet.
#[inline(always)]
fn trim(family: Family, packet: &[u8]) -> Result<&[u8], DropReason> {
    let available = u32::try_from(packet.len()).map_err(|_| DropReason::Malformed)?;
    let length = frame::length(family, packet, available, false)?;
    let length = usize::try_from(length).map_err(|_| DropReason::Malformed)?;
    packet.get(..length).ok_or(DropReason::Malformed)
}

/// Reads a packet without padding.
#[inline(always)]
fn parse<const IPV6: bool>(packet: &[u8]) -> Result<Segment<'_>, DropReason> {
    let length = u32::try_from(packet.len()).map_err(|_| DropReason::Malformed)?;
    let read = if IPV6 {
        packet.get(..READ).unwrap_or(packet)
    } else {
        packet
    };
    Segment::parse(Family::of(IPV6), read, length)
}

/// Decides the reply to a packet. Updates `seen` for the tracepoints.
#[inline(always)]
fn decide<const IPV6: bool>(
    packet: &[u8],
    link: &Link,
    host: &impl Host,
    seen: &mut Seen,
) -> Result<Answer, DropReason> {
    let (family, mode) = (Family::of(IPV6), seen.mode);
    let packet = trim(family, packet)?;
    let segment = parse::<IPV6>(packet)?;
    seen.offset = segment.offset();
    check_link(link, host)?;
    host.check_addresses(family, packet)?;
    let cookies = CookieContext {
        key: host.key()?,
        clock: || host.now(),
    };
    let classified = policy::classify(mode, &segment, &cookies, || None)?;
    check_checksum(&segment, packet, host)?;
    if let Some(kind) = census::sender(&segment, &classified) {
        host.count(counters::syn(family, kind));
    }
    let decision = policy::decide(mode, &segment, &classified, &cookies);
    if let Some(activity) = policy::observe(&segment, &classified, &decision, &cookies) {
        if let Some(update) = CounterUpdate::new(mode, &activity) {
            host.update(&update);
        }
    }
    if host.traced() {
        if let Some(cookie) = classified.cookie() {
            seen.age = Age::of(&segment, || cookie.clock(&cookies));
        }
    }
    Answer::new::<IPV6>(decision?, &segment, packet.len(), host)
}

/// A reply must not go to a group of stations, nor answer a frame for another station.
#[inline(always)]
fn check_link(link: &Link, host: &impl Host) -> Result<(), DropReason> {
    let stations = link.source.unicast() && link.destination.unicast();
    if stations && host.receives(link.destination) {
        Ok(())
    } else {
        Err(DropReason::NotUnicast)
    }
}

#[inline(always)]
fn check_checksum(
    segment: &Segment<'_>,
    packet: &[u8],
    host: &impl Host,
) -> Result<(), DropReason> {
    if segment.sum_over(packet) || (segment.sum_is_partial(packet) && host.has_partial_sums()) {
        Ok(())
    } else {
        Err(DropReason::BadChecksum)
    }
}

impl Answer {
    /// Sends `reply` back, if it fits into the way back and into the packet of `room` bytes.
    #[inline(always)]
    fn new<const IPV6: bool>(
        reply: Reply,
        segment: &Segment<'_>,
        room: usize,
        host: &impl Host,
    ) -> Result<Self, DropReason> {
        let family = Family::of(IPV6);
        let length = reply.length(family);
        let path = host.path(family).ok_or(DropReason::NoRoute)?;
        if length > path.mtu.min(room) {
            return Err(DropReason::TooBig);
        }
        Ok(Self {
            reply,
            back: segment.flow().reversed(),
            info: path.info,
            length,
        })
    }

    /// Writes the reply to `packet`, which has its length.
    #[inline(always)]
    fn write<const IPV6: bool>(&self, packet: &mut [u8]) {
        self.reply.emit(&self.back, self.info, packet);
        if !IPV6 {
            raw::write_sum_v4(packet);
        }
    }
}

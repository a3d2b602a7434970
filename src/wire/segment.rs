// SPDX-License-Identifier: GPL-2.0
//! A received segment.

use super::{ip, options::Offered, tcp, Addresses, Family, Flags, Options, Seq};
use crate::drop_reason::DropReason;

/// Addresses and ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flow {
    /// The two hosts.
    pub(crate) addresses: Addresses,
    /// The port it comes from.
    pub(crate) source: u16,
    /// The port it goes to.
    pub(crate) destination: u16,
}

impl Flow {
    /// With source and destination swapped.
    #[must_use]
    #[inline(always)]
    pub(crate) const fn reversed(&self) -> Self {
        Self {
            addresses: self.addresses.reversed(),
            source: self.destination,
            destination: self.source,
        }
    }
}

/// A TCP segment from one host to one host.
///
/// It is a view: a field is read from the packet when it is needed, which is as cheap as keeping it
/// on the stack, and most segments need few.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    ip: ip::Header<'a>,
    tcp: tcp::Header<'a>,
    /// Bytes of payload.
    pub(crate) payload: u32,
}

impl<'a> Segment<'a> {
    /// Reads a segment from `bytes`, which start at the IP header and hold at least all headers.
    ///
    /// `length` is that of the whole packet; that of a super-packet is more than `bytes`.
    ///
    /// Fails with the first reason of `Malformed`, `Fragment`, `IpOptions`, `NotUnicast`.
    #[inline(always)]
    pub(crate) fn parse(family: Family, bytes: &'a [u8], length: u32) -> Result<Self, DropReason> {
        let ip = ip::Header::parse(family, bytes)?;
        if let Some(reason) = ip.refusal {
            return Err(refuse(bytes, ip.length, length, reason));
        }
        let (tcp, payload) = after(bytes, ip.length, length).ok_or(DropReason::Malformed)?;
        if !ip.addresses().unicast() {
            return Err(DropReason::NotUnicast);
        }
        Ok(Self { ip, tcp, payload })
    }

    /// Addresses and ports.
    #[inline(always)]
    pub(crate) fn flow(&self) -> Flow {
        Flow {
            addresses: self.ip.addresses(),
            source: self.tcp.source(),
            destination: self.tcp.destination(),
        }
    }

    /// SEG.SEQ.
    #[inline(always)]
    pub(crate) fn seq(&self) -> Seq {
        self.tcp.seq()
    }

    /// SEG.ACK; valid only if the ACK flag is set.
    #[inline(always)]
    pub(crate) fn ack(&self) -> Seq {
        self.tcp.ack()
    }

    /// The control bits.
    #[inline(always)]
    pub(crate) fn flags(&self) -> Flags {
        self.tcp.flags()
    }

    /// SEG.WND, unscaled.
    #[inline(always)]
    pub(crate) fn window(&self) -> u16 {
        self.tcp.window()
    }

    /// Where the TCP header starts, in bytes from the IP header.
    #[inline(always)]
    pub(crate) const fn offset(&self) -> usize {
        self.ip.length
    }

    /// IPv4's identification field.
    #[inline(always)]
    pub(crate) fn identification(&self) -> Option<u16> {
        self.ip.identification()
    }

    /// The bytes of its options.
    #[inline(always)]
    pub(crate) const fn option_bytes(&self) -> &'a [u8] {
        self.tcp.options
    }

    /// Its options.
    #[inline(always)]
    pub(crate) fn options(&self) -> Options {
        Options::parse(self.tcp.options)
    }

    /// What a SYN offers.
    #[inline(always)]
    pub(crate) fn offered(&self) -> Offered {
        Offered::parse(self.tcp.options)
    }

    /// Whether the checksum is right; `None` if not all of the segment has been read.
    #[inline(always)]
    pub(crate) fn sum(&self) -> Option<bool> {
        let length = u32::try_from(self.tcp.bytes.len()).ok()?;
        let header = u32::try_from(self.tcp.length()).ok()?;
        if length != header.wrapping_add(self.payload) {
            return None;
        }
        let sum = self.ip.addresses().pseudo_header(ip::TCP, length);
        Some(sum.bytes(self.tcp.bytes).finish() == 0)
    }

    /// Whether the checksum is right; `packet` is all of the packet.
    #[inline(always)]
    pub(crate) fn sum_over(&self, packet: &[u8]) -> bool {
        let Some((bytes, length)) = self.transport(packet) else {
            return false;
        };
        let sum = self.ip.addresses().pseudo_header(ip::TCP, length);
        sum.bytes(bytes).finish() == 0
    }

    /// Whether the checksum covers only the pseudo-header. The sender's kernel leaves the rest to a
    /// device, and no device has added it yet, because the segment has not left the host.
    ///
    /// A function of its own would need the segment in memory.
    #[inline(always)]
    pub(crate) fn sum_is_partial(&self, packet: &[u8]) -> bool {
        let Some((_, length)) = self.transport(packet) else {
            return false;
        };
        let sum = self.ip.addresses().pseudo_header(ip::TCP, length);
        !sum.finish() == self.tcp.checksum()
    }

    /// The bytes of the packet from the TCP header on, and their number.
    #[inline(always)]
    fn transport<'b>(&self, packet: &'b [u8]) -> Option<(&'b [u8], u32)> {
        let bytes = packet.get(self.offset()..)?;
        Some((bytes, u32::try_from(bytes.len()).ok()?))
    }

    /// SEG.LEN: payload, with SYN and FIN counting one each (RFC 9293, section 3.3.1).
    #[inline(always)]
    pub(crate) fn len(&self) -> u32 {
        let flags = self.flags();
        let payload = self.payload.wrapping_add(u32::from(flags.syn()));
        payload.wrapping_add(u32::from(flags.fin()))
    }
}

/// Reads the TCP header at `offset`, and how many bytes of payload follow it; `None` if the header
/// is malformed or does not fit into the packet.
#[inline(always)]
fn after(bytes: &[u8], offset: usize, length: u32) -> Option<(tcp::Header<'_>, u32)> {
    let tcp = tcp::Header::parse(bytes.get(offset..)?)?;
    let headers = u32::try_from(offset.wrapping_add(tcp.length())).ok()?;
    Some((tcp, length.checked_sub(headers)?))
}

/// Why a segment is dropped whose IP headers forbid a reply: `Malformed` precedes `reason`.
///
/// A function of its own: without this case the compiler knows where the TCP header starts.
#[cold]
fn refuse(bytes: &[u8], offset: usize, length: u32, reason: DropReason) -> DropReason {
    after(bytes, offset, length).map_or(DropReason::Malformed, |_| reason)
}

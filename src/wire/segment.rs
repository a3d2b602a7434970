// SPDX-License-Identifier: GPL-2.0
//! What came in.

use super::{ip, tcp, Addresses, Family, Flags, Options, Seq};
use crate::ignored::Ignored;

/// From where to where.
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
    /// The way back.
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
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    /// From where to where.
    pub(crate) flow: Flow,
    /// SEG.SEQ.
    pub(crate) seq: Seq,
    /// SEG.ACK; without meaning unless the ACK flag is set.
    pub(crate) ack: Seq,
    /// The control bits.
    pub(crate) flags: Flags,
    /// SEG.WND, unscaled.
    pub(crate) window: u16,
    /// Bytes of payload.
    pub(crate) payload: u32,
    /// Where the TCP header starts, in bytes from the IP header.
    pub(crate) offset: usize,
    options: &'a [u8],
    /// From TCP's header on, as far as it was looked at.
    bytes: &'a [u8],
}

impl<'a> Segment<'a> {
    /// Reads a segment from `bytes`, which start at the IP header and hold at least all headers.
    ///
    /// `length` is that of the whole packet in bytes: of a super-packet, more than `bytes`.
    ///
    /// Fails with the first reason of `Malformed`, `Fragment`, `IpOptions`, `NotUnicast`.
    #[inline(always)]
    pub(crate) fn parse(family: Family, bytes: &'a [u8], length: u32) -> Result<Self, Ignored> {
        let ip = ip::Header::parse(family, bytes)?;
        let rest = bytes.get(ip.length..).ok_or(Ignored::Malformed)?;
        let tcp = tcp::Header::parse(rest).ok_or(Ignored::Malformed)?;
        let headers = u32::try_from(ip.length.wrapping_add(tcp.length));
        let payload = headers.ok().and_then(|headers| length.checked_sub(headers));
        let payload = payload.ok_or(Ignored::Malformed)?;
        if let Some(reason) = ip.refusal {
            return Err(reason);
        }
        if !ip.addresses.unicast() {
            return Err(Ignored::NotUnicast);
        }
        Ok(Self {
            flow: Flow {
                addresses: ip.addresses,
                source: tcp.source,
                destination: tcp.destination,
            },
            seq: tcp.seq,
            ack: tcp.ack,
            flags: tcp.flags,
            window: tcp.window,
            payload,
            offset: ip.length,
            options: tcp.options,
            bytes: rest,
        })
    }

    /// What its options say.
    #[inline(always)]
    pub(crate) fn options(&self) -> Options {
        Options::parse(self.options)
    }

    /// Whether the checksum is right; `None` where not all of the segment was looked at.
    #[inline(always)]
    pub(crate) fn sum(&self) -> Option<bool> {
        let length = u32::try_from(self.bytes.len()).ok()?;
        let header = u32::try_from(self.options.len()).ok()?.wrapping_add(20);
        if length != header.wrapping_add(self.payload) {
            return None;
        }
        let sum = self.flow.addresses.pseudo_header(length);
        Some(sum.bytes(self.bytes).finish() == 0)
    }

    /// SEG.LEN: payload, with SYN and FIN counting one each (RFC 9293, section 3.3.1).
    #[inline(always)]
    pub(crate) fn len(&self) -> u32 {
        let payload = self.payload.wrapping_add(u32::from(self.flags.syn()));
        payload.wrapping_add(u32::from(self.flags.fin()))
    }
}

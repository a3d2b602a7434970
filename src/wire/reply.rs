// SPDX-License-Identifier: GPL-2.0
//! Replies. Each kind has only the fields that it may choose.

use super::{
    checksum::Sum, ip, options, options::Offered, tcp, Addresses, Family, Flags, Flow, Seq,
    Timestamps,
};

/// A reply without payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// Answers a SYN.
    SynAck(SynAck),
    /// Answers a probe or data.
    Ack(Ack),
    /// Answers a FIN: acknowledges it and closes our side.
    FinAck(Ack),
    /// Resets.
    Rst(Rst),
}

/// SYN and ACK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SynAck {
    /// ISS.
    pub(crate) seq: Seq,
    /// IRS + 1.
    pub(crate) ack: Seq,
    /// In bytes.
    pub(crate) window: u16,
    /// The SYN's options; the reply has those of them that it supports.
    pub(crate) offered: Offered,
    /// TSval, if timestamps were offered.
    pub(crate) clock: u32,
}

/// ACK, perhaps with FIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ack {
    /// Our next number.
    pub(crate) seq: Seq,
    /// The number that we expect next.
    pub(crate) ack: Seq,
    /// In bytes.
    pub(crate) window: u16,
    /// If and only if the segment had them.
    pub(crate) timestamps: Option<Timestamps>,
}

/// RST, with an ACK where the segment had none (RFC 9293, section 3.10.7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rst {
    /// The number that the peer expects.
    pub(crate) seq: Seq,
    /// What is acknowledged, if anything.
    pub(crate) ack: Option<Seq>,
}

/// What a reply takes from the route back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PathInfo {
    /// The advertised MSS, in bytes.
    pub(crate) mss: u16,
    /// The hop limit (IPv4: TTL).
    pub(crate) hop_limit: u8,
}

impl Reply {
    /// The length in bytes, from the IP header on.
    #[inline(always)]
    pub(crate) fn length(&self, family: Family) -> usize {
        self.options_length()
            .wrapping_add(family.header())
            .wrapping_add(tcp::HEADER)
    }

    /// The length of its options, which does not depend on the route.
    #[inline(always)]
    fn options_length(&self) -> usize {
        if let Some(words) = self.all_options(PathInfo::default()) {
            return words.len().wrapping_mul(4);
        }
        let mut length = 0_usize;
        self.options(PathInfo::default(), |_| length = length.wrapping_add(4));
        length
    }

    /// Writes the reply along `flow` to `buffer`, which must be [`Self::length`] bytes long.
    ///
    /// All bytes are written. The IPv4 header checksum is left 0: the kernel computes it when it
    /// sends the packet.
    #[inline(always)]
    pub(crate) fn emit(&self, flow: &Flow, path: PathInfo, buffer: &mut [u8]) {
        let _ = self.write(flow, path, buffer);
    }

    #[inline(always)]
    fn write(&self, flow: &Flow, path: PathInfo, buffer: &mut [u8]) -> Option<()> {
        let length = u16::try_from(buffer.len()).ok()?;
        let rest = match flow.addresses {
            Addresses::V4 {
                source,
                destination,
            } => {
                let (head, rest) = buffer.split_first_chunk_mut::<20>()?;
                put(
                    head,
                    &ip::header_v4(source, destination, length, path.hop_limit),
                );
                rest
            }
            Addresses::V6 {
                source,
                destination,
            } => {
                let (head, rest) = buffer.split_first_chunk_mut::<40>()?;
                put(
                    head,
                    &ip::header_v6(source, destination, length, path.hop_limit),
                );
                rest
            }
        };
        let length = u16::try_from(rest.len()).ok()?;
        let (head, rest) = rest.split_first_chunk_mut::<{ tcp::HEADER }>()?;
        let sum = flow.addresses.pseudo_header(ip::TCP, u32::from(length));
        let sum = self.write_options(path, rest, sum);
        put(head, &self.header(flow, length, sum));
        Some(())
    }

    /// Writes its options to `buffer`; returns `sum` with them added.
    #[inline(always)]
    fn write_options(&self, path: PathInfo, buffer: &mut [u8], mut sum: Sum) -> Sum {
        // Most peers offer all options, so the position of each word is known.
        if let (Some(words), Ok(buffer)) = (self.all_options(path), buffer.try_into()) {
            let buffer: &mut [u8; 20] = buffer;
            put(buffer, &words);
            return sum.words(&words);
        }
        let mut slots = buffer.chunks_exact_mut(4);
        self.options(path, |word| {
            sum = sum.word(word);
            if let Some(Ok(slot)) = slots.next().map(<&mut [u8; 4]>::try_from) {
                *slot = word.to_be_bytes();
            }
        });
        sum
    }

    /// The words of its options, if it has all four.
    #[inline(always)]
    fn all_options(&self, path: PathInfo) -> Option<[u32; 5]> {
        let Self::SynAck(SynAck { offered, clock, .. }) = *self else {
            return None;
        };
        if !offered.all() {
            return None;
        }
        Some([
            options::mss_word(path.mss),
            options::timestamps_word(true),
            clock,
            offered.value,
            options::WINDOW_SCALE_WORD,
        ])
    }

    /// The five words of a TCP header of `length` bytes; `sum` is of all that is not in them.
    #[inline(always)]
    fn header(&self, flow: &Flow, length: u16, sum: Sum) -> [u32; 5] {
        let (seq, ack, flags, window) = match *self {
            Self::SynAck(r) => (r.seq, r.ack, Flags::SYN | Flags::ACK, r.window),
            Self::Ack(r) => (r.seq, r.ack, Flags::ACK, r.window),
            Self::FinAck(r) => (r.seq, r.ack, Flags::FIN | Flags::ACK, r.window),
            Self::Rst(Rst { seq, ack }) => match ack {
                Some(ack) => (seq, ack, Flags::RST | Flags::ACK, 0),
                None => (seq, Seq(0), Flags::RST, 0),
            },
        };
        let ports = (u32::from(flow.source) << 16) | u32::from(flow.destination);
        // The data offset counts words and is in the top four of its 16 bits.
        let offset = u32::from(length >> 2) << 28;
        let control = offset | (u32::from(flags) << 16) | u32::from(window);
        let sum = sum.words(&[ports, seq.0, ack.0, control]);
        // The urgent pointer is 0.
        let checksum = u32::from(sum.finish()) << 16;
        [ports, seq.0, ack.0, control, checksum]
    }

    /// Calls `word` for each word of its options, in the order in which Linux writes them.
    #[inline(always)]
    fn options(&self, path: PathInfo, mut word: impl FnMut(u32)) {
        match self {
            Self::SynAck(reply) => reply.options(path.mss, word),
            Self::Ack(Ack { timestamps, .. }) | Self::FinAck(Ack { timestamps, .. }) => {
                if let Some(timestamps) = timestamps {
                    word(options::timestamps_word(false));
                    word(timestamps.value);
                    word(timestamps.echo);
                }
            }
            Self::Rst(_) => {}
        }
    }
}

impl SynAck {
    /// As [`Reply::options`].
    #[inline(always)]
    fn options(&self, mss: u16, mut word: impl FnMut(u32)) {
        let offered = self.offered;
        if offered.mss() {
            word(options::mss_word(mss));
        }
        if offered.timestamps() {
            word(options::timestamps_word(offered.sack_permitted()));
            word(self.clock);
            word(offered.value);
        } else if offered.sack_permitted() {
            word(options::SACK_WORD);
        }
        if offered.window_scale() {
            word(options::WINDOW_SCALE_WORD);
        }
    }
}

/// Writes words in network order.
#[inline(always)]
fn put(buffer: &mut [u8], words: &[u32]) {
    for (slot, word) in buffer.chunks_exact_mut(4).zip(words) {
        if let Ok(slot) = <&mut [u8; 4]>::try_from(slot) {
            *slot = word.to_be_bytes();
        }
    }
}

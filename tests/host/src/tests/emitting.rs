// SPDX-License-Identifier: GPL-2.0
//! Writing replies: every byte of the buffer is written and none outside, and the reply reads back
//! as it was meant.

use super::raw::{self, family_of, FAMILIES, V4, V6, WAY};
use super::read;
use super::strategies::{self, stamps};
use crate::wire::checksum::Sum;
use crate::wire::{reply, Ack, Family, Flow, Options, PathInfo, Reply, Rst, Segment, Seq, SynAck};
use etherparse::TcpOptionElement as Element;
use proptest::prelude::*;

fn flow(family: Family) -> Flow {
    Flow {
        addresses: match family {
            Family::V4 => V4,
            Family::V6 => V6,
        },
        source: 22,
        destination: 40_000,
    }
}

/// The subset of the four options that has the bits of `number`.
fn offered(number: u8) -> Options {
    Options {
        mss: number & 1 != 0,
        window_scale: number & 2 != 0,
        sack_permitted: number & 4 != 0,
        timestamps: (number & 8 != 0).then_some(stamps(0x0a0b_0c0d, 0x5a5b_5c5d)),
    }
}

/// A reply of each kind with each subset of the options that it can have.
fn replies() -> Vec<Reply> {
    let (seq, ack, window) = (Seq(0x0102_0304), Seq(0xf1f2_f3f4), 0x7172);
    let syn_ack = |subset| {
        Reply::SynAck(SynAck {
            seq,
            ack,
            window,
            offered: offered(subset).into(),
            clock: 0x2122_2324,
        })
    };
    let acks = [None, Some(stamps(0x3132_3334, 0x4142_4344))].map(|timestamps| Ack {
        seq,
        ack,
        window,
        timestamps,
    });
    let rsts = [None, Some(ack)].map(|ack| Reply::Rst(Rst { seq, ack }));
    let acks = acks
        .into_iter()
        .flat_map(|ack| [Reply::Ack(ack), Reply::FinAck(ack)]);
    (0..16).map(syn_ack).chain(acks).chain(rsts).collect()
}

/// A size larger than the longest reply.
const ROOM: usize = 80 + 16;

/// The reply as written into a buffer full of `poison`, and the buffer.
fn emit(reply: &Reply, flow: &Flow, poison: u8) -> (Vec<u8>, [u8; ROOM]) {
    let mut buffer = [poison; ROOM];
    let bytes = raw::emit(reply, flow, WAY, &mut buffer).to_vec();
    (bytes, buffer)
}

/// Visits each reply in each family.
fn each_reply(mut visit: impl FnMut(Family, Reply)) {
    for family in FAMILIES {
        for reply in replies() {
            visit(family, reply);
        }
    }
}

#[test]
fn emit_writes_all_bytes_of_the_reply_and_no_others() {
    each_reply(|family, reply| {
        let (bytes, buffer) = emit(&reply, &flow(family), 0xa5);
        let (again, _) = emit(&reply, &flow(family), 0x5a);
        assert_eq!(bytes, again, "every byte is written: {reply:?}");
        assert_eq!(buffer[..bytes.len()], bytes);
        assert!(
            buffer[bytes.len()..].iter().all(|byte| *byte == 0xa5),
            "{reply:?}"
        );
    });
}

#[test]
fn a_buffer_that_is_not_as_long_as_the_reply_does_no_harm() {
    each_reply(|family, reply| {
        for room in 0..ROOM {
            reply.emit(&flow(family), WAY, &mut [0; ROOM][..room]);
        }
    });
}

#[test]
fn the_longest_reply_has_its_stated_length() {
    let lengths = replies()
        .into_iter()
        .map(|reply| emit(&reply, &flow(Family::V6), 0).0.len());
    assert_eq!(lengths.max(), Some(80));
}

#[test]
fn a_syn_ack_carries_what_was_offered_in_the_values_of_the_route_and_nothing_else() {
    for (family, subset) in FAMILIES.iter().flat_map(|f| (0..16).map(move |s| (*f, s))) {
        let way = PathInfo {
            mss: 0x1234,
            hop_limit: 200,
        };
        let reply = Reply::SynAck(SynAck {
            seq: Seq(1),
            ack: Seq(2),
            window: 3,
            offered: offered(subset).into(),
            clock: 99,
        });
        let mut buffer = [0; 80];
        let read = read::read(family, raw::emit(&reply, &flow(family), way, &mut buffer));
        let mut wanted = Vec::new();
        let all = [
            Element::MaximumSegmentSize(0x1234),
            Element::WindowScale(0),
            Element::SelectiveAcknowledgementPermitted,
            Element::Timestamp(99, 0x0a0b_0c0d),
        ];
        for (bit, element) in all
            .into_iter()
            .enumerate()
            .filter(|(bit, _)| subset & 1 << bit != 0)
        {
            assert!(read.options.contains(&element), "{bit} of {subset}");
            wanted.push(element);
        }
        assert_eq!(read.options.len(), wanted.len());
        assert_eq!((read.hop_limit, read.flow), (200, flow(family)));
        assert_eq!(
            (read.seq, read.ack, read.window, read.flags),
            (1, 2, 3, 0x12)
        );
    }
}

#[test]
fn each_reply_has_the_flags_and_numbers_of_its_kind() {
    each_reply(|family, reply| {
        let read = read::emitted(&reply, &flow(family));
        let (seq, ack) = (0x0102_0304, 0xf1f2_f3f4);
        let wanted = match reply {
            Reply::SynAck(_) => (0x12, seq, ack, 0x7172),
            Reply::Ack(_) => (0x10, seq, ack, 0x7172),
            Reply::FinAck(_) => (0x11, seq, ack, 0x7172),
            Reply::Rst(Rst { ack: Some(_), .. }) => (0x14, seq, ack, 0),
            Reply::Rst(Rst { ack: None, .. }) => (0x04, seq, 0, 0),
        };
        assert_eq!((read.flags, read.seq, read.ack, read.window), wanted);
        assert_eq!(read.hop_limit, WAY.hop_limit);
    });
}

/// The checksum as RFC 1071 defines it: sixteen bits at a time, each carry added at once.
pub fn slow_checksum(words: &[u32]) -> u16 {
    let halves = words.iter().flat_map(|word| [word >> 16, word & 0xffff]);
    let sum = halves.fold(0, |sum, half| match sum + half {
        carried @ 0x1_0000.. => carried - 0xffff,
        sum => sum,
    });
    !(sum as u16)
}

/// A reply as the segment that a peer or another tarpit receives.
fn parsed_back(reply: &Reply, flow: &Flow, way: PathInfo) -> Result<(), TestCaseError> {
    let mut buffer = [0xa5; 80];
    let bytes = raw::emit(reply, flow, way, &mut buffer);
    let segment = Segment::parse(family_of(&flow.addresses), bytes, bytes.len() as u32);
    let segment = segment.map_err(|reason| TestCaseError::fail(reason.name()))?;
    let (flags, seq, ack, window, options) = match *reply {
        Reply::SynAck(r) => (
            0x12,
            r.seq,
            r.ack,
            r.window,
            Options {
                mss: r.offered.mss(),
                window_scale: r.offered.window_scale(),
                sack_permitted: r.offered.sack_permitted(),
                timestamps: r
                    .offered
                    .timestamps()
                    .then(|| stamps(r.clock, r.offered.value)),
            },
        ),
        Reply::Ack(r) => (0x10, r.seq, r.ack, r.window, only(r.timestamps)),
        Reply::FinAck(r) => (0x11, r.seq, r.ack, r.window, only(r.timestamps)),
        Reply::Rst(Rst {
            seq,
            ack: Some(ack),
        }) => (0x14, seq, ack, 0, only(None)),
        Reply::Rst(Rst { seq, ack: None }) => (0x04, seq, Seq(0), 0, only(None)),
    };
    prop_assert_eq!(segment.flow(), *flow);
    prop_assert_eq!(
        (segment.flags().0, segment.seq(), segment.ack()),
        (flags, seq, ack)
    );
    prop_assert_eq!((segment.window(), segment.payload), (window, 0));
    prop_assert_eq!(segment.options(), options);
    Ok(())
}

fn only(timestamps: Option<crate::wire::Timestamps>) -> Options {
    Options {
        timestamps,
        ..Options::default()
    }
}

proptest! {
    #![proptest_config(strategies::config())]

    #[test]
    fn an_emitted_reply_reads_back_the_same(
        reply in strategies::reply(),
        flow in strategies::flow(),
        (mss, hop_limit) in any::<(u16, u8)>(),
    ) {
        parsed_back(&reply, &flow, PathInfo { mss, hop_limit })?;
    }

    #[test]
    fn etherparse_agrees_with_the_checksums_of_every_reply(
        reply in strategies::reply(),
        flow in strategies::flow(),
        (mss, hop_limit) in any::<(u16, u8)>(),
    ) {
        let mut buffer = [0xa5; 80];
        let bytes = raw::emit(&reply, &flow, PathInfo { mss, hop_limit }, &mut buffer);
        let read = read::read(family_of(&flow.addresses), bytes);
        prop_assert_eq!((read.flow, read.hop_limit), (flow, hop_limit));
    }

    #[test]
    fn the_checksum_is_that_of_the_rfc(words in prop::collection::vec(any::<u32>(), 0..40)) {
        prop_assert_eq!(Sum::default().words(&words).finish(), slow_checksum(&words));
    }
}

#[test]
fn the_checksum_adds_every_carry() {
    for count in [0, 1, 2, 3, 20, 40, 70_000] {
        for word in [0, 1, 0xffff, 0x1_0000, 0xffff_0000, 0xffff_fffe, u32::MAX] {
            let words = vec![word; count];
            assert_eq!(Sum::default().words(&words).finish(), slow_checksum(&words));
        }
    }
}

// SPDX-License-Identifier: GPL-2.0
//! Parsing segments: every input has a result, and another decoder agrees.

use super::emitting::slow_checksum;
use super::raw::{decide, emit, family_of, Raw, KEYED};
use super::strategies;
use crate::wire::{reply, Addresses, Family, Segment};
use etherparse::{IpHeaders, PacketHeaders, TransportHeader};
use proptest::prelude::*;

/// Parses the bytes and, if they are a segment, decides and emits; checks the standing rules.
fn go_all_the_way(family: Family, bytes: &[u8], length: u32) -> Result<(), TestCaseError> {
    let Ok(segment) = Segment::parse(family, bytes, length) else {
        return Ok(());
    };
    prop_assert_eq!(family_of(&segment.flow().addresses), family);
    prop_assert!(segment.flow().addresses.unicast());
    prop_assert!(segment.offset() + 20 <= bytes.len());
    prop_assert!(segment.payload <= length - 20 - segment.offset() as u32);
    for mode in super::raw::MODES {
        if let Ok(reply) = decide(mode, &segment, &KEYED, &super::raw::Seen::good()) {
            let mut buffer = [0; 80];
            let bytes = emit(
                &reply,
                &segment.flow().reversed(),
                super::raw::WAY,
                &mut buffer,
            );
            prop_assert!(bytes.len() as u32 <= length);
        }
    }
    Ok(())
}

/// A regular segment with some bytes overwritten, then cut or extended.
fn damaged() -> impl Strategy<Value = (Family, Vec<u8>)> {
    let damage = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    (
        strategies::raw(),
        damage,
        any::<prop::sample::Index>(),
        any::<bool>(),
    )
        .prop_map(|(raw, damage, end, cut)| {
            let mut bytes = raw.headers();
            for (at, byte) in damage {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if cut {
                bytes.truncate(end.index(bytes.len()));
            }
            (family_of(&raw.addresses), bytes)
        })
}

/// A chain of random IPv6 extension headers, and then a segment.
fn chained() -> impl Strategy<Value = Vec<u8>> {
    let kind = || prop::sample::select(vec![0, 6, 43, 44, 51, 59, 60]);
    let header = (kind(), 0..4_u8, any::<[u8; 6]>());
    (kind(), prop::collection::vec(header, 0..6)).prop_map(|(first, chain)| {
        let raw = Raw::new(Family::V6);
        let mut bytes = raw.ip(first, 0);
        for (next, length, rest) in chain {
            bytes.extend([next, length]);
            bytes.extend(rest);
            bytes.resize(bytes.len() + usize::from(length) * 8, 0);
        }
        bytes.extend(raw.tcp());
        bytes
    })
}

proptest! {
    #![proptest_config(strategies::config())]

    #[test]
    fn any_bytes_of_any_length_have_a_result(
        family in strategies::family(),
        bytes in prop::collection::vec(any::<u8>(), 0..128),
        length in any::<u32>(),
    ) {
        go_all_the_way(family, &bytes, length)?;
    }

    #[test]
    fn damaged_segments_have_a_result((family, bytes) in damaged(), more in 0..100_u32) {
        go_all_the_way(family, &bytes, bytes.len() as u32 + more)?;
    }

    #[test]
    fn any_chain_of_ipv6_headers_has_a_result(bytes in chained(), more in 0..100_u32) {
        go_all_the_way(Family::V6, &bytes, bytes.len() as u32 + more)?;
    }

    #[test]
    fn etherparse_reads_every_segment_the_same(mut raw in strategies::raw()) {
        raw.payload %= 100;
        agree(&raw)?;
    }

    #[test]
    fn a_checksum_is_right_if_and_only_if_no_bit_is_wrong_and_unknown_where_a_byte_is_missing(
        mut raw in strategies::raw(), fill in any::<u8>(), at in any::<prop::sample::Index>(),
    ) {
        raw.payload %= 100;
        let (mut bytes, length) = (raw.headers(), raw.length());
        let start = bytes.len() - raw.tcp().len();
        bytes.resize(length as usize, fill);
        bytes[start + 16..start + 18].fill(0);
        let sum = slow_checksum(&summed(&raw.addresses, &bytes[start..])).to_be_bytes();
        bytes[start + 16..start + 18].copy_from_slice(&sum);
        let family = family_of(&raw.addresses);
        let known = |bytes: &[u8]| Segment::parse(family, bytes, length).map(|s| s.sum());
        prop_assert_eq!(known(&bytes), Ok(Some(true)));
        prop_assert_eq!(known(&bytes[..bytes.len() - raw.payload.min(1) as usize]),
            Ok((raw.payload == 0).then_some(true)));
        // Any byte except the one with the header's length.
        let at = start + at.index(bytes.len() - start);
        bytes[at] ^= if at == start + 12 { 0x01 } else { 0x10 };
        prop_assert_eq!(known(&bytes), Ok(Some(false)));
    }
}

/// The words of the checksum: pseudo-header and segment.
fn summed(addresses: &Addresses, tcp: &[u8]) -> Vec<u32> {
    let mut words = match addresses {
        Addresses::V4 {
            source,
            destination,
        } => vec![*source, *destination],
        Addresses::V6 {
            source,
            destination,
        } => [*source, *destination].concat(),
    };
    words.extend([tcp.len() as u32, 6]);
    words.extend(tcp.chunks(4).map(|chunk| {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        u32::from_be_bytes(word)
    }));
    words
}

/// Compares field by field.
fn agree(raw: &Raw) -> Result<(), TestCaseError> {
    let mut bytes = raw.headers();
    let start = bytes.len() - raw.tcp().len();
    bytes.resize(raw.length() as usize, 0xdd);
    let Some(TransportHeader::Tcp(theirs)) =
        PacketHeaders::from_ip_slice(&bytes).unwrap().transport
    else {
        return Err(TestCaseError::fail("etherparse sees no TCP"));
    };
    let ours = Segment::parse(family_of(&raw.addresses), &bytes, raw.length());
    let ours = ours.map_err(|reason| TestCaseError::fail(reason.name()))?;
    prop_assert_eq!(
        (ours.flow(), ours.payload, ours.offset()),
        (raw.flow(), raw.payload, start)
    );
    prop_assert_eq!(ours.flow().source, theirs.source_port);
    prop_assert_eq!(ours.flow().destination, theirs.destination_port);
    prop_assert_eq!(ours.seq().0, theirs.sequence_number);
    prop_assert_eq!(ours.ack().0, theirs.acknowledgment_number);
    prop_assert_eq!(ours.window(), theirs.window_size);
    let flags = (
        ours.flags().syn(),
        ours.flags().ack(),
        ours.flags().fin(),
        ours.flags().rst(),
    );
    prop_assert_eq!(flags, (theirs.syn, theirs.ack, theirs.fin, theirs.rst));
    let ends = u32::from(theirs.syn) + u32::from(theirs.fin);
    prop_assert_eq!(ours.len(), raw.payload + ends);
    Ok(())
}

#[test]
fn etherparse_finds_the_same_end_of_extension_headers() {
    let raw = Raw::new(Family::V6);
    let chain = [
        60, 0, 1, 4, 0, 0, 0, 0, 43, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 4, 0, 0,
        0, 0, 0,
    ];
    let mut bytes = raw.ip(0, chain.len() + 20);
    bytes.extend(chain);
    bytes.extend(raw.tcp());
    let (theirs, _) = IpHeaders::from_ipv6_slice(&bytes).unwrap();
    let ours = Segment::parse(Family::V6, &bytes, bytes.len() as u32).unwrap();
    assert_eq!(ours.offset(), theirs.header_len());
    assert_eq!(ours.offset(), 40 + chain.len());
}

// SPDX-License-Identifier: GPL-2.0
//! The headers between IPv6's and TCP's, and those that forbid a reply.

use super::never::verdict;
use super::raw::Raw;
use crate::drop_reason::DropReason;
use crate::wire::Family;

/// A regular IPv6 segment behind these extension headers, the first of type `first`.
pub fn behind(first: u8, extensions: &[u8]) -> Result<(), DropReason> {
    let raw = Raw::new(Family::V6);
    let tcp = raw.tcp();
    let mut bytes = raw.ip(first, extensions.len() + tcp.len());
    bytes.extend(extensions);
    bytes.extend(tcp);
    verdict(Family::V6, &bytes)
}

#[test]
fn every_ipv6_fragment_is_ignored_atomic_ones_too() {
    for field in 0..=u16::MAX {
        let [high, low] = field.to_be_bytes();
        let given = behind(44, &[6, 0, high, low, 0, 0, 0, 1]);
        assert_eq!(given, Err(DropReason::Fragment), "{field:04x}");
    }
    // A later fragment has no TCP header, whatever its next header claims.
    let mut later = Raw::new(Family::V6).ip(44, 8);
    later.extend([58, 0, 0, 8, 0, 0, 0, 1]);
    assert_eq!(verdict(Family::V6, &later), Err(DropReason::Fragment));
}

#[test]
fn the_fragment_header_is_eight_bytes_long_whatever_its_reserved_byte_says() {
    assert_eq!(
        behind(44, &[6, 7, 0, 0, 0, 0, 0, 1]),
        Err(DropReason::Fragment)
    );
}

#[test]
fn ipv6_hop_by_hop_and_destination_options_are_walked() {
    let (long, short) = (
        [60, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [6, 0, 1, 4, 0, 0, 0, 0],
    );
    assert_eq!(behind(0, &[&long[..], &short].concat()), Ok(()));
    assert_eq!(behind(60, &short), Ok(()));
    assert_eq!(behind(60, &[&long[..], &long, &short].concat()), Ok(()));
}

#[test]
fn hop_by_hop_options_stand_first_or_the_packet_is_malformed() {
    let (then_hop_by_hop, then_tcp) = ([0, 0, 1, 4, 0, 0, 0, 0], [6, 0, 1, 4, 0, 0, 0, 0]);
    let extensions = [then_hop_by_hop, then_tcp].concat();
    assert_eq!(behind(0, &extensions), Err(DropReason::Malformed));
    assert_eq!(behind(60, &extensions), Err(DropReason::Malformed));
}

#[test]
fn an_ipv6_routing_header_counts_only_with_segments_left() {
    for left in 0..=u8::MAX {
        let wanted = if left == 0 {
            Ok(())
        } else {
            Err(DropReason::IpOptions)
        };
        assert_eq!(behind(43, &[6, 0, 4, left, 0, 0, 0, 0]), wanted);
    }
    // An exhausted routing header does not make up for another one.
    let two = [43, 0, 4, 1, 0, 0, 0, 0, 6, 0, 4, 0, 0, 0, 0, 0];
    assert_eq!(behind(43, &two), Err(DropReason::IpOptions));
    // Two with segments left are refused as well.
    let both = [43, 0, 4, 1, 0, 0, 0, 0, 6, 0, 4, 1, 0, 0, 0, 0];
    assert_eq!(behind(43, &both), Err(DropReason::IpOptions));
}

#[test]
fn every_other_ipv6_header_is_malformed() {
    for next in (0..=u8::MAX).filter(|next| ![0, 6, 43, 44, 60].contains(next)) {
        assert_eq!(
            behind(next, &[6, 0, 0, 0, 0, 0, 0, 0]),
            Err(DropReason::Malformed),
            "{next}"
        );
    }
}

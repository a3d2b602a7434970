// SPDX-License-Identifier: GPL-2.0
//! TCP options: read up to the first malformed or repeated one, and nothing after it.

use super::strategies::{self, Piece};
use crate::wire::{Options, Timestamps};
use proptest::prelude::*;

const MSS: [u8; 4] = [2, 4, 5, 180];
const SCALE: [u8; 3] = [3, 3, 7];
const SACK: [u8; 2] = [4, 2];
const STAMPS: [u8; 10] = [8, 10, 0, 0, 0, 1, 0, 0, 0, 2];

fn parse(parts: &[&[u8]]) -> Options {
    Options::parse(&parts.concat())
}

/// The options that were read: M(SS), W(indow scale), S(ACK-permitted), T(imestamps).
fn seen(parts: &[&[u8]]) -> String {
    let options = parse(parts);
    let letters = [
        (options.mss, 'M'),
        (options.window_scale, 'W'),
        (options.sack_permitted, 'S'),
        (options.timestamps.is_some(), 'T'),
    ];
    letters
        .iter()
        .filter(|(there, _)| *there)
        .map(|(_, letter)| letter)
        .collect()
}

#[test]
fn known_options_are_read_in_any_order_and_padding() {
    assert_eq!(seen(&[]), "");
    assert_eq!(seen(&[&MSS]), "M");
    assert_eq!(seen(&[&SCALE]), "W");
    assert_eq!(seen(&[&SACK]), "S");
    assert_eq!(seen(&[&STAMPS]), "T");
    assert_eq!(seen(&[&MSS, &SACK, &STAMPS, &[1], &SCALE]), "MWST");
    assert_eq!(
        seen(&[&[1, 1, 1], &SCALE, &STAMPS, &SACK, &[1], &MSS, &[1]]),
        "MWST"
    );
}

#[test]
fn timestamps_keep_their_two_clocks_apart() {
    let stamps = parse(&[&[8, 10, 1, 2, 3, 4, 5, 6, 7, 8]]).timestamps;
    let wanted = Timestamps {
        value: 0x0102_0304,
        echo: 0x0506_0708,
    };
    assert_eq!(stamps, Some(wanted));
}

#[test]
fn unknown_options_are_skipped_by_their_length() {
    assert_eq!(
        seen(&[&[5, 10, 2, 4, 5, 180, 4, 2, 1, 1], &MSS]),
        "M",
        "SACK blocks"
    );
    assert_eq!(seen(&[&[254, 2], &SACK]), "S");
    assert_eq!(
        seen(&[&[19, 18], &[8; 16], &SCALE]),
        "W",
        "an MD5 signature"
    );
    assert_eq!(seen(&[&[34, 2], &STAMPS]), "T", "Fast Open");
}

/// Linux' option layouts are read by words, unless an end of options follows them.
#[test]
fn fast_and_slow_reading_of_options_agree() {
    let syn = [&MSS[..], &SACK, &STAMPS, &[1], &SCALE].concat();
    let later = [&[1, 1][..], &STAMPS].concat();
    for layout in [syn, later] {
        for at in 0..layout.len() {
            for byte in 0..=u8::MAX {
                let mut options = layout.clone();
                options[at] = byte;
                assert_eq!(parse(&[&options]), parse(&[&options, &[0]]), "{options:?}");
            }
        }
    }
}

#[test]
fn reading_ends_at_end_of_options() {
    assert_eq!(seen(&[&[0], &MSS]), "");
    assert_eq!(seen(&[&MSS, &[0], &SACK]), "M");
}

#[test]
fn reading_ends_at_an_impossible_length() {
    for kind in 2..=u8::MAX {
        assert_eq!(
            seen(&[&SACK[..usize::from(kind != 4) * 2], &[kind, 0], &SCALE]).len(),
            usize::from(kind != 4)
        );
        assert_eq!(seen(&[&[kind, 1], &MSS]), "", "length 1 of kind {kind}");
        assert_eq!(seen(&[&[kind, 41], &MSS]), "", "length 41 of kind {kind}");
        assert_eq!(seen(&[&[kind, 255], &MSS]), "", "length 255 of kind {kind}");
        assert_eq!(seen(&[&[kind]]), "", "no length of kind {kind}");
    }
}

#[test]
fn a_truncated_option_is_not_read() {
    for whole in [&MSS[..], &SCALE, &SACK, &STAMPS] {
        for length in 0..whole.len() {
            assert_eq!(seen(&[&whole[..length]]), "", "{length} bytes of {whole:?}");
        }
    }
}

#[test]
fn an_option_of_the_wrong_length_ends_the_reading() {
    for (kind, right) in [(2, 4), (3, 3), (4, 2), (8, 10)] {
        for length in (2..=20).filter(|length| *length != right) {
            let mut option = vec![kind, length];
            option.resize(usize::from(length), 0);
            assert_eq!(seen(&[&option]), "", "kind {kind}, length {length}");
            let (other, letter) = if kind == 4 {
                (&SCALE[..], "W")
            } else {
                (&SACK[..], "S")
            };
            assert_eq!(seen(&[other, &option]), letter);
            assert_eq!(seen(&[&option, other]), "");
        }
    }
}

#[test]
fn a_repeated_option_ends_the_reading_and_the_first_counts() {
    assert_eq!(seen(&[&MSS, &MSS, &SACK]), "M");
    assert_eq!(seen(&[&SCALE, &SCALE, &SACK]), "W");
    assert_eq!(seen(&[&SACK, &SACK, &MSS]), "S");
    let again = [8, 10, 9, 9, 9, 9, 9, 9, 9, 9];
    assert_eq!(seen(&[&STAMPS, &again, &SACK]), "T");
    assert_eq!(parse(&[&STAMPS, &again]), parse(&[&STAMPS]));
}

#[test]
fn unknown_options_may_be_repeated() {
    assert_eq!(seen(&[&[253, 3, 1], &[253, 3, 1], &SACK]), "S");
}

proptest! {
    #![proptest_config(strategies::config())]

    #[test]
    fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = Options::parse(&bytes);
    }

    #[test]
    fn a_known_option_is_read_if_and_only_if_all_before_it_are_valid(
        pieces in prop::collection::vec(strategies::piece(), 0..8)
    ) {
        let bytes: Vec<u8> = pieces.iter().flat_map(Piece::bytes).collect();
        prop_assert_eq!(Options::parse(&bytes), Piece::meaning(&pieces));
    }
}

// SPDX-License-Identifier: GPL-2.0
//! What has sent a SYN, as the SYN alone shows. docs/metrics.md has the sources. All of it is
//! easily forged, and one SYN in 65536 of other senders looks like zmap's, and one like masscan's.

#![forbid(unsafe_code)]

use super::Classified;
use crate::wire::{Addresses, Segment};

/// The kind of sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SynKind {
    /// Mirai and its kin: the sequence number is the address of the destination.
    Mirai,
    /// The IPv4 identification is 54321.
    Zmap,
    /// The identification is derived from the destination and the sequence number.
    Masscan,
    /// No TCP option.
    Bare,
    /// Nothing but MSS.
    Mss,
    /// More options, as TCP stacks send them.
    Stack,
}

impl SynKind {
    /// All kinds, in the order of their numbers.
    pub(crate) const ALL: [Self; 6] = [
        Self::Mirai,
        Self::Zmap,
        Self::Masscan,
        Self::Bare,
        Self::Mss,
        Self::Stack,
    ];

    /// The position in [`Self::ALL`].
    pub(crate) const fn number(self) -> usize {
        match self {
            Self::Mirai => 0,
            Self::Zmap => 1,
            Self::Masscan => 2,
            Self::Bare => 3,
            Self::Mss => 4,
            Self::Stack => 5,
        }
    }

    /// The name in the counter.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Mirai => "mirai",
            Self::Zmap => "zmap",
            Self::Masscan => "masscan",
            Self::Bare => "bare",
            Self::Mss => "mss",
            Self::Stack => "stack",
        }
    }

    /// The kind of a SYN. The first match counts.
    #[inline(always)]
    pub(crate) fn of(segment: &Segment<'_>) -> Self {
        let scanner = segment.identification().and_then(|id| scanner(segment, id));
        scanner.unwrap_or_else(|| match segment.option_bytes() {
            [] => Self::Bare,
            [2, 4, _, _] => Self::Mss,
            _ => Self::Stack,
        })
    }
}

/// What seems to have sent the segment, if it is a SYN.
#[inline(always)]
pub(crate) fn sender(segment: &Segment<'_>, classified: &Classified) -> Option<SynKind> {
    match classified {
        Classified::Syn => Some(SynKind::of(segment)),
        Classified::NoConnection if segment.flags().opens() => Some(SynKind::of(segment)),
        _ => None,
    }
}

/// The scanner that sets a number of an IPv4 SYN in its own way.
#[inline(always)]
fn scanner(segment: &Segment<'_>, identification: u16) -> Option<SynKind> {
    let flow = segment.flow();
    let Addresses::V4 { destination, .. } = flow.addresses else {
        return None;
    };
    let seq = segment.seq().0;
    let mixed = low(destination) ^ flow.destination ^ low(seq);
    if seq == destination {
        Some(SynKind::Mirai)
    } else if identification == 54_321 {
        Some(SynKind::Zmap)
    } else if identification == mixed {
        Some(SynKind::Masscan)
    } else {
        None
    }
}

/// The lower 16 bits.
#[inline(always)]
const fn low(number: u32) -> u16 {
    let [_, _, high, low] = number.to_be_bytes();
    u16::from_be_bytes([high, low])
}

// SPDX-License-Identifier: GPL-2.0
//! `--reset`: answers as a closed port does (RFC 9293, section 3.10.7.1).

use crate::wire::{Reply, Rst, Segment, Seq};

/// Takes the number from the segment's ACK, or else acknowledges all that the segment occupies.
///
/// The caller has checked that the segment is not a RST.
#[inline(always)]
pub(super) fn reply(segment: &Segment<'_>) -> Reply {
    Reply::Rst(if segment.flags().ack() {
        Rst {
            seq: segment.ack(),
            ack: None,
        }
    } else {
        Rst {
            seq: Seq(0),
            ack: Some(segment.seq().plus(segment.len())),
        }
    })
}

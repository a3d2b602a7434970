// SPDX-License-Identifier: GPL-2.0
//! Each probe of a verified handshake is answered, so that the peer goes on waiting.

use super::{ack, has_content, iss::Numbers, Stuck};
use crate::{
    ignored::Ignored,
    wire::{Reply, Segment},
};

/// Acknowledges una, whatever was sent: nothing is ever taken.
///
/// The handshake's own ACK gets silence. So does what looks like an answer of this very mode, or
/// two tarpitted hosts would answer each other for ever.
#[inline(always)]
pub(super) fn decide(
    segment: &Segment<'_>,
    stuck: &Stuck,
    numbers: &impl Numbers,
) -> Result<Reply, Ignored> {
    if segment.payload == 0 && segment.window() == 0 {
        return Err(Ignored::WindowShut);
    }
    if segment.seq() == stuck.una && !has_content(segment) {
        return Err(Ignored::Held);
    }
    Ok(Reply::Ack(ack(
        segment,
        (stuck.number, numbers),
        stuck.una,
        0,
    )))
}

// SPDX-License-Identifier: GPL-2.0
//! The payload may arrive: everything is acknowledged, nothing is said, and the end is graceful.

use super::{
    ack, has_content,
    iss::{Irs, Numbers},
    Talking,
};
use crate::{
    ignored::Ignored,
    wire::{Reply, Segment},
};

/// Verifies the segment's acknowledgement number.
#[inline(always)]
pub(super) fn verify(segment: &Segment<'_>, numbers: &impl Numbers) -> Result<Talking, Ignored> {
    let number = numbers.number(&segment.flow(), Irs::Honeypot);
    let finished = segment.ack() == number.iss.plus(2);
    if finished || segment.ack() == number.iss.plus(1) {
        Ok(Talking { number, finished })
    } else {
        Err(Ignored::Unverified)
    }
}

/// Acknowledges all that the segment carries, and closes when the peer does.
#[inline(always)]
pub(super) fn decide(
    window: u16,
    segment: &Segment<'_>,
    talking: &Talking,
    numbers: &impl Numbers,
) -> Result<Reply, Ignored> {
    if talking.finished {
        return Err(Ignored::Finished);
    }
    if !has_content(segment) {
        return Err(Ignored::Held);
    }
    let all = segment.seq().plus(segment.len());
    let ack = ack(segment, (talking.number, numbers), all, window);
    Ok(if segment.flags().fin() {
        Reply::FinAck(ack)
    } else {
        Reply::Ack(ack)
    })
}

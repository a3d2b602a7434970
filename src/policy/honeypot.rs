// SPDX-License-Identifier: GPL-2.0
//! `--honeypot`: acknowledges all payload, sends none, and closes when the peer does.

use super::{
    ack,
    cookie::{Cookies, Irs},
    has_content, HoneypotPeer,
};
use crate::{
    drop_reason::DropReason,
    wire::{Reply, Segment},
};

/// Verifies the segment's acknowledgement number.
#[inline(always)]
pub(super) fn verify(
    segment: &Segment<'_>,
    cookies: &impl Cookies,
) -> Result<HoneypotPeer, DropReason> {
    let cookie = cookies.cookie(&segment.flow(), Irs::Honeypot);
    let finished = segment.ack() == cookie.iss.plus(2);
    if finished || segment.ack() == cookie.iss.plus(1) {
        Ok(HoneypotPeer { cookie, finished })
    } else {
        Err(DropReason::Unverified)
    }
}

/// Acknowledges all that the segment carries, and closes when the peer does.
#[inline(always)]
pub(super) fn decide(
    window: u16,
    segment: &Segment<'_>,
    peer: &HoneypotPeer,
    cookies: &impl Cookies,
) -> Result<Reply, DropReason> {
    if peer.finished {
        return Err(DropReason::Finished);
    }
    if !has_content(segment) {
        return Err(DropReason::Held);
    }
    let all = segment.seq().plus(segment.len());
    let ack = ack(segment, (peer.cookie, cookies), all, window);
    Ok(if segment.flags().fin() {
        Reply::FinAck(ack)
    } else {
        Reply::Ack(ack)
    })
}

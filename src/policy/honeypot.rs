// SPDX-License-Identifier: GPL-2.0
//! `--honeypot`: acknowledges all payload, sends none, answers keepalives, and closes when the peer
//! does.

use super::{
    ack,
    age::Age,
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
        return keepalive(window, segment, peer, cookies);
    }
    let all = segment.seq().plus(segment.len());
    let ack = ack(segment, (peer.cookie, cookies), all, window);
    Ok(if segment.flags().fin() {
        Reply::FinAck(ack)
    } else {
        Reply::Ack(ack)
    })
}

/// Answers an empty ACK if its timestamp proves that it is not the handshake's.
///
/// A keepalive starts one before the next byte (RFC 9293, section 3.8.4), so the reply acknowledges
/// one more. It starts no loop: at another honeypot that number acknowledges a FIN which it has not
/// sent, and `--persist` answers with window 0.
#[inline(always)]
fn keepalive(
    window: u16,
    segment: &Segment<'_>,
    peer: &HoneypotPeer,
    cookies: &impl Cookies,
) -> Result<Reply, DropReason> {
    let age = || Age::of(segment, || peer.cookie.clock(cookies));
    if segment.window() == 0 || !age().is_late() {
        return Err(DropReason::Held);
    }
    let next = segment.seq().plus(1);
    let ack = ack(segment, (peer.cookie, cookies), next, window);
    Ok(Reply::Ack(ack))
}

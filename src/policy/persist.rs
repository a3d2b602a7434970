// SPDX-License-Identifier: GPL-2.0
//! `--persist`: answers each probe of a verified handshake, so that the peer keeps waiting.

use super::{ack, cookie::Cookies, has_content, VerifiedPeer};
use crate::{
    drop_reason::DropReason,
    wire::{Reply, Segment},
};

/// Acknowledges una, whatever was sent.
///
/// The handshake's own ACK gets silence. So does a segment that looks like a reply of this mode:
/// otherwise two tarpitted hosts would answer each other forever.
#[inline(always)]
pub(super) fn decide(
    segment: &Segment<'_>,
    peer: &VerifiedPeer,
    cookies: &impl Cookies,
) -> Result<Reply, DropReason> {
    if segment.payload == 0 && segment.window() == 0 {
        return Err(DropReason::WindowShut);
    }
    if segment.seq() == peer.una && !has_content(segment) {
        return Err(DropReason::Held);
    }
    Ok(Reply::Ack(ack(
        segment,
        (peer.cookie, cookies),
        peer.una,
        0,
    )))
}

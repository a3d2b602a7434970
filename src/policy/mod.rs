// SPDX-License-Identifier: GPL-2.0
//! Decides the reply to a segment: the tables of docs/behaviour.md as pure functions.
//!
//! Time and key are arguments, so a decision is the same on every machine.

#![forbid(unsafe_code)]

pub(crate) mod age;
pub(crate) mod census;
pub(crate) mod cookie;
mod honeypot;
pub(crate) mod live;
mod persist;
mod reset;
pub(crate) mod way;

use crate::drop_reason::DropReason;
use crate::wire::{Ack, Reply, Segment, Seq, SynAck, Timestamps};
use age::{PeerActivity, SeqPosition};
use cookie::{Cookie, Cookies, Irs};
use live::{LivePeer, Tracked};

/// The mode of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Complete the handshake and answer nothing else.
    Tarpit {
        /// In bytes, usually 0.
        window: u16,
    },
    /// Complete the handshake and answer probes with a zero window.
    Persist {
        /// In bytes, usually 0; only the SYN-ACK has it.
        window: u16,
    },
    /// Complete the handshake, acknowledge all payload, and close when the peer does.
    Honeypot {
        /// In bytes.
        window: u16,
    },
    /// Answer as a closed port does.
    Reset,
}

impl Mode {
    /// The mode's name, as in counters and in `--persist`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Tarpit { .. } => "tarpit",
            Self::Persist { .. } => "persist",
            Self::Honeypot { .. } => "honeypot",
            Self::Reset => "reset",
        }
    }

    /// The window of the SYN-ACK.
    const fn window(self) -> u16 {
        match self {
            Self::Tarpit { window } | Self::Persist { window } | Self::Honeypot { window } => {
                window
            }
            Self::Reset => 0,
        }
    }

    /// The mode and the IRS for the cookie; honeypot ignores the IRS, because numbers advance
    /// there.
    const fn irs(self, irs: Seq) -> Irs {
        match self {
            Self::Tarpit { .. } => Irs::Tarpit(irs),
            Self::Persist { .. } => Irs::Persist(irs),
            Self::Honeypot { .. } | Self::Reset => Irs::Honeypot,
        }
    }
}

/// The class of a segment.
pub(crate) enum Classified {
    /// A SYN.
    Syn,
    /// A segment of no connection of ours; it gets a reset.
    NoConnection,
    /// A segment of a connection in `--tarpit` or `--persist`.
    Verified(VerifiedPeer),
    /// A segment of a connection in `--honeypot`.
    Honeypot(HoneypotPeer),
    /// A segment of a connection that was up before the rule, in `--persist`.
    Live(LivePeer),
}

/// A peer whose ACK proves that it has received our SYN-ACK.
pub(crate) struct VerifiedPeer {
    cookie: Cookie,
    /// The first byte that the peer has to send: IRS + 1.
    una: Seq,
}

/// The same in honeypot, where a segment does not show una.
pub(crate) struct HoneypotPeer {
    cookie: Cookie,
    /// It acknowledges our FIN too.
    finished: bool,
}

impl Classified {
    /// The cookie that the segment has proved, if any.
    pub(crate) const fn cookie(&self) -> Option<Cookie> {
        match self {
            Self::Syn | Self::NoConnection | Self::Live(_) => None,
            Self::Verified(peer) => Some(peer.cookie),
            Self::Honeypot(peer) => Some(peer.cookie),
        }
    }

    /// The position of a verified peer's segment.
    #[inline(always)]
    pub(crate) fn position(&self, segment: &Segment<'_>) -> Option<SeqPosition> {
        match self {
            Self::Syn | Self::NoConnection | Self::Live(_) => None,
            Self::Verified(peer) if segment.seq() == peer.una => Some(SeqPosition::AtUna),
            Self::Verified(_) => Some(SeqPosition::BeforeUna),
            Self::Honeypot(_) => Some(SeqPosition::Anywhere),
        }
    }
}

/// Classifies `segment` by its flags and its acknowledgement number.
///
/// `tracked` asks connection tracking about the segment's connection. It is asked only in
/// `--persist`, for an ACK that does not verify.
///
/// The caller verifies the checksum of a segment that has a class, and of no other, so that an ACK
/// which does not verify costs no checksum. It also makes the checks of docs/behaviour.md, section
/// 2, that only a kernel can make.
///
/// # Errors
///
/// `IsReset`, `OddFlags`, `NotOurs`, `Unverified`.
#[inline(always)]
pub(crate) fn classify(
    mode: Mode,
    segment: &Segment<'_>,
    cookies: &impl Cookies,
    tracked: impl FnOnce() -> Option<Tracked>,
) -> Result<Classified, DropReason> {
    let flags = segment.flags();
    if flags.rst() {
        return Err(DropReason::IsReset);
    }
    if flags.odd() && mode != Mode::Reset {
        return Err(DropReason::OddFlags);
    }
    match (flags.syn(), mode) {
        (_, Mode::Reset) => Ok(Classified::NoConnection),
        (true, _) if !flags.ack() => Ok(Classified::Syn),
        (true, Mode::Tarpit { .. }) => Err(DropReason::NotOurs),
        // RFC 9293, section 3.10.7.1: we never sent the SYN that this answers.
        (true, _) => Ok(Classified::NoConnection),
        (false, Mode::Honeypot { .. }) => {
            honeypot::verify(segment, cookies).map(Classified::Honeypot)
        }
        (false, Mode::Persist { .. }) => match verify(mode, segment, cookies) {
            Ok(peer) => Ok(Classified::Verified(peer)),
            Err(reason) => tracked()
                .and_then(|tracked| live::verify(segment, &tracked))
                .map(Classified::Live)
                .ok_or(reason),
        },
        (false, _) => verify(mode, segment, cookies).map(Classified::Verified),
    }
}

/// Decides the reply to a segment whose checksum is right.
///
/// # Errors
///
/// `Held`, `WindowShut`, `Finished`.
#[inline(always)]
pub(crate) fn decide(
    mode: Mode,
    segment: &Segment<'_>,
    classified: &Classified,
    cookies: &impl Cookies,
) -> Result<Reply, DropReason> {
    match classified {
        Classified::Syn => Ok(syn_ack(mode, segment, cookies)),
        Classified::NoConnection => Ok(reset::reply(segment)),
        Classified::Verified(peer) => match mode {
            Mode::Persist { .. } => persist::decide(segment, peer, cookies),
            _ => Err(DropReason::Held),
        },
        Classified::Honeypot(peer) => honeypot::decide(mode.window(), segment, peer, cookies),
        Classified::Live(peer) => live::decide(segment, peer),
    }
}

/// The activity that a segment shows, for the counters.
///
/// `None` if it looks like a reply of ours or ends its connection.
#[inline(always)]
pub(crate) fn observe(
    segment: &Segment<'_>,
    classified: &Classified,
    decision: &Result<Reply, DropReason>,
    cookies: &impl Cookies,
) -> Option<PeerActivity> {
    if let Err(DropReason::WindowShut | DropReason::Finished) = decision {
        return None;
    }
    if let Classified::Live(_) = classified {
        return decision.is_ok().then(|| PeerActivity::live(segment));
    }
    let (cookie, position) = (classified.cookie()?, classified.position(segment)?);
    Some(PeerActivity::new(
        segment,
        || cookie.clock(cookies),
        position,
    ))
}

/// Verifies the segment's acknowledgement number in the modes where ISS depends on the IRS.
///
/// It first tries the more likely position: una for content, one before una for an empty segment,
/// because probes outnumber handshakes.
#[inline(always)]
fn verify(
    mode: Mode,
    segment: &Segment<'_>,
    cookies: &impl Cookies,
) -> Result<VerifiedPeer, DropReason> {
    let (common, ack) = (cookies.common(&segment.flow()), segment.ack());
    let (before, here) = (segment.seq().minus(1), segment.seq());
    let (likely, other) = if has_content(segment) {
        (before, here)
    } else {
        (here, before)
    };
    // A loop would cost an unverified ACK 30 instructions more.
    let cookie = cookies.cookie_of(common, mode.irs(likely));
    if cookie.iss.plus(1) == ack {
        let una = likely.plus(1);
        return Ok(VerifiedPeer { cookie, una });
    }
    let cookie = cookies.cookie_of(common, mode.irs(other));
    if cookie.iss.plus(1) == ack {
        let una = other.plus(1);
        return Ok(VerifiedPeer { cookie, una });
    }
    Err(DropReason::Unverified)
}

/// The reply to a SYN. Payload on the SYN is not acknowledged.
#[inline(always)]
fn syn_ack(mode: Mode, segment: &Segment<'_>, cookies: &impl Cookies) -> Reply {
    let cookie = cookies.cookie(&segment.flow(), mode.irs(segment.seq()));
    let offered = segment.offered();
    Reply::SynAck(SynAck {
        seq: cookie.iss,
        ack: segment.seq().plus(1),
        window: mode.window(),
        offered,
        clock: if offered.timestamps() {
            cookie.clock(cookies)
        } else {
            0
        },
    })
}

/// An acknowledgement of everything before `ack`, with timestamps if the segment had them.
#[inline(always)]
fn ack(
    segment: &Segment<'_>,
    (cookie, cookies): (Cookie, &impl Cookies),
    ack: Seq,
    window: u16,
) -> Ack {
    Ack {
        seq: cookie.iss.plus(1),
        ack,
        window,
        timestamps: segment.options().timestamps.map(|theirs| Timestamps {
            value: cookie.clock(cookies),
            echo: theirs.value,
        }),
    }
}

/// Whether the segment occupies sequence space: payload or FIN.
#[inline(always)]
fn has_content(segment: &Segment<'_>) -> bool {
    segment.payload != 0 || segment.flags().fin()
}

// SPDX-License-Identifier: GPL-2.0
//! What to answer: the contract's table, as a pure decision.
//!
//! Time and key come in as arguments, so that a decision is the same on every machine.

#![forbid(unsafe_code)]

pub(crate) mod age;
mod honeypot;
pub(crate) mod iss;
mod persist;
mod reset;

use crate::ignored::Ignored;
use crate::wire::{Ack, Reply, Segment, Seq, SynAck, Timestamps};
use age::Place;
use iss::{Irs, Number, Numbers};

/// What a rule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Let the peer connect, then say nothing.
    Tarpit {
        /// In bytes, usually 0.
        window: u16,
    },
    /// Let the peer connect, then keep it waiting.
    Persist,
    /// Let the peer connect, send and close; say nothing.
    Honeypot {
        /// In bytes.
        window: u16,
    },
    /// Answer as a closed port would.
    Reset,
}

impl Mode {
    /// The mode's name, as in counters and in `--persist`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Tarpit { .. } => "tarpit",
            Self::Persist => "persist",
            Self::Honeypot { .. } => "honeypot",
            Self::Reset => "reset",
        }
    }

    /// What the SYN-ACK offers.
    const fn window(self) -> u16 {
        match self {
            Self::Tarpit { window } | Self::Honeypot { window } => window,
            Self::Persist | Self::Reset => 0,
        }
    }

    /// What the SYN's number contributes to ours: nothing in honeypot, where numbers move on.
    const fn irs(self, irs: Seq) -> Irs {
        match self {
            Self::Tarpit { .. } => Irs::Tarpit(irs),
            Self::Persist => Irs::Persist(irs),
            Self::Honeypot { .. } | Self::Reset => Irs::Honeypot,
        }
    }
}

/// Whoever has the packet itself.
pub(crate) trait Witness {
    /// Verifies its checksum.
    fn sum(&self) -> Result<(), Ignored>;

    /// Is told of a verified segment that its peer thereby gives a sign of life; `clock` reads what
    /// our clock says to it now.
    fn heard(&self, clock: impl Fn() -> u32, place: Place);
}

/// Decides what `segment` gets: by what it is, whose it is, and whether it is whole.
///
/// The sum is asked for before a reply, and before a reason that says something of the peer; but
/// only after the number, where that proves the segment: a stranger costs no sum. The caller owes
/// the other checks of the contract's section 2 that only a kernel can make.
#[inline(always)]
pub(crate) fn decide(
    mode: Mode,
    segment: &Segment<'_>,
    numbers: &impl Numbers,
    witness: &impl Witness,
) -> Result<Reply, Ignored> {
    let known = recognise(mode, segment, numbers)?;
    witness.sum()?;
    match known {
        Known::Syn => Ok(syn_ack(mode, segment, numbers)),
        Known::Stranger => Ok(reset::reply(segment)),
        Known::Stuck(Stuck { number, una }) => {
            let reply = match mode {
                Mode::Persist => persist::decide(segment, &Stuck { number, una }, numbers),
                _ => Err(Ignored::Held),
            };
            // What looks like an answer of ours gives no sign of life.
            if !matches!(reply, Err(Ignored::WindowShut)) {
                let place = if segment.seq() == una {
                    Place::AtUna
                } else {
                    Place::BeforeUna
                };
                witness.heard(|| number.clock(numbers), place);
            }
            reply
        }
        Known::Talking(talking) => {
            let reply = honeypot::decide(mode.window(), segment, &talking, numbers);
            // Nor does who has gone.
            if !matches!(reply, Err(Ignored::Finished)) {
                witness.heard(|| talking.number.clock(numbers), Place::Anywhere);
            }
            reply
        }
    }
}

/// What a segment is, and whose.
enum Known {
    /// It wants to connect.
    Syn,
    /// It belongs to no connection that we gave out, and shall be told so.
    Stranger,
    /// It belongs to a connection of the modes that take nothing.
    Stuck(Stuck),
    /// It belongs to a connection of the honeypot.
    Talking(Talking),
}

/// A segment whose number proves that its peer got our SYN-ACK.
struct Stuck {
    number: Number,
    /// The first byte that the peer has to send: IRS + 1.
    una: Seq,
}

/// The same in honeypot, where it cannot be told what the first byte was.
struct Talking {
    number: Number,
    /// It acknowledges our FIN, too.
    finished: bool,
}

#[inline(always)]
fn recognise(mode: Mode, segment: &Segment<'_>, numbers: &impl Numbers) -> Result<Known, Ignored> {
    let flags = segment.flags();
    if flags.rst() {
        return Err(Ignored::IsReset);
    }
    if flags.odd() && mode != Mode::Reset {
        return Err(Ignored::OddFlags);
    }
    match (flags.syn(), mode) {
        (_, Mode::Reset) => Ok(Known::Stranger),
        (true, _) if !flags.ack() => Ok(Known::Syn),
        (true, Mode::Tarpit { .. }) => Err(Ignored::NotOurs),
        // RFC 9293, section 3.10.7.1: we never sent the SYN that this answers.
        (true, _) => Ok(Known::Stranger),
        (false, Mode::Honeypot { .. }) => honeypot::verify(segment, numbers).map(Known::Talking),
        (false, _) => verify(mode, segment, numbers).map(Known::Stuck),
    }
}

/// Verifies the segment's acknowledgement number in the modes where ISS depends on the IRS.
///
/// Content most likely starts at una, an empty segment one before it: probes outnumber handshakes.
#[inline(always)]
fn verify(mode: Mode, segment: &Segment<'_>, numbers: &impl Numbers) -> Result<Stuck, Ignored> {
    let (common, ack) = (numbers.common(&segment.flow()), segment.ack());
    let (before, here) = (segment.seq().minus(1), segment.seq());
    let (likely, other) = if has_content(segment) {
        (before, here)
    } else {
        (here, before)
    };
    let number = numbers.number_of(common, mode.irs(likely));
    if number.iss.plus(1) == ack {
        let una = likely.plus(1);
        return Ok(Stuck { number, una });
    }
    let number = numbers.number_of(common, mode.irs(other));
    if number.iss.plus(1) == ack {
        let una = other.plus(1);
        return Ok(Stuck { number, una });
    }
    Err(Ignored::Unverified)
}

/// The answer to a SYN. Data that rides on it is not acknowledged.
#[inline(always)]
fn syn_ack(mode: Mode, segment: &Segment<'_>, numbers: &impl Numbers) -> Reply {
    let number = numbers.number(&segment.flow(), mode.irs(segment.seq()));
    let offered = segment.options();
    Reply::SynAck(SynAck {
        seq: number.iss,
        ack: segment.seq().plus(1),
        window: mode.window(),
        offered,
        clock: match offered.timestamps {
            Some(_) => number.clock(numbers),
            None => 0,
        },
    })
}

/// An acknowledgement of everything before `ack`, with timestamps if the segment had them.
#[inline(always)]
fn ack(
    segment: &Segment<'_>,
    (number, numbers): (Number, &impl Numbers),
    ack: Seq,
    window: u16,
) -> Ack {
    Ack {
        seq: number.iss.plus(1),
        ack,
        window,
        timestamps: segment.options().timestamps.map(|theirs| Timestamps {
            value: number.clock(numbers),
            echo: theirs.value,
        }),
    }
}

/// Whether the segment takes up sequence space: payload or FIN.
#[inline(always)]
fn has_content(segment: &Segment<'_>) -> bool {
    segment.payload != 0 || segment.flags().fin()
}

// SPDX-License-Identifier: GPL-2.0
//! What a segment gets, by the contract's section 3.

use crate::drop_reason::DropReason;
use crate::policy::cookie::{Cookie, Cookies, Irs};
use crate::policy::{age::SeqPosition, Mode};
use crate::raw::{Raw, ACK, FIN, RST, SYN};
use crate::wire::Seq;

/// A reply's flags, seq, ack and window.
pub type Header = (u8, u32, u32, u16);

/// What is to be done about a segment.
#[derive(Debug, PartialEq)]
pub struct Wanted {
    pub reply: Result<Header, DropReason>,
    /// Our clock and the segment's place, where its peer has given a sign of life.
    pub heard: Option<(u32, SeqPosition)>,
}

fn silence(reason: DropReason) -> Wanted {
    let reply = Err(reason);
    Wanted { reply, heard: None }
}

fn reply(header: Header) -> Wanted {
    let reply = Ok(header);
    Wanted { reply, heard: None }
}

pub fn decision(mode: Mode, raw: &Raw, numbers: &impl Cookies, whole: bool) -> Wanted {
    let has = |flag: u8| raw.flags & flag != 0;
    let odd = (has(SYN) && has(FIN)) || (!has(SYN) && !has(ACK));
    if has(RST) {
        return silence(DropReason::IsReset);
    }
    if odd && mode != Mode::Reset {
        return silence(DropReason::OddFlags);
    }
    if has(SYN) && has(ACK) && matches!(mode, Mode::Tarpit { .. }) {
        return silence(DropReason::NotOurs);
    }
    let connected = mode != Mode::Reset && !has(SYN);
    let wanted = match mode {
        Mode::Reset => refusal(raw),
        _ if has(SYN) && has(ACK) => refusal(raw),
        _ if has(SYN) => syn_ack(mode, raw, numbers),
        Mode::Honeypot { window } => honeypot(window, raw, numbers),
        _ => stuck(mode, raw, numbers),
    };
    if !whole && !(connected && wanted.reply == Err(DropReason::Unverified)) {
        return silence(DropReason::BadChecksum);
    }
    wanted
}

fn content(raw: &Raw) -> u32 {
    raw.payload + u32::from(raw.flags & FIN != 0)
}

fn refusal(raw: &Raw) -> Wanted {
    if raw.flags & ACK != 0 {
        return reply((RST, raw.ack, 0, 0));
    }
    let all = content(raw) + u32::from(raw.flags & SYN != 0);
    reply((RST | ACK, 0, raw.seq.wrapping_add(all), 0))
}

fn number(mode: Mode, raw: &Raw, irs: u32, numbers: &impl Cookies) -> Cookie {
    let irs = match mode {
        Mode::Tarpit { .. } => Irs::Tarpit(Seq(irs)),
        Mode::Persist => Irs::Persist(Seq(irs)),
        _ => Irs::Honeypot,
    };
    numbers.cookie(&raw.flow(), irs)
}

fn syn_ack(mode: Mode, raw: &Raw, numbers: &impl Cookies) -> Wanted {
    let window = match mode {
        Mode::Tarpit { window } | Mode::Honeypot { window } => window,
        _ => 0,
    };
    let iss = number(mode, raw, raw.seq, numbers).iss.0;
    reply((SYN | ACK, iss, raw.seq.wrapping_add(1), window))
}

fn clock(number: Cookie, numbers: &impl Cookies) -> u32 {
    numbers.now().wrapping_add(number.offset)
}

fn honeypot(window: u16, raw: &Raw, numbers: &impl Cookies) -> Wanted {
    let ours = numbers.cookie(&raw.flow(), Irs::Honeypot);
    let next = ours.iss.0.wrapping_add(1);
    if raw.ack == next.wrapping_add(1) {
        return silence(DropReason::Finished);
    }
    if raw.ack != next {
        return silence(DropReason::Unverified);
    }
    let all = raw.seq.wrapping_add(content(raw));
    Wanted {
        reply: match content(raw) {
            0 => Err(DropReason::Held),
            _ => Ok((ACK | raw.flags & FIN, next, all, window)),
        },
        heard: Some((clock(ours, numbers), SeqPosition::Anywhere)),
    }
}

fn stuck(mode: Mode, raw: &Raw, numbers: &impl Cookies) -> Wanted {
    let mut places = [(1, SeqPosition::AtUna), (0, SeqPosition::BeforeUna)];
    // Both verify once in 2^32 times only; then the likelier place counts.
    if content(raw) == 0 {
        places.reverse();
    }
    let found = places.into_iter().find_map(|(back, place)| {
        let irs = raw.seq.wrapping_sub(back);
        let ours = number(mode, raw, irs, numbers);
        (ours.iss.0.wrapping_add(1) == raw.ack).then_some((irs.wrapping_add(1), ours, place))
    });
    let Some((una, ours, place)) = found else {
        return silence(DropReason::Unverified);
    };
    let heard = Some((clock(ours, numbers), place));
    let held = Wanted {
        reply: Err(DropReason::Held),
        heard,
    };
    if mode != Mode::Persist {
        return held;
    }
    if raw.payload == 0 && raw.window == 0 {
        return silence(DropReason::WindowShut);
    }
    if content(raw) == 0 && place == SeqPosition::AtUna {
        return held;
    }
    let reply = Ok((ACK, raw.ack, una, 0));
    Wanted { reply, heard }
}

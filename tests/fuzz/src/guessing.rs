// SPDX-License-Identifier: GPL-2.0
//! The cost of guessing: tries all 2^32 acknowledgement numbers of a segment.

use crate::drop_reason::DropReason;
use crate::policy::cookie::{Cookie, Cookies, Irs};
use crate::policy::Mode;
use crate::raw::{decide, family_of, Raw, Seen, ACK, FAMILIES, FIN, KEYED};
use crate::wire::{Flow, Segment, Seq};
use std::ops::Range;

/// The offset of TCP's acknowledgement number behind IPv4's header.
const ACK_FIELD: Range<usize> = 28..32;

/// How many numbers verify, and how many of these get a reply.
#[derive(Debug, PartialEq)]
pub struct Found {
    pub verified: u32,
    pub answered: u32,
}

/// Our own cookies, each computed once: they do not depend on the guess.
struct Known(Flow, Vec<(Irs, Cookie)>);

impl Cookies for Known {
    type Common = ();

    fn common(&self, flow: &Flow) {
        assert_eq!(*flow, self.0);
    }

    fn cookie_of(&self, _common: (), irs: Irs) -> Cookie {
        let found = self.1.iter().find(|(known, _)| *known == irs);
        found.expect("a number of this segment's").1
    }

    fn now(&self) -> u32 {
        KEYED.now()
    }
}

impl Known {
    fn of(raw: &Raw) -> Self {
        let seq = Seq(raw.seq);
        let irs = [seq.minus(1), seq].map(|irs| [Irs::Tarpit(irs), Irs::Persist(irs)]);
        let all = irs.into_iter().flatten().chain([Irs::Honeypot]);
        let flow = raw.flow();
        Self(
            flow,
            all.map(|irs| (irs, KEYED.cookie(&flow, irs))).collect(),
        )
    }
}

/// A mode, the content of the segment, and the expected counts.
type Row = (Mode, &'static str, (u8, u32), Found);

fn row(mode: Mode, name: &'static str, kind: (u8, u32), answered: u32) -> Row {
    let verified = 2;
    (mode, name, kind, Found { verified, answered })
}

/// Of the two numbers of an empty segment in persist, that of the handshake's ACK gets no reply; of
/// the two in honeypot, the second one belongs to a closed connection.
fn rows() -> [Row; 9] {
    let (tarpit, persist) = (Mode::Tarpit { window: 0 }, Mode::Persist { window: 0 });
    let honeypot = Mode::Honeypot { window: 65535 };
    let kinds = [
        ("empty", (ACK, 0)),
        ("payload", (ACK, 10)),
        ("FIN", (ACK | FIN, 0)),
    ];
    let [empty, payload, fin] = kinds;
    [
        row(tarpit, empty.0, empty.1, 0),
        row(tarpit, payload.0, payload.1, 0),
        row(tarpit, fin.0, fin.1, 0),
        row(persist, empty.0, empty.1, 1),
        row(persist, payload.0, payload.1, 2),
        row(persist, fin.0, fin.1, 2),
        row(honeypot, empty.0, empty.1, 0),
        row(honeypot, payload.0, payload.1, 1),
        row(honeypot, fin.0, fin.1, 1),
    ]
}

/// Tries all numbers with a segment of this kind.
fn try_all(mode: Mode, (flags, payload): (u8, u32)) -> Found {
    let mut raw = Raw::new(FAMILIES[0]);
    (raw.flags, raw.payload, raw.seq) = (flags, payload, 0x1234_5678);
    let known = Known::of(&raw);
    let (mut bytes, length) = (raw.headers(), raw.length());
    let (mut verified, mut answered) = (0, 0);
    for ack in 0..=u32::MAX {
        bytes[ACK_FIELD].copy_from_slice(&ack.to_be_bytes());
        let segment = Segment::parse(family_of(&raw.addresses), &bytes, length);
        let segment = segment.expect("an ordinary segment");
        match decide(mode, &segment, &known, &Seen::good()) {
            Err(DropReason::Unverified) => {}
            Err(_) => verified += 1,
            Ok(_) => (verified, answered) = (verified + 1, answered + 1),
        }
    }
    Found { verified, answered }
}

/// Prints the counts of each row; `false` if they are not the expected ones.
pub fn all() -> bool {
    let mut good = true;
    println!("of 4294967296 acknowledgement numbers");
    for (mode, name, kind, wanted) in rows() {
        let found = try_all(mode, kind);
        let Found { verified, answered } = found;
        println!(
            "{:8} {name:8} {verified} verify, {answered} are answered",
            mode.name()
        );
        if found != wanted {
            println!("         that is wrong: {wanted:?} is right");
            good = false;
        }
    }
    good
}

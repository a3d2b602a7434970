// SPDX-License-Identifier: GPL-2.0
//! Compares the module with every cell of the behaviour table in docs/behaviour.md: all flag bytes,
//! all modes, with and without payload, at una, before it and elsewhere, with numbers that verify
//! and that do not, window open and closed, with and without timestamps.

use super::ages::stamps;
use super::contract::{self, Cell, Row, Window};
use super::raw::{Raw, ACK, FAMILIES, FIN, KEYED, MODES, RST, SYN};
use super::read::{self, Read};
use crate::policy::Mode;
use crate::wire::{Reply, Seq};
use etherparse::TcpOptionElement;
use std::collections::BTreeSet;

/// An IRS near the wrap, so that the numbers lie on both sides of it.
const IRS: [u32; 4] = [0, u32::MAX, u32::MAX - 1, 0x7fff_ffff];

/// A segment of a connection with `irs`, and the rule that sees it.
struct Case {
    raw: Raw,
    mode: Mode,
    irs: u32,
    iss: Seq,
    /// How old the clock is that it echoes, if it has timestamps.
    age: Option<u32>,
}

impl Case {
    fn has(&self, flag: u8) -> bool {
        self.raw.flags & flag != 0
    }

    /// The position of the segment, relative to una.
    fn at(&self, distance: u32) -> bool {
        self.raw.seq == self.irs.wrapping_add(1).wrapping_add(distance)
    }

    fn empty(&self) -> bool {
        self.raw.payload == 0 && !self.has(FIN)
    }

    fn acknowledges(&self, distance: u32) -> bool {
        self.raw.ack == self.iss.plus(distance).0
    }

    /// Whether it echoes a clock of ours that is more than 10 seconds old.
    fn late(&self) -> bool {
        self.age.is_some_and(|age| (10_001..1 << 31).contains(&age))
    }

    fn number_is_ours(&self) -> bool {
        let anywhere = matches!(self.mode, Mode::Honeypot { .. } | Mode::Reset);
        self.acknowledges(1) && (anywhere || self.at(0) || self.at(u32::MAX))
    }
}

/// Whether a segment matches a row, if it matches none above.
fn fits(row: &Row, case: &Case) -> bool {
    let name = row
        .segment
        .split([':', ',', '('])
        .next()
        .expect("a name")
        .trim();
    match name {
        "RST" => case.has(RST),
        "SYN+FIN+ACK" => case.has(SYN) && case.has(FIN) && case.has(ACK),
        "SYN+FIN" => (case.has(SYN) && case.has(FIN)) || !(case.has(SYN) || case.has(ACK)),
        "SYN+ACK" => case.has(SYN) && case.has(ACK),
        "SYN" => case.has(SYN),
        "ACK of ISS + 2" => case.acknowledges(2),
        "ACK whose number is not ours" => !case.number_is_ours(),
        "no payload" => case.raw.payload == 0 && case.raw.window == 0,
        "FIN" => case.has(FIN),
        "payload" => case.raw.payload != 0,
        "late empty ACK" => case.empty() && case.raw.window != 0 && case.late(),
        "empty ACK at una" => case.empty() && case.at(0),
        "empty ACK one before una" => case.empty() && case.at(u32::MAX),
        "empty ACK elsewhere" => case.empty(),
        _ => panic!("behaviour.rs does not know this row: {name}"),
    }
}

/// The row that applies to `case`, and its cell in the mode's column.
fn look_up(table: &[Row], column: usize, case: &Case) -> (usize, Cell) {
    let mut cells = table.iter().map(|row| row.cells[column]).enumerate();
    let found = cells.find(|(at, cell)| *cell != Cell::Below && fits(&table[*at], case));
    found.unwrap_or_else(|| panic!("no row fits {:?}", case.raw))
}

/// The reply that a cell promises: flags, seq, ack, window.
fn promised(cell: Cell, case: &Case) -> (u8, Seq, Seq, u16) {
    let (seq, ours, una) = (Seq(case.raw.seq), case.iss.plus(1), Seq(case.irs).plus(1));
    let fin = u32::from(case.has(FIN));
    let all = seq.plus(case.raw.payload).plus(fin);
    match cell {
        Cell::SynAck(w) => (SYN | ACK, case.iss, seq.plus(1), window(w, case.mode)),
        Cell::AckOfUna(w) => (ACK, ours, una, window(w, case.mode)),
        Cell::AckOfAll(w) => (ACK, ours, all, window(w, case.mode)),
        Cell::AckOfNext(w) => (ACK, ours, seq.plus(1), window(w, case.mode)),
        Cell::FinAck(w) => (FIN | ACK, ours, all, window(w, case.mode)),
        Cell::Rst => (RST, Seq(case.raw.ack), Seq(0), 0),
        Cell::RstAck => (RST | ACK, Seq(0), all.plus(u32::from(case.has(SYN))), 0),
        _ => panic!("docs/behaviour.md promises no reply: {cell:?}"),
    }
}

/// The window of a cell under a rule: if the cell has "(or N)", the rule may set it.
fn window(cell: Window, mode: Mode) -> u16 {
    match mode {
        Mode::Tarpit { window } | Mode::Persist { window } | Mode::Honeypot { window }
            if cell.named =>
        {
            window
        }
        _ => cell.default,
    }
}

fn compare(cell: Cell, case: &Case) {
    match (cell, case.raw.decide(case.mode, &KEYED)) {
        (Cell::Silence(reason), Err(given)) if reason == given => {}
        (Cell::Silence(_), result) | (_, result @ Err(_)) => {
            panic!(
                "contract: {cell:?}, module: {result:?}, {:?} {:?}",
                case.mode, case.raw
            )
        }
        (_, Ok(reply)) => compare_reply(cell, case, &reply),
    }
}

fn compare_reply(cell: Cell, case: &Case, reply: &Reply) {
    let Read {
        flow,
        flags,
        seq,
        ack,
        window,
        options,
        ..
    } = read::emitted(reply, &case.raw.flow().reversed());
    let given = (flags, Seq(seq), Seq(ack), window);
    assert_eq!(
        given,
        promised(cell, case),
        "{cell:?} {:?} {:?}",
        case.mode,
        case.raw
    );
    assert_eq!(flow, case.raw.flow().reversed());
    let first = if flags & SYN != 0 {
        case.raw.seq
    } else {
        case.irs
    };
    let clock = case.raw.number(case.mode, first, &KEYED).clock(&KEYED);
    let stamped = flags & RST == 0 && !case.raw.options.is_empty();
    let stamps = stamped.then_some(TcpOptionElement::Timestamp(clock, 0x0102_0304));
    assert_eq!(
        options,
        Vec::from_iter(stamps),
        "timestamps if and only if the segment has them"
    );
}

/// Visits every case of a mode with these flags.
fn each_case(
    mode: Mode,
    base: &Raw,
    (irs, age): (u32, Option<u32>),
    visit: &mut impl FnMut(&Case),
) {
    for distance in [0, 1, 2, 3, u32::MAX] {
        let seq = irs.wrapping_add(distance);
        // A SYN opens a new connection.
        let first = if base.flags & SYN != 0 { seq } else { irs };
        let cookie = base.number(mode, first, &KEYED);
        let iss = cookie.iss;
        let options = age.map(|age| stamps(cookie.clock(&KEYED).wrapping_sub(age)));
        for ack in [iss.plus(1), iss.plus(2), iss, iss.plus(3), Seq(irs)] {
            for (payload, window) in [(0, 0), (1, 0), (1400, 0), (0, 1), (1, 9), (60000, 65535)] {
                let raw = Raw {
                    seq,
                    ack: ack.0,
                    payload,
                    window,
                    options: options.clone().unwrap_or_default(),
                    ..base.clone()
                };
                visit(&Case {
                    raw,
                    mode,
                    irs,
                    iss,
                    age,
                });
            }
        }
    }
}

/// Tries every case of the mode named `name` in both families.
fn try_mode(name: &str) {
    let table = contract::behaviour();
    let column = contract::columns()
        .iter()
        .position(|mode| mode == name)
        .expect(name);
    let mut rows = BTreeSet::new();
    for mode in MODES
        .into_iter()
        .filter(|mode| format!("--{}", mode.name()) == name)
    {
        each_base(&mut |base, irs| {
            for age in ages(mode) {
                each_case(mode, base, (irs, *age), &mut |case| {
                    let (row, cell) = look_up(&table, column, case);
                    compare(cell, case);
                    rows.insert(row);
                });
            }
        });
    }
    for (number, row) in table.iter().enumerate() {
        let reachable = !matches!(row.cells[column], Cell::CannotBe | Cell::Below);
        assert_eq!(rows.contains(&number), reachable, "{name}: {}", row.segment);
    }
}

/// No timestamps, and the ages that matter in the mode.
fn ages(mode: Mode) -> &'static [Option<u32>] {
    match mode {
        Mode::Honeypot { .. } => &[
            None,
            Some(10_000),
            Some(10_001),
            Some((1 << 31) - 1),
            Some(1 << 31),
        ],
        _ => &[None, Some(10_001)],
    }
}

fn each_base(visit: &mut impl FnMut(&Raw, u32)) {
    for family in FAMILIES {
        for (flags, irs) in (0..=u8::MAX).flat_map(|flags| IRS.map(|irs| (flags, irs))) {
            let mut base = Raw::new(family);
            base.flags = flags;
            visit(&base, irs);
        }
    }
}

#[test]
fn tarpit_matches_the_contract() {
    try_mode("--tarpit");
}

#[test]
fn persist_matches_the_contract() {
    try_mode("--persist");
}

#[test]
fn honeypot_matches_the_contract() {
    try_mode("--honeypot");
}

#[test]
fn reset_matches_the_contract() {
    try_mode("--reset");
}

#[test]
fn the_default_windows_are_those_of_the_contract() {
    use crate::{abi, abi::xt_tarpit_tginfo, rule::Rule};
    let syn = contract::behaviour()
        .into_iter()
        .find(|row| row.segment == "SYN")
        .expect("SYN");
    for (column, variant) in [(0, abi::XT_TARPIT_TARPIT), (2, abi::XT_TARPIT_HONEYPOT)] {
        let mode = xt_tarpit_tginfo { variant }.mode();
        let Cell::SynAck(cell) = syn.cells[column] else {
            panic!("a SYN gets a SYN-ACK in {mode:?}")
        };
        assert_eq!(cell.default, window(cell, mode));
    }
}

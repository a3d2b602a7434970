// SPDX-License-Identifier: GPL-2.0
//! Reads the tables of docs/behaviour.md, so that the tests check what users read.
//!
//! A cell of the behaviour table is one of
//!
//! ```text
//! –                                 impossible: no segment reaches this cell
//! as below                          a row further down applies
//! silence (Reason)
//! SYN-ACK, window W                 W is a number, or NUMBER (or N): the rule's --window
//! ACK of una, window W
//! ACK of all, window W
//! ACK of SEG.SEQ + 1, window W
//! FIN+ACK of all, window W
//! RST, seq = SEG.ACK
//! RST+ACK, seq = 0, ack = SEG.SEQ+SEG.LEN
//! ```

use crate::drop_reason::DropReason;

const CONTRACT: &str = include_str!("../../../../docs/behaviour.md");

/// A cell of the behaviour table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    CannotBe,
    Below,
    Silence(DropReason),
    SynAck(Window),
    AckOfUna(Window),
    AckOfAll(Window),
    AckOfNext(Window),
    FinAck(Window),
    Rst,
    RstAck,
}

/// The reply's window, and whether `--window` sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub default: u16,
    pub named: bool,
}

/// One row of the behaviour table: the segment, and a cell for each mode.
pub struct Row {
    pub segment: String,
    pub cells: [Cell; 4],
}

/// The modes in the order of the columns.
pub fn columns() -> [String; 4] {
    let [_, modes @ ..] = five(&rows("behaviour")[0]);
    modes.map(|mode| {
        mode.split('`')
            .nth(1)
            .expect("a mode in backticks")
            .to_owned()
    })
}

pub fn behaviour() -> Vec<Row> {
    let table = rows("behaviour");
    let body = table.iter().skip(1).map(|row| five(row));
    body.map(|[segment, cells @ ..]| Row {
        segment,
        cells: cells.map(|text| cell(&text)),
    })
    .collect()
}

/// The reasons of the table of what is never answered, in its order.
pub fn never() -> Vec<DropReason> {
    rows("never")
        .iter()
        .skip(1)
        .map(|row| reason(row.last().unwrap()))
        .collect()
}

pub fn reason(name: &str) -> DropReason {
    let found = DropReason::ALL
        .into_iter()
        .find(|reason| reason.name() == name);
    found.unwrap_or_else(|| panic!("docs/behaviour.md has a reason {name} that the module lacks"))
}

/// The rows of the table between the markers of `name`, without its head.
fn rows(name: &str) -> Vec<Vec<String>> {
    let begin = format!("<!-- {name}: begin -->");
    let end = format!("<!-- {name}: end -->");
    let (_, rest) = CONTRACT.split_once(&begin).expect(&begin);
    let (table, _) = rest.split_once(&end).expect(&end);
    let lines = table
        .lines()
        .filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect();
    lines
        .filter(|line| !line.starts_with(" ---"))
        .map(cells)
        .collect()
}

fn five(row: &[String]) -> [String; 5] {
    let cells: Result<[String; 5], _> = row.to_vec().try_into();
    cells.unwrap_or_else(|_| panic!("this row has not five cells: {row:?}"))
}

fn cell(text: &str) -> Cell {
    if let Some(name) = text
        .strip_prefix("silence (")
        .and_then(|t| t.strip_suffix(')'))
    {
        return Cell::Silence(reason(name));
    }
    match text.split_once(", window ") {
        Some(("SYN-ACK", rest)) => Cell::SynAck(window(rest)),
        Some(("ACK of una", rest)) => Cell::AckOfUna(window(rest)),
        Some(("ACK of all", rest)) => Cell::AckOfAll(window(rest)),
        Some(("ACK of SEG.SEQ + 1", rest)) => Cell::AckOfNext(window(rest)),
        Some(("FIN+ACK of all", rest)) => Cell::FinAck(window(rest)),
        _ => match text {
            "–" => Cell::CannotBe,
            "as below" => Cell::Below,
            "RST, seq = SEG.ACK" => Cell::Rst,
            "RST+ACK, seq = 0, ack = SEG.SEQ+SEG.LEN" => Cell::RstAck,
            _ => panic!("contract.rs cannot read this cell: {text}"),
        },
    }
}

fn window(text: &str) -> Window {
    let (number, named) = match text.strip_suffix(" (or N)") {
        Some(number) => (number, true),
        None => (text, false),
    };
    Window {
        default: number.parse().expect("a window"),
        named,
    }
}

// SPDX-License-Identifier: GPL-2.0
//! The lines of the journal.

use crate::machine::{Note, Reason};
use std::fmt;

/// The priorities of syslog that we use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Error,
    Warning,
    Notice,
    Info,
}

/// Writes a line to standard error, with its priority if the journal reads it.
pub fn log(level: Level, text: impl fmt::Display) {
    if std::env::var_os("JOURNAL_STREAM").is_none() {
        eprintln!("{text}");
        return;
    }
    let number = match level {
        Level::Error => 3,
        Level::Warning => 4,
        Level::Notice => 5,
        Level::Info => 6,
    };
    eprintln!("<{number}>{text}");
}

/// The line of a note, with its priority.
pub fn line(note: &Note) -> (Level, String) {
    (level(note), text(note))
}

fn level(note: &Note) -> Level {
    match note {
        Note::Alarm(_) => Level::Error,
        Note::Repeated(_) | Note::Declined(..) => Level::Warning,
        Note::Released { reason, .. } if *reason == Reason::Found => Level::Warning,
        Note::Taken(_) | Note::Released { .. } | Note::HandedOver { .. } => Level::Info,
        Note::AlarmOver | Note::Moved | Note::Resumed | Note::Lost => Level::Notice,
    }
}

fn text(note: &Note) -> String {
    match note {
        Note::Taken(addr) => format!("{addr}: taken"),
        Note::Released {
            addr,
            reason,
            owner,
        } => {
            let owner = owner.map_or(String::new(), |mac| format!(" ({mac})"));
            format!("{addr}: given back: {reason}{owner}")
        }
        Note::Repeated(addr) => {
            format!("{addr}: given back twice within an hour; left alone for a day; exclude it")
        }
        Note::Declined(addr, mac) => {
            format!("{addr}: {mac} has declined it in DHCP; left alone for a day")
        }
        Note::HandedOver { addr, owner, peers } => {
            format!("{addr}: at {owner} now; its {peers} peers know")
        }
        Note::Alarm(owners) => format!(
            "ALARM: {owners} hosts owned taken addresses within ten minutes; nothing more is \
             taken for an hour; see CONFLICTS in xt-tarpit-lan(8)"
        ),
        Note::AlarmOver => "the alarm is over; addresses are taken again".into(),
        Note::Moved => "link or own addresses have changed; all is given back for a minute".into(),
        Note::Resumed => "addresses are taken again".into(),
        Note::Lost => "frames may be lost, so silence says nothing; questions start again".into(),
    }
}

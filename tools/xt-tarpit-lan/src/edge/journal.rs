// SPDX-License-Identifier: GPL-2.0
//! The lines of the journal.

use crate::machine::{Note, Reason};
use std::{env, fmt, io};
use tracing::{debug, error, info, warn, Event, Level, Subscriber};
use tracing_subscriber::fmt::format::{DefaultFields, FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::{FmtContext, SubscriberBuilder};
use tracing_subscriber::registry::LookupSpan;

/// From now on, lines go to standard error, with their priority if the journal reads it. A line
/// that cannot be written is lost; the daemon goes on.
pub fn start() {
    let priority = env::var_os("JOURNAL_STREAM").is_some();
    let _ =
        tracing::subscriber::set_global_default(lines(priority).with_writer(io::stderr).finish());
}

fn lines(priority: bool) -> SubscriberBuilder<DefaultFields, Lines> {
    tracing_subscriber::fmt()
        .log_internal_errors(false)
        .event_format(Lines { priority })
        .with_max_level(Level::DEBUG)
}

/// A line is its text, perhaps behind its priority.
struct Lines {
    priority: bool,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if self.priority {
            write!(writer, "<{}>", number(event.metadata().level()))?;
        }
        context.format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}

/// The priority of syslog: `info!` is a notice and `debug!` is information, as in tracing-journald.
fn number(level: &Level) -> u8 {
    match *level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 5,
        Level::DEBUG => 6,
        Level::TRACE => 7,
    }
}

/// Writes the line of a note.
pub fn write(note: &Note) {
    let text = text(note);
    match level(note) {
        Level::ERROR => error!("{text}"),
        Level::WARN => warn!("{text}"),
        Level::INFO => info!("{text}"),
        _ => debug!("{text}"),
    }
}

fn level(note: &Note) -> Level {
    match note {
        Note::Alarm(_) => Level::ERROR,
        Note::Repeated(_) | Note::Declined(..) => Level::WARN,
        Note::Released { reason, .. } if *reason == Reason::Found => Level::WARN,
        Note::Taken(_) | Note::Released { .. } | Note::HandedOver { .. } => Level::DEBUG,
        Note::AlarmOver | Note::Moved | Note::Resumed | Note::Lost => Level::INFO,
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;

    fn written(priority: bool) -> String {
        let (mut reader, writer) = UnixStream::pair().unwrap();
        let lines = lines(priority).with_writer(Arc::new(writer)).finish();
        tracing::subscriber::with_default(lines, || {
            for note in [
                Note::Taken([192, 0, 2, 7].into()),
                Note::Moved,
                Note::Repeated([192, 0, 2, 7].into()),
                Note::Alarm(3),
            ] {
                write(&note);
            }
            warn!("cannot join {}: {}", "ff02::1", io::Error::other("{no}"));
        });
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_line_is_its_text_and_in_the_journal_has_its_priority() {
        let plain = written(false);
        let lines: Vec<&str> = plain.lines().collect();
        assert_eq!(lines[0], "192.0.2.7: taken");
        assert_eq!(lines[4], "cannot join ff02::1: {no}");
        let priorities = ["<6>", "<5>", "<4>", "<3>", "<4>"];
        let wanted: String = priorities
            .iter()
            .zip(lines)
            .map(|(priority, line)| [priority, line, "\n"].concat())
            .collect();
        assert_eq!(written(true), wanted);
    }
}

// SPDX-License-Identifier: GPL-2.0
//! Draws the screen: a headline, what is missing, the lines, and the keys.

use crate::filter::end;
use crate::line::{Column, Line};
use crate::stamp::duration;
use crate::view::{Snapshot, View};
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::Text;
use ratatui::widgets::{Cell, Row, Table};
use ratatui::Frame;

/// The lines of the screen that are not the table's rows: two above, its header, and the keys.
const AROUND: u16 = 4;

const HELP: &str = "q quit  < > sort  r reverse  / filter  Esc no filter  space freeze  \
                    a addresses  arrows scroll";

/// How many lines fit on a screen of this height.
pub fn page(height: u16) -> usize {
    usize::from(height.saturating_sub(AROUND))
}

/// Draws what `view` shows of `now`. `notice` is about the module, or empty.
pub fn draw(frame: &mut Frame<'_>, view: &mut View, now: &Snapshot, notice: &str) {
    let [head, missing, table, help] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    let shown = view.shown(now, page(frame.area().height));
    let title = format!("xt-tarpit top: {}", shown.status.headline());
    let bold = Style::new().add_modifier(Modifier::BOLD);
    frame.render_widget(Text::styled(title, bold), head);
    let second = match (notice, shown.status.missing()) {
        ("", missing) => missing.unwrap_or_default(),
        (notice, _) => notice.to_owned(),
    };
    frame.render_widget(Text::raw(second), missing);
    rows(frame, view, &shown.lines, table);
    let reversed = Style::new().add_modifier(Modifier::REVERSED);
    frame.render_widget(Text::styled(bottom(view), reversed), help);
}

fn bottom(view: &View) -> String {
    let filter = &view.filter;
    if view.typing {
        format!("filter: {filter}_   Enter keep  Esc no filter")
    } else if view.is_frozen() {
        format!("FROZEN  {HELP}")
    } else if filter.is_empty() {
        HELP.to_owned()
    } else {
        format!("filter: {filter}  {HELP}")
    }
}

fn rows(frame: &mut Frame<'_>, view: &View, lines: &[Line], area: Rect) {
    let columns = view.columns();
    let height = page(frame.area().height);
    let cells: Vec<Vec<String>> = lines
        .iter()
        .skip(view.top)
        .take(height)
        .map(|line| columns.iter().map(|&column| text(line, column)).collect())
        .collect();
    let titles: Vec<String> = columns.iter().map(|&column| title(view, column)).collect();
    let width = |at: usize| {
        let longest = cells.iter().chain([&titles]).filter_map(|row| row.get(at));
        let longest = longest.map(|cell| cell.chars().count()).max();
        Constraint::Length(longest.and_then(|n| u16::try_from(n).ok()).unwrap_or(0))
    };
    let widths: Vec<Constraint> = (0..columns.len()).map(width).collect();
    let row = |texts: &[String]| {
        Row::new(texts.iter().zip(&columns).map(|(text, &column)| {
            let text = Text::raw(text.clone());
            Cell::new(if is_right(column) {
                text.right_aligned()
            } else {
                text
            })
        }))
    };
    let header = row(&titles).style(Style::new().add_modifier(Modifier::UNDERLINED));
    let table = Table::new(cells.iter().map(|cells| row(cells)), widths)
        .header(header)
        .column_spacing(2);
    frame.render_widget(table, area);
}

fn is_right(column: Column) -> bool {
    column.is_number() || column == Column::Last
}

/// The title of a column, with an arrow where the lines are sorted by it.
fn title(view: &View, column: Column) -> String {
    let name = match column {
        Column::Address => "PEER",
        Column::Host => "HOST",
        Column::Mode => "MODE",
        Column::Country => "CC",
        Column::Connections => "CONNS",
        Column::Held => "HELD",
        Column::Last => "LAST",
        Column::Probes => "PROBES",
        Column::Bytes => "BYTES",
    };
    let arrow = match (column == view.sort, view.descending) {
        (false, _) => "",
        (true, true) => "v",
        (true, false) => "^",
    };
    format!("{name}{arrow}")
}

/// `>` is for at least, `~` for an estimate.
fn text(line: &Line, column: Column) -> String {
    let about = if line.estimated { "~" } else { "" };
    match column {
        Column::Address => end(Some(line.address), line.port),
        Column::Host => end(line.host, line.host_port),
        Column::Mode => line.mode.clone(),
        Column::Country => line
            .country
            .map_or_else(|| "-".to_owned(), |c| c.to_string()),
        Column::Connections => line.connections.to_string(),
        Column::Held if line.at_least => format!(">{}", duration(line.held)),
        Column::Held => duration(line.held),
        Column::Last => duration(line.last),
        Column::Probes => format!("{about}{}", line.probes),
        Column::Bytes => match line.bytes {
            Some(bytes) => format!("{about}{bytes}"),
            None => "-".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::sample;
    use crate::status::Status;
    use crate::view::Key;
    use ratatui::backend::TestBackend;
    use ratatui::Terminal;

    fn crowd(count: u8) -> Snapshot {
        let lines = (0..count).map(|n| sample(n, 40_000, i64::from(n) * 61_000, u64::from(n)));
        let status = Status {
            rows: usize::from(count),
            size: 4096,
            ratio: 1,
            ..Status::default()
        };
        Snapshot {
            lines: lines.collect(),
            status,
        }
    }

    fn drawn((width, height): (u16, u16), view: &mut View, now: &Snapshot) -> Vec<String> {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, view, now, "")).unwrap();
        let buffer = terminal.backend().buffer();
        let symbols: Vec<&str> = buffer.content.iter().map(|cell| cell.symbol()).collect();
        let lines = symbols.chunks(usize::from(width));
        lines
            .map(|line| line.concat().trim_end().to_owned())
            .collect()
    }

    #[test]
    fn a_screen_has_headline_header_rows_and_keys() {
        let mut view = View::default();
        let screen = drawn((110, 8), &mut view, &crowd(9));
        assert_eq!(
            screen[0],
            "xt-tarpit top: 9 connections held, 0 events/s, all read"
        );
        let titles: Vec<&str> = screen[2].split_whitespace().collect();
        assert_eq!(
            titles,
            ["PEER", "HOST", "MODE", "CC", "HELDv", "LAST", "PROBES"]
        );
        assert_eq!(
            screen[3],
            "192.0.2.8:40000  198.51.100.1:23  persist  DE  8 m 08 s   0 s       8"
        );
        assert!(screen[6].starts_with("192.0.2.5:40000"));
        assert!(screen[7].starts_with("q quit"));
    }

    #[test]
    fn marks_say_what_is_not_exact() {
        let mut now = crowd(2);
        now.lines[1].at_least = true;
        now.lines[1].estimated = true;
        now.status.ratio = 3;
        now.status.lost = 4;
        let screen = drawn((110, 8), &mut View::default(), &now);
        assert!(screen[0].contains("1 of 3 read"));
        assert!(screen[1].contains("4 events lost"));
        assert!(
            screen[3].contains(">1 m 01 s") && screen[3].ends_with("~1"),
            "{}",
            screen[3]
        );
    }

    #[test]
    fn a_tiny_screen_is_drawn_without_a_panic() {
        for (width, height) in [(1, 1), (3, 2), (20, 4), (5, 50), (300, 3)] {
            drawn((width, height), &mut View::default(), &crowd(9));
        }
    }

    #[test]
    fn addresses_and_filter_are_shown() {
        let mut view = View::default();
        for c in "a/192.0.2.3".chars() {
            view.key(Key::Char(c), 4, Snapshot::default);
        }
        let screen = drawn((110, 8), &mut view, &crowd(9));
        assert!(screen[2].contains("CONNS"));
        assert!(screen[3].starts_with("192.0.2.3:40000") && screen[4].is_empty());
        assert!(screen[7].starts_with("filter: 192.0.2.3_"));
    }

    #[test]
    fn bytes_have_a_column_where_the_kernel_reports_them() {
        let mut view = View {
            has_bytes: true,
            ..View::default()
        };
        let mut now = crowd(1);
        now.lines[0].bytes = Some(1234);
        let screen = drawn((110, 8), &mut view, &now);
        assert!(screen[2].ends_with("BYTES") && screen[3].ends_with("1234"));
    }
}

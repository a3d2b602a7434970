// SPDX-License-Identifier: GPL-2.0
//! What the screen shows, and how keys change it.

use crate::filter::{self, Filter};
use crate::line::{addresses, sort, Column, Line};
use crate::plain::plain;
use crate::status::Status;

/// A key, whatever the terminal sends for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Char(char),
    Left,
    Right,
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    Enter,
    Escape,
    Backspace,
    Interrupt,
}

/// Whether the program goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    Continue,
    Quit,
}

/// Lines and status at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub lines: Vec<Line>,
    pub status: Status,
}

pub struct View {
    pub sort: Column,
    pub descending: bool,
    pub by_address: bool,
    pub filter: String,
    /// Whether keys go to the filter.
    pub typing: bool,
    pub top: usize,
    /// Whether the tracepoints report bytes.
    pub has_bytes: bool,
    pub(crate) frozen: Option<Snapshot>,
}

impl Default for View {
    fn default() -> Self {
        Self {
            sort: Column::Held,
            descending: true,
            by_address: false,
            filter: String::new(),
            typing: false,
            top: 0,
            has_bytes: false,
            frozen: None,
        }
    }
}

impl View {
    pub fn is_frozen(&self) -> bool {
        self.frozen.is_some()
    }

    /// Obeys a key; `now` is what is held at this moment, `page` the lines of a screen.
    pub fn key(&mut self, key: Key, page: usize, now: impl FnOnce() -> Snapshot) -> After {
        if key == Key::Interrupt {
            return After::Quit;
        }
        if self.typing {
            self.type_filter(key);
            return After::Continue;
        }
        match key {
            Key::Char('q') => return After::Quit,
            Key::Char(' ' | 'f') => {
                self.frozen = match self.frozen.take() {
                    None => Some(now()),
                    Some(_) => None,
                }
            }
            Key::Char('/') => self.typing = true,
            Key::Char('a') => self.by_address = !self.by_address,
            Key::Char('r') => self.descending = !self.descending,
            Key::Left | Key::Char('<') => self.sort_by_next(-1),
            Key::Right | Key::Char('>') => self.sort_by_next(1),
            Key::Escape => self.filter.clear(),
            _ => self.scroll(key, page),
        }
        After::Continue
    }

    fn type_filter(&mut self, key: Key) {
        match key {
            Key::Enter => self.typing = false,
            Key::Escape => {
                self.filter.clear();
                self.typing = false;
            }
            Key::Backspace => {
                self.filter.pop();
            }
            Key::Char(c) if self.filter.chars().count() < filter::LONGEST => {
                self.filter.push_str(&plain(&c.to_string(), 1));
            }
            _ => {}
        }
        self.top = 0;
    }

    fn scroll(&mut self, key: Key, page: usize) {
        self.top = match key {
            Key::Up => self.top.saturating_sub(1),
            Key::Down => self.top.saturating_add(1),
            Key::PageUp => self.top.saturating_sub(page),
            Key::PageDown => self.top.saturating_add(page),
            Key::Home => 0,
            Key::End => usize::MAX,
            _ => self.top,
        };
    }

    /// The columns that are shown.
    pub fn columns(&self) -> Vec<Column> {
        let is_shown = |column: &Column| match column {
            Column::Connections => self.by_address,
            Column::Bytes => self.has_bytes,
            _ => true,
        };
        Column::ALL.into_iter().filter(is_shown).collect()
    }

    /// Sorts by the next column that is shown; a hidden one counts as the first.
    fn sort_by_next(&mut self, step: isize) {
        let columns = self.columns();
        let at = columns.iter().position(|&column| column == self.sort);
        let next = at.unwrap_or(0).checked_add_signed(step);
        if let Some(&column) = next.and_then(|next| columns.get(next)) {
            self.sort = column;
            self.descending = column.is_number();
        }
    }

    /// What to show of `now`, or of the moment of the freeze: all lines that pass the filter, in
    /// order. Keeps the first line of the screen within them.
    pub fn shown(&mut self, now: &Snapshot, page: usize) -> Snapshot {
        let Snapshot { lines, status } = self.frozen.as_ref().unwrap_or(now);
        let filter = Filter::new(&self.filter);
        let mut lines: Vec<Line> = lines
            .iter()
            .filter(|line| filter.shows(line))
            .cloned()
            .collect();
        if self.by_address {
            lines = addresses(&lines);
        }
        sort(&mut lines, self.sort, self.descending);
        self.top = self.top.min(lines.len().saturating_sub(page));
        Snapshot {
            lines,
            status: *status,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::sample;
    use proptest::prelude::*;

    fn press(view: &mut View, key: Key) -> After {
        view.key(key, 10, Snapshot::default)
    }

    fn write(view: &mut View, text: &str) {
        for c in text.chars() {
            press(view, Key::Char(c));
        }
    }

    fn crowd() -> Snapshot {
        let lines = (1..30).map(|n| sample(n, 9, i64::from(n), u64::from(n % 7)));
        Snapshot {
            lines: lines.collect(),
            status: Status::default(),
        }
    }

    fn ports(view: &mut View) -> Vec<u8> {
        let last = |line: &Line| match line.address {
            std::net::IpAddr::V4(v4) => v4.octets()[3],
            std::net::IpAddr::V6(_) => 0,
        };
        view.shown(&crowd(), 10).lines.iter().map(last).collect()
    }

    #[test]
    fn the_longest_held_come_first_and_r_reverses() {
        let mut view = View::default();
        assert_eq!(ports(&mut view)[..3], [29, 28, 27]);
        press(&mut view, Key::Char('r'));
        assert_eq!(ports(&mut view)[..3], [1, 2, 3]);
    }

    #[test]
    fn arrows_choose_the_column_and_stop_at_the_ends() {
        let mut view = View::default();
        write(&mut view, ">>");
        assert_eq!(view.sort, Column::Probes);
        assert_eq!(ports(&mut view)[..4], [6, 13, 20, 27]);
        for _ in 0..20 {
            press(&mut view, Key::Left);
        }
        assert_eq!((view.sort, view.descending), (Column::Address, false));
    }

    #[test]
    fn columns_are_shown_where_they_say_something() {
        let mut view = View::default();
        assert!(!view.columns().contains(&Column::Connections));
        write(&mut view, "a");
        assert!(view.columns().contains(&Column::Connections));
        assert!(!view.columns().contains(&Column::Bytes));
        view.has_bytes = true;
        assert!(view.columns().contains(&Column::Bytes));
    }

    #[test]
    fn letters_go_to_the_filter_while_it_is_typed() {
        let mut view = View::default();
        write(&mut view, "/192.0.2.1q\x1b");
        assert_eq!(view.filter, "192.0.2.1q?");
        assert!(ports(&mut view).is_empty());
        press(&mut view, Key::Backspace);
        press(&mut view, Key::Backspace);
        press(&mut view, Key::Enter);
        assert_eq!(ports(&mut view).len(), 11);
        press(&mut view, Key::Escape);
        assert_eq!(ports(&mut view).len(), 29);
        assert_eq!(press(&mut view, Key::Char('q')), After::Quit);
    }

    #[test]
    fn an_interrupt_quits_even_from_the_filter() {
        let mut view = View::default();
        write(&mut view, "/");
        assert_eq!(press(&mut view, Key::Interrupt), After::Quit);
    }

    #[test]
    fn frozen_it_shows_the_moment_of_the_freeze() {
        let mut view = View::default();
        view.key(Key::Char(' '), 10, crowd);
        assert!(view.is_frozen());
        let later = Snapshot::default();
        assert_eq!(view.shown(&later, 10).lines.len(), 29);
        press(&mut view, Key::Char(' '));
        assert!(view.shown(&later, 10).lines.is_empty());
    }

    #[test]
    fn scrolling_ends_at_the_last_page() {
        let mut view = View::default();
        press(&mut view, Key::End);
        view.shown(&crowd(), 10);
        assert_eq!(view.top, 19);
        press(&mut view, Key::PageUp);
        press(&mut view, Key::Up);
        assert_eq!(view.top, 8);
        view.shown(&crowd(), 100);
        assert_eq!(view.top, 0);
    }

    proptest! {
        #[test]
        fn any_keys_leave_a_view_that_shows(keys in proptest::collection::vec(any::<char>(), 0..40),
                                            page in 0usize..50) {
            let mut view = View::default();
            for c in keys {
                if c != 'q' {
                    view.key(Key::Char(c), page, crowd);
                }
                let shown = view.shown(&crowd(), page);
                prop_assert!(shown.lines.len() <= 29);
                prop_assert!(view.filter.chars().all(|c| !c.is_control()));
            }
        }
    }
}

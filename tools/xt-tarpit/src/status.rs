// SPDX-License-Identifier: GPL-2.0
//! What the program says about itself: how much it saw, and what it missed.

use crate::sample;
use crate::table::{self, Table};

/// Totals since the start, but for the numbers of rows, the rate and the ratio.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    pub rows: usize,
    pub size: usize,
    pub table: table::Totals,
    pub events: sample::Totals,
    /// One of how many events is looked at.
    pub ratio: u64,
    /// Events that the kernel's buffer lost.
    pub lost: u64,
}

impl Status {
    pub fn new(table: &Table, sampler: &sample::Sampler, lost: u64) -> Self {
        Self {
            rows: table.len(),
            size: table.size(),
            table: table.totals,
            events: sampler.totals,
            ratio: sampler.ratio(),
            lost,
        }
    }

    /// The first line of the screen.
    pub fn headline(&self) -> String {
        let read = match self.ratio {
            0 | 1 => "all read".to_owned(),
            ratio => format!("sampled: 1 of {ratio} read, numbers with ~ are estimates"),
        };
        format!(
            "{} connections held, {} events/s, {read}",
            self.rows, self.events.per_second
        )
    }

    /// What is missing on the screen, if anything is.
    pub fn missing(&self) -> Option<String> {
        let mut parts = Vec::new();
        if self.table.evicted > 0 {
            parts.push(format!(
                "{} rows left the full table of {}",
                self.table.evicted, self.size
            ));
        }
        if self.lost > 0 {
            parts.push(format!("{} events lost in the kernel's buffer", self.lost));
        }
        let unread = self.events.seen.saturating_sub(self.events.read);
        if unread > 0 {
            parts.push(format!("{unread} events counted but not read"));
        }
        (!parts.is_empty()).then(|| format!("Since the start: {}", parts.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_missed_is_said() {
        let mut status = Status {
            rows: 3,
            size: 9,
            ratio: 1,
            ..Status::default()
        };
        assert_eq!(
            status.headline(),
            "3 connections held, 0 events/s, all read"
        );
        assert_eq!(status.missing(), None);
        status.ratio = 4;
        status.lost = 5;
        status.table.evicted = 6;
        status.events.seen = 10;
        status.events.read = 3;
        assert!(status.headline().contains("1 of 4 read"));
        assert_eq!(
            status.missing().unwrap(),
            "Since the start: 6 rows left the full table of 9, \
             5 events lost in the kernel's buffer, 7 events counted but not read"
        );
    }
}

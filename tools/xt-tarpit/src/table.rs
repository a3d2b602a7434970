// SPDX-License-Identifier: GPL-2.0
//! Who is held now: a table of fixed size, from which the least recent row leaves.
//!
//! Only verified peers get a row, so SYNs from forged addresses cannot push others out. A peer is
//! verified if the module knows an age for it, ignored it for a reason that needs a handshake, or
//! says that its connection was up before the rule (`live`).

use crate::event::{Event, Key, Word};
use crate::geoip::Country;
use lru::LruCache;
use std::num::NonZeroUsize;

/// Milliseconds since the program started. What began before is negative.
pub type Millis = i64;

/// What is known of a held connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The mode of its last packet.
    pub mode: Word,
    /// When we first answered it, as far as ages and our own clock tell.
    pub since: Millis,
    /// Whether it may have been held for longer: the first packet seen was not its handshake.
    pub at_least: bool,
    pub last: Millis,
    /// The packets after the handshake.
    pub probes: u64,
    /// The bytes of payload that these had, if the tracepoints report them.
    pub bytes: Option<u64>,
    /// Whether packets were counted by samples.
    pub estimated: bool,
    pub country: Option<Country>,
}

/// Why a row left the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The peer sent a reset.
    Reset,
    /// The peer closed a connection to `--honeypot`, and acknowledged our FIN.
    Closed,
    /// No packet for too long.
    Quiet,
    /// The table was full.
    Evicted,
}

/// A row that has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone {
    pub key: Key,
    pub row: Row,
    pub why: Why,
}

/// What an event changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub new: bool,
    pub gone: Option<Gone>,
}

/// Totals since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Rows that were made.
    pub held: u64,
    pub reset: u64,
    pub closed: u64,
    pub quiet: u64,
    pub evicted: u64,
}

pub struct Table {
    rows: LruCache<Key, Row>,
    pub totals: Totals,
}

/// What an event proves of its peer.
enum Proof {
    Nothing,
    Held,
    Ended(Why),
}

impl Table {
    pub fn new(size: NonZeroUsize) -> Self {
        Self {
            rows: LruCache::new(size),
            totals: Totals::default(),
        }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn size(&self) -> usize {
        self.rows.cap().get()
    }

    /// The row of a connection.
    pub fn get(&self, key: &Key) -> Option<&Row> {
        self.rows.peek(key)
    }

    /// All rows, the most recent first.
    pub fn rows(&self) -> impl Iterator<Item = (&Key, &Row)> {
        self.rows.iter()
    }

    /// Takes an event that stands for `weight` like it. `country` is asked once for a new row.
    pub fn update(
        &mut self,
        event: &Event,
        (now, weight): (Millis, u64),
        country: impl FnOnce() -> Option<Country>,
    ) -> Change {
        match proof(event) {
            Proof::Ended(why) => Change {
                new: false,
                gone: self.end(&event.key, why),
            },
            Proof::Held if !self.rows.contains(&event.key) => {
                let row = Row {
                    country: country(),
                    ..first(event, now, weight)
                };
                self.insert(event.key, row)
            }
            _ => {
                if let Some(row) = self.rows.get_mut(&event.key) {
                    again(row, event, now, weight);
                }
                Change::default()
            }
        }
    }

    fn insert(&mut self, key: Key, row: Row) -> Change {
        self.totals.held = self.totals.held.saturating_add(1);
        let left = self.rows.push(key, row);
        let gone = left.map(|(key, row)| self.left(key, row, Why::Evicted));
        Change { new: true, gone }
    }

    fn end(&mut self, key: &Key, why: Why) -> Option<Gone> {
        let row = self.rows.pop(key)?;
        Some(self.left(*key, row, why))
    }

    /// The row that had no packet for longest, if that is longer than `limit`.
    pub fn expire(&mut self, now: Millis, limit: Millis) -> Option<Gone> {
        let (_, row) = self.rows.peek_lru()?;
        if now.saturating_sub(row.last) <= limit {
            return None;
        }
        let (key, row) = self.rows.pop_lru()?;
        Some(self.left(key, row, Why::Quiet))
    }

    fn left(&mut self, key: Key, row: Row, why: Why) -> Gone {
        let total = match why {
            Why::Reset => &mut self.totals.reset,
            Why::Closed => &mut self.totals.closed,
            Why::Quiet => &mut self.totals.quiet,
            Why::Evicted => &mut self.totals.evicted,
        };
        *total = total.saturating_add(1);
        Gone { key, row, why }
    }
}

/// A peer without timestamps has no age; a reply without one may be a SYN-ACK, and proves nothing.
fn proof(event: &Event) -> Proof {
    let is = |text| event.reason.is_some_and(|reason: Word| reason.is(text));
    if event.mode.is("reset") {
        Proof::Nothing
    } else if is("IsReset") {
        Proof::Ended(Why::Reset)
    } else if is("Finished") {
        Proof::Ended(Why::Closed)
    } else if event.mode.is("live") || event.age.is_some() || is("Held") || is("WindowShut") {
        Proof::Held
    } else {
        Proof::Nothing
    }
}

/// The row of a peer's first event. An empty ACK that completes the handshake is ignored as
/// `Held`; a reply shows that the peer was held before.
fn first(event: &Event, now: Millis, weight: u64) -> Row {
    let handshake = event.reason.is_some();
    Row {
        mode: event.mode,
        since: began(event, now),
        at_least: !handshake,
        last: now,
        probes: u64::from(!handshake).saturating_mul(weight),
        bytes: bytes(event, weight),
        estimated: weight > 1,
        country: None,
    }
}

fn again(row: &mut Row, event: &Event, now: Millis, weight: u64) {
    row.since = row.since.min(began(event, now));
    row.last = now;
    row.mode = event.mode;
    row.probes = row.probes.saturating_add(weight);
    row.estimated |= weight > 1;
    if let Some(more) = bytes(event, weight) {
        row.bytes = Some(row.bytes.unwrap_or(0).saturating_add(more));
    }
}

fn began(event: &Event, now: Millis) -> Millis {
    now.saturating_sub(event.age.unwrap_or(0))
}

fn bytes(event: &Event, weight: u64) -> Option<u64> {
    Some(event.payload?.saturating_mul(weight))
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;

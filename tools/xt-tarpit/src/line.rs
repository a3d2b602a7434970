// SPDX-License-Identifier: GPL-2.0
//! The lines that are shown: one per connection, or one per address.

use crate::event::Key;
use crate::geoip::Country;
use crate::table::{Millis, Row, Table};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// One connection, or all of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub address: IpAddr,
    /// The peer's port, and our address and port, if they are the same for all.
    pub port: Option<u16>,
    pub host: Option<IpAddr>,
    pub host_port: Option<u16>,
    pub mode: String,
    pub country: Option<Country>,
    pub connections: u64,
    /// The milliseconds of the longest connection.
    pub held: Millis,
    pub at_least: bool,
    /// The milliseconds since the last packet.
    pub last: Millis,
    pub probes: u64,
    pub bytes: Option<u64>,
    pub estimated: bool,
}

impl Line {
    pub fn new(key: &Key, row: &Row, now: Millis) -> Self {
        Self {
            address: key.peer.ip(),
            port: Some(key.peer.port()),
            host: Some(key.host.ip()),
            host_port: Some(key.host.port()),
            mode: row.mode.to_string(),
            country: row.country,
            connections: 1,
            held: now.saturating_sub(row.since),
            at_least: row.at_least,
            last: now.saturating_sub(row.last),
            probes: row.probes,
            bytes: row.bytes,
            estimated: row.estimated,
        }
    }

    /// Adds another line of the same address.
    fn add(&mut self, other: &Self) {
        self.port = self.port.filter(|_| self.port == other.port);
        self.host = self.host.filter(|_| self.host == other.host);
        self.host_port = self.host_port.filter(|_| self.host_port == other.host_port);
        if self.mode != other.mode {
            "mixed".clone_into(&mut self.mode);
        }
        if other.held >= self.held {
            self.at_least = other.at_least || (self.at_least && other.held == self.held);
        }
        self.connections = self.connections.saturating_add(other.connections);
        self.held = self.held.max(other.held);
        self.last = self.last.min(other.last);
        self.probes = self.probes.saturating_add(other.probes);
        self.bytes = match (self.bytes, other.bytes) {
            (Some(a), Some(b)) => Some(a.saturating_add(b)),
            (a, b) => a.or(b),
        };
        self.estimated |= other.estimated;
    }
}

/// A line for each connection.
pub fn connections(table: &Table, now: Millis) -> Vec<Line> {
    table
        .rows()
        .map(|(key, row)| Line::new(key, row, now))
        .collect()
}

/// A line for each address.
pub fn addresses(lines: &[Line]) -> Vec<Line> {
    let mut all: BTreeMap<IpAddr, Line> = BTreeMap::new();
    for line in lines {
        all.entry(line.address)
            .and_modify(|sum| sum.add(line))
            .or_insert_with(|| line.clone());
    }
    all.into_values().collect()
}

/// The columns, in their order on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Address,
    Host,
    Mode,
    Country,
    Connections,
    Held,
    Last,
    Probes,
    Bytes,
}

impl Column {
    pub const ALL: [Self; 9] = [
        Self::Address,
        Self::Host,
        Self::Mode,
        Self::Country,
        Self::Connections,
        Self::Held,
        Self::Last,
        Self::Probes,
        Self::Bytes,
    ];

    /// Whether the largest come first when one sorts by it.
    pub fn is_number(self) -> bool {
        !matches!(
            self,
            Self::Address | Self::Host | Self::Mode | Self::Country | Self::Last
        )
    }
}

/// Sorts lines; equal ones are in the order of their addresses, so that none jumps.
pub fn sort(lines: &mut [Line], column: Column, descending: bool) {
    lines.sort_by(|a, b| {
        let order = match column {
            Column::Address => std::cmp::Ordering::Equal,
            Column::Host => (a.host, a.host_port).cmp(&(b.host, b.host_port)),
            Column::Mode => a.mode.cmp(&b.mode),
            Column::Country => a.country.cmp(&b.country),
            Column::Connections => a.connections.cmp(&b.connections),
            Column::Held => a.held.cmp(&b.held),
            Column::Last => a.last.cmp(&b.last),
            Column::Probes => a.probes.cmp(&b.probes),
            Column::Bytes => a.bytes.cmp(&b.bytes),
        };
        let by_address = (a.address, a.port).cmp(&(b.address, b.port));
        match (column, descending) {
            (Column::Address, true) => by_address.reverse(),
            (_, true) => order.reverse().then(by_address),
            _ => order.then(by_address),
        }
    });
}

/// A line for tests, of 192.0.2.`last`.
#[cfg(test)]
pub fn sample(last: u8, port: u16, held: Millis, probes: u64) -> Line {
    Line {
        address: [192, 0, 2, last].into(),
        port: Some(port),
        host: Some([198, 51, 100, 1].into()),
        host_port: Some(23),
        mode: "persist".to_owned(),
        country: Country::new("DE"),
        connections: 1,
        held,
        at_least: false,
        last: 5,
        probes,
        bytes: None,
        estimated: false,
    }
}

#[cfg(test)]
mod tests {
    use super::sample as line;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn connections_of_an_address_are_one_line() {
        let mut other = line(7, 2, 9000, 4);
        (other.at_least, other.last, other.bytes) = (true, 1, Some(10));
        let all = addresses(&[line(7, 1, 500, 3), other, line(8, 1, 1, 1)]);
        assert_eq!(all.len(), 2);
        let sum = &all[0];
        assert_eq!((sum.connections, sum.held, sum.probes), (2, 9000, 7));
        assert_eq!((sum.port, sum.host_port, sum.last), (None, Some(23), 1));
        assert!(sum.at_least);
        assert_eq!(sum.bytes, Some(10));
        assert_eq!(all[1], line(8, 1, 1, 1));
    }

    #[test]
    fn different_modes_are_mixed() {
        let mut other = line(7, 2, 1, 1);
        other.mode = "tarpit".to_owned();
        assert_eq!(addresses(&[line(7, 1, 5, 3), other])[0].mode, "mixed");
    }

    fn lines() -> impl Strategy<Value = Vec<Line>> {
        let one = (0u8..9, 0u16..9, 0i64..99, 0u64..9)
            .prop_map(|(last, port, held, probes)| line(last, port, held, probes));
        proptest::collection::vec(one, 0..40)
    }

    proptest! {
        #[test]
        fn sums_keep_connections_and_probes(lines in lines()) {
            let all = addresses(&lines);
            let probes = |lines: &[Line]| lines.iter().map(|line| line.probes).sum::<u64>();
            let held = |lines: &[Line]| lines.iter().map(|line| line.held).max();
            prop_assert_eq!(probes(&all), probes(&lines));
            prop_assert_eq!(held(&all), held(&lines));
            let connections: u64 = all.iter().map(|line| line.connections).sum();
            prop_assert_eq!(connections, u64::try_from(lines.len()).unwrap());
        }

        #[test]
        fn each_column_sorts_both_ways(mut lines in lines(), index in 0usize..9) {
            let column = Column::ALL[index];
            sort(&mut lines, column, false);
            let probes: Vec<u64> = lines.iter().map(|line| line.probes).collect();
            if column == Column::Probes {
                prop_assert!(probes.is_sorted());
            }
            sort(&mut lines, Column::Held, true);
            prop_assert!(lines.is_sorted_by(|a, b| a.held >= b.held));
        }
    }
}

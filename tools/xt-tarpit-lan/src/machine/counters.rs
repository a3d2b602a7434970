// SPDX-License-Identifier: GPL-2.0
//! What the daemon counts.

use std::collections::BTreeMap;
use std::fmt;

/// Why an address was given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    Claim,
    Found,
    Declined,
    Idle,
    Operator,
    Moved,
    Forbidden,
}

/// Why a question was not answered, or an address not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suppressed {
    Ignored,
    Paused,
    Alarm,
    Full,
    Held,
    Dhcp,
    Rate,
    Peers,
    Lost,
}

impl Reason {
    pub const ALL: [Self; 7] = [
        Self::Claim,
        Self::Found,
        Self::Declined,
        Self::Idle,
        Self::Operator,
        Self::Moved,
        Self::Forbidden,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Found => "found",
            Self::Declined => "declined",
            Self::Idle => "idle",
            Self::Operator => "operator",
            Self::Moved => "moved",
            Self::Forbidden => "forbidden",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Claim => "a host claims it",
            Self::Found => "a host uses it",
            Self::Declined => "a DHCP client declined it",
            Self::Idle => "no traffic",
            Self::Operator => "as the operator says",
            Self::Moved => "the link or the own addresses have changed",
            Self::Forbidden => "it must no longer be taken",
        })
    }
}

impl Suppressed {
    pub const ALL: [Self; 9] = [
        Self::Ignored,
        Self::Paused,
        Self::Alarm,
        Self::Full,
        Self::Held,
        Self::Dhcp,
        Self::Rate,
        Self::Peers,
        Self::Lost,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::Ignored => "ignored",
            Self::Paused => "paused",
            Self::Alarm => "alarm",
            Self::Full => "full",
            Self::Held => "held",
            Self::Dhcp => "dhcp",
            Self::Rate => "rate",
            Self::Peers => "peers",
            Self::Lost => "lost",
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub captures: u64,
    pub questions: u64,
    pub answers: u64,
    pub handovers: u64,
    pub conflicts: u64,
    pub alarms: u64,
    pub releases: BTreeMap<Reason, u64>,
    pub suppressed: BTreeMap<Suppressed, u64>,
}

impl Counters {
    pub fn release(&mut self, reason: Reason) {
        add(self.releases.entry(reason).or_default());
    }

    pub fn suppress(&mut self, reason: Suppressed) {
        add(self.suppressed.entry(reason).or_default());
    }
}

pub fn add(number: &mut u64) {
    *number = number.saturating_add(1);
}

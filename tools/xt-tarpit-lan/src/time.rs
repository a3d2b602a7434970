// SPDX-License-Identifier: GPL-2.0
//! Time as the state machine sees it: an argument, never a clock.

/// A duration in milliseconds.
pub type Ms = u64;

pub const SECOND: Ms = 1_000;
pub const MINUTE: Ms = 60 * SECOND;
pub const HOUR: Ms = 60 * MINUTE;
pub const DAY: Ms = 24 * HOUR;

/// A point of a monotonic clock, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(Ms);

impl Time {
    pub const fn at(ms: Ms) -> Self {
        Self(ms)
    }

    pub const fn ms(self) -> Ms {
        self.0
    }

    #[must_use]
    pub const fn plus(self, ms: Ms) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// How long ago `earlier` was; 0 if it is yet to come.
    pub const fn since(self, earlier: Self) -> Ms {
        self.0.saturating_sub(earlier.0)
    }
}

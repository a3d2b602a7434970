// SPDX-License-Identifier: GPL-2.0
//! Which events are read in a flood: all are counted, one of `ratio` is read.

use crate::table::Millis;

/// Keeps the number of events that are looked at near a budget per second.
pub struct Sampler {
    budget: u64,
    ratio: u64,
    /// The events of the current second.
    seen: u64,
    second: Millis,
    random: u64,
    pub totals: Totals,
}

/// Totals since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub seen: u64,
    pub read: u64,
    /// Events of the last whole second.
    pub per_second: u64,
}

impl Sampler {
    pub fn new(budget: u64) -> Self {
        Self {
            budget: budget.max(1),
            ratio: 1,
            seen: 0,
            second: 0,
            random: 0x9e37_79b9_7f4a_7c15,
            totals: Totals::default(),
        }
    }

    /// The ratio now: one of so many events is read.
    pub fn ratio(&self) -> u64 {
        self.ratio
    }

    /// Starts a new second if it is time to. Its ratio follows from the second before.
    pub fn tick(&mut self, now: Millis) {
        let seconds = now.saturating_sub(self.second).checked_div(1000);
        let Some(seconds) = seconds
            .and_then(|n| u64::try_from(n).ok())
            .filter(|&n| n > 0)
        else {
            return;
        };
        self.totals.per_second = self.seen.checked_div(seconds).unwrap_or(0);
        self.ratio = self.totals.per_second.div_ceil(self.budget).max(1);
        self.seen = 0;
        self.second = now;
    }

    /// Counts an event. If it is to be read, returns for how many events it stands.
    pub fn take(&mut self) -> Option<u64> {
        self.seen = self.seen.saturating_add(1);
        self.totals.seen = self.totals.seen.saturating_add(1);
        // A flood need not wait for the end of the second.
        let used = self.seen.div_ceil(self.budget);
        self.ratio = self.ratio.max(used);
        if self.ratio > 1 && self.next_random().checked_rem(self.ratio) != Some(0) {
            return None;
        }
        self.totals.read = self.totals.read.saturating_add(1);
        Some(self.ratio)
    }

    /// Xorshift: a flood with a period cannot choose what is looked at by chance.
    fn next_random(&mut self) -> u64 {
        let mut x = self.random;
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        self.random = x;
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Sends `rates` events in one second each; the events that were looked at, and their weight.
    fn flood(sampler: &mut Sampler, rates: &[u64]) -> Vec<(u64, u64)> {
        let mut all = Vec::new();
        for (second, &rate) in (1i64..).zip(rates) {
            let weights: Vec<u64> = (0..rate).filter_map(|_| sampler.take()).collect();
            all.push((u64::try_from(weights.len()).unwrap(), weights.iter().sum()));
            sampler.tick(second * 1000);
        }
        all
    }

    #[test]
    fn within_the_budget_all_are_looked_at() {
        let mut sampler = Sampler::new(1000);
        assert_eq!(
            flood(&mut sampler, &[1000, 0, 7]),
            [(1000, 1000), (0, 0), (7, 7)]
        );
        assert_eq!(sampler.ratio(), 1);
        assert_eq!(sampler.totals.seen, 1007);
    }

    #[test]
    fn a_flood_is_sampled_and_its_end_ends_that() {
        let mut sampler = Sampler::new(1000);
        let all = flood(&mut sampler, &[100_000, 100_000, 100_000, 10, 10]);
        assert_eq!(all[4], (10, 10));
        assert_eq!(sampler.totals.seen, 300_020);
        for (read, weight) in &all[1..3] {
            assert!((900..1100).contains(read), "{read} were read");
            assert!(
                (90_000..110_000).contains(weight),
                "they stand for {weight}"
            );
        }
        assert!(
            all[0].0 < 7000,
            "{} were read in the first second",
            all[0].0
        );
    }

    #[test]
    fn the_rate_is_that_of_the_last_second() {
        let mut sampler = Sampler::new(10);
        flood(&mut sampler, &[50]);
        assert_eq!((sampler.totals.per_second, sampler.ratio()), (50, 5));
        sampler.tick(1999);
        assert_eq!(sampler.ratio(), 5);
        sampler.tick(5000);
        assert_eq!((sampler.totals.per_second, sampler.ratio()), (0, 1));
    }

    proptest! {
        #[test]
        fn every_event_is_counted(rates in proptest::collection::vec(0u64..500, 1..9),
                                  budget in 0u64..100) {
            let mut sampler = Sampler::new(budget);
            let all = flood(&mut sampler, &rates);
            prop_assert_eq!(sampler.totals.seen, rates.iter().sum::<u64>());
            prop_assert_eq!(sampler.totals.read, all.iter().map(|(read, _)| read).sum::<u64>());
            prop_assert!(sampler.ratio() >= 1);
        }
    }
}

// SPDX-License-Identifier: GPL-2.0
//! A token bucket, in thousandths of a frame.

use crate::time::{Ms, Time};

pub struct Bucket {
    /// Frames a second, and the level of a full bucket.
    rate: i64,
    level: i64,
    updated: Time,
}

const FRAME: i64 = 1_000;

impl Bucket {
    pub fn new(now: Time, rate: u32) -> Self {
        let rate = i64::from(rate.max(1));
        Self {
            rate,
            level: rate.saturating_mul(FRAME),
            updated: now,
        }
    }

    fn full(&self) -> i64 {
        self.rate.saturating_mul(FRAME)
    }

    fn fill(&mut self, now: Time) {
        let gained = i64::try_from(now.since(self.updated))
            .unwrap_or(i64::MAX)
            .saturating_mul(self.rate);
        self.level = self.level.saturating_add(gained).min(self.full());
        self.updated = self.updated.max(now);
    }

    /// The level that must remain, so that this percentage is left to others.
    fn floor(&self, reserve: u32) -> i64 {
        let percent = i64::from(reserve.min(100));
        // A whole frame must fit above it, whatever the rate.
        let floor = self.full().saturating_mul(percent) / 100;
        floor.min(self.full().saturating_sub(FRAME))
    }

    /// Takes a frame if that leaves the reserve.
    pub fn take(&mut self, now: Time, reserve: u32) -> bool {
        self.fill(now);
        let rest = self.level.saturating_sub(FRAME);
        if rest < self.floor(reserve) {
            return false;
        }
        self.level = rest;
        true
    }

    /// Takes a frame that must be sent in any case; others then wait longer.
    pub fn force(&mut self, now: Time) {
        self.fill(now);
        self.level = self
            .level
            .saturating_sub(FRAME)
            .max(self.full().saturating_neg());
    }

    /// When `take` with this reserve succeeds, if nothing is taken before.
    pub fn ready(&self, reserve: u32) -> Time {
        let missing = self
            .floor(reserve)
            .saturating_add(FRAME)
            .saturating_sub(self.level)
            .max(0);
        let ms = missing.saturating_add(self.rate).saturating_sub(1) / self.rate;
        self.updated.plus(Ms::try_from(ms).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_second_has_more_frames_than_the_rate_and_a_full_bucket(
            rate in 1_u32..300, steps in proptest::collection::vec(0_u64..400, 1..400),
        ) {
            let (mut now, mut sent) = (Time::default(), 0_u64);
            let mut bucket = Bucket::new(now, rate);
            for step in steps {
                now = now.plus(step);
                while bucket.take(now, 0) {
                    sent += 1;
                }
                prop_assert!(sent * 1_000 <= u64::from(rate) * (1_000 + now.ms()));
            }
        }

        #[test]
        fn a_frame_is_ready_when_ready_says_so(
            rate in 1_u32..300, reserve in 0_u32..=100, taken in 0_usize..900,
        ) {
            let mut bucket = Bucket::new(Time::default(), rate);
            for _ in 0..taken {
                bucket.force(Time::default());
            }
            let ready = bucket.ready(reserve);
            if ready > Time::default() {
                prop_assert!(!bucket.take(Time::at(ready.ms() - 1), reserve));
            }
            prop_assert!(bucket.take(ready, reserve));
        }
    }
}

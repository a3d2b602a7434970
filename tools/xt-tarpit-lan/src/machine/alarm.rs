// SPDX-License-Identifier: GPL-2.0
//! The alarm: if several hosts turn out to own addresses that we have taken, something is wrong
//! with how silence is judged here, and nothing more is taken for a while.

use crate::frame::Mac;
use crate::time::{Ms, Time, HOUR, MINUTE};

const OWNERS: usize = 3;
const WITHIN: Ms = 10 * MINUTE;
const LASTS: Ms = HOUR;

#[derive(Default)]
pub struct Alarm {
    owners: Vec<(Time, Mac)>,
    until: Option<Time>,
}

impl Alarm {
    /// An owner was found. Another tarpit may own many addresses, so each owner counts once.
    /// Gives the number of owners if the alarm begins.
    pub fn conflict(&mut self, now: Time, owner: Mac) -> Option<usize> {
        self.owners
            .retain(|&(at, mac)| now.since(at) < WITHIN && mac != owner);
        self.owners.push((now, owner));
        if self.owners.len() < OWNERS {
            return None;
        }
        let count = self.owners.len();
        self.owners.clear();
        let begins = self.until.is_none();
        self.until = Some(now.plus(LASTS));
        begins.then_some(count)
    }

    pub fn until(&self) -> Option<Time> {
        self.until
    }

    /// Whether the alarm ends now.
    pub fn ends(&mut self, now: Time) -> bool {
        let over = self.until.is_some_and(|until| now >= until);
        if over {
            self.until = None;
        }
        over
    }
}

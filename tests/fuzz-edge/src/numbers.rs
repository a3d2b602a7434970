// SPDX-License-Identifier: GPL-2.0
//! The numbers that the tarpit has shown. They are keyed, so no oracle can compute them, but all
//! numbers of one connection must be consistent.

use crate::lab::{Flow, Mode};
use std::collections::hash_map::DefaultHasher;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// The kernel's coarse clock may not advance for so many milliseconds.
const COARSE: u64 = 12;

/// The connection; the IRS is part of it in modes where the ISS depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    mode: Mode,
    flow: Flow,
    irs: u32,
}

/// The numbers of one connection.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    pub iss: u32,
    /// The last TSval.
    pub clock: Option<u32>,
    /// The milliseconds between which it was sent.
    at: (u64, u64),
}

/// The numbers of all connections.
#[derive(Default)]
pub struct Numbers {
    known: HashMap<Key, Number, BuildHasherDefault<DefaultHasher>>,
}

impl Numbers {
    /// The ISS of the connection that a SYN with this IRS opened.
    pub fn get(&self, mode: Mode, flow: &Flow, irs: u32) -> Option<Number> {
        self.known.get(&key(mode, flow, irs)).copied()
    }

    /// The number of connections.
    pub fn count(&self) -> usize {
        self.known.len()
    }

    /// Stores a reply with this ISS, and TSval if it had one, sent between the milliseconds `at`.
    pub fn note(
        &mut self,
        (mode, flow, irs): (Mode, &Flow, u32),
        (iss, clock): (u32, Option<u32>),
        at: (u64, u64),
    ) -> Result<(), String> {
        let fresh = Number { iss, clock, at };
        let Some(known) = self.known.get_mut(&key(mode, flow, irs)) else {
            self.known.insert(key(mode, flow, irs), fresh);
            return Ok(());
        };
        if known.iss != iss {
            return Err(format!("ISS {iss:#x}, but before it was {:#x}", known.iss));
        }
        if let (Some(before), Some(now)) = (known.clock, clock) {
            let passed = u64::from(now.wrapping_sub(before));
            let least = at.0.saturating_sub(known.at.1 + COARSE);
            let most = at.1 + COARSE - known.at.0.min(at.1);
            if passed < least || passed > most {
                return Err(format!(
                    "TSval went on by {passed}, time by {least} to {most}"
                ));
            }
        }
        if clock.is_some() {
            *known = fresh;
        }
        Ok(())
    }
}

fn key(mode: Mode, flow: &Flow, irs: u32) -> Key {
    let irs = if mode == Mode::Honeypot { 0 } else { irs };
    Key {
        mode,
        flow: *flow,
        irs,
    }
}

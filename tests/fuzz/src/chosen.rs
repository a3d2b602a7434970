// SPDX-License-Identifier: GPL-2.0
//! Cookies of an adversary that can choose our hash: the fuzzer's bytes select each number from
//! those that matter for the current segment.

use crate::given::Given;
use crate::policy::cookie::{Cookie, CookieContext, Cookies, Irs};
use crate::raw::{KEYED, NOW};
use crate::wire::{Flow, Segment, Seq};
use std::cell::Cell;

pub struct Chosen<'a> {
    choices: Cell<&'a [u8]>,
    given: Given,
    /// SEG.SEQ and SEG.ACK of the current segment.
    tempting: Cell<[u32; 2]>,
}

impl<'a> Chosen<'a> {
    pub fn new(choices: &'a [u8]) -> Self {
        Self {
            choices: Cell::new(choices),
            given: Given::default(),
            tempting: Cell::default(),
        }
    }

    fn next(&self) -> u8 {
        let Some((choice, rest)) = self.choices.get().split_first() else {
            return 0;
        };
        self.choices.set(rest);
        *choice
    }
}

impl Cookies for Chosen<'_> {
    type Common = Flow;

    fn common(&self, flow: &Flow) -> Flow {
        *flow
    }

    fn cookie_of(&self, flow: Flow, irs: Irs) -> Cookie {
        self.given.cookie_of(flow, irs, || {
            let choice = self.next();
            let [seq, ack] = self.tempting.get();
            // Numbers that verify in this or another mode, or nearly.
            let base = if choice & 8 == 0 { ack } else { seq };
            Cookie {
                iss: Seq(base.wrapping_add(u32::from(choice & 7)).wrapping_sub(3)),
                offset: u32::from(choice) << 24,
            }
        })
    }

    fn now(&self) -> u32 {
        NOW
    }
}

/// Cookies that depend on the current segment.
pub trait Tempted: Cookies {
    fn look_at(&self, segment: &Segment<'_>);
}

impl Tempted for Chosen<'_> {
    fn look_at(&self, segment: &Segment<'_>) {
        self.tempting.set([segment.seq().0, segment.ack().0]);
    }
}

impl<Clock: Fn() -> u32> Tempted for CookieContext<'_, Clock> {
    fn look_at(&self, _segment: &Segment<'_>) {}
}

// SPDX-License-Identifier: GPL-2.0
//! A hash whose values are chosen on first use and then stay the same, because even an adversary's
//! hash is a function.

use crate::policy::cookie::{Cookie, Irs};
use crate::wire::Flow;
use std::cell::RefCell;

#[derive(Default)]
pub struct Given(RefCell<Vec<(Flow, Irs, Cookie)>>);

impl Given {
    pub fn cookie_of(&self, flow: Flow, irs: Irs, choose: impl FnOnce() -> Cookie) -> Cookie {
        let mut given = self.0.borrow_mut();
        if let Some((.., number)) = given.iter().find(|(f, i, _)| (f, i) == (&flow, &irs)) {
            return *number;
        }
        let number = choose();
        given.push((flow, irs, number));
        number
    }
}

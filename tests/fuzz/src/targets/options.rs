// SPDX-License-Identifier: GPL-2.0
//! Compares the TCP options read from any bytes with the oracle's.

use crate::{oracle, wire::Options};

pub fn options(data: &[u8]) {
    assert_eq!(Options::parse(data), oracle::options(data));
}

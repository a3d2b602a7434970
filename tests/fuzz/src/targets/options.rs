// SPDX-License-Identifier: GPL-2.0
//! Any bytes are read as TCP options as the oracle reads them.

use crate::{oracle, wire::Options};

pub fn options(data: &[u8]) {
    assert_eq!(Options::parse(data), oracle::options(data));
}

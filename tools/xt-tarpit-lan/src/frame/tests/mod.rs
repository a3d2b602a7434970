// SPDX-License-Identifier: GPL-2.0
//! What frames mean, both ways.

mod reading;
mod writing;

use super::*;

const US: Mac = Mac([2, 0, 0, 0, 0, 1]);
const PEER: Mac = Mac([2, 0, 0, 0, 0, 2]);
const OWNER: Mac = Mac([2, 0, 0, 0, 0, 3]);

fn addr(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter_map(|c| c.to_digit(16))
        .map(|d| d.try_into().unwrap())
        .collect();
    digits
        .chunks(2)
        .map(|pair| (pair[0] << 4) | pair[1])
        .collect()
}

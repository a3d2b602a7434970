// SPDX-License-Identifier: GPL-2.0
//! What TCP options say, read up to the first malformed or repeated one.

use crate::wire::{Options, Timestamps};

pub fn options(bytes: &[u8]) -> Options {
    let mut found = Options::default();
    let mut at = 0;
    while at < bytes.len() && bytes[at] != 0 {
        if bytes[at] == 1 {
            at += 1;
            continue;
        }
        if at + 1 == bytes.len() {
            break;
        }
        let (kind, length) = (bytes[at], usize::from(bytes[at + 1]));
        if length < 2 || at + length > bytes.len() {
            break;
        }
        let word = |from: usize| u32::from_be_bytes(bytes[from..from + 4].try_into().unwrap());
        match (kind, length) {
            (2, 4) if !found.mss => found.mss = true,
            (3, 3) if !found.window_scale => found.window_scale = true,
            (4, 2) if !found.sack_permitted => found.sack_permitted = true,
            (8, 10) if found.timestamps.is_none() => {
                found.timestamps = Some(Timestamps {
                    value: word(at + 2),
                    echo: word(at + 6),
                });
            }
            (2 | 3 | 4 | 8, _) => break,
            _ => {}
        }
        at += length;
    }
    found
}

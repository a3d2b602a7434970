// SPDX-License-Identifier: GPL-2.0
//! Reads TCP options up to the first malformed or repeated one.

use crate::bytes::be32;

/// The options that count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    pub mss: bool,
    pub scale: bool,
    pub sack: bool,
    /// TSval and TSecr.
    pub stamps: Option<(u32, u32)>,
}

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
        match (kind, length) {
            (2, 4) if !found.mss => found.mss = true,
            (3, 3) if !found.scale => found.scale = true,
            (4, 2) if !found.sack => found.sack = true,
            (8, 10) if found.stamps.is_none() => {
                found.stamps = Some((be32(bytes, at + 2), be32(bytes, at + 6)));
            }
            (2 | 3 | 4 | 8, _) => break,
            _ => {}
        }
        at += length;
    }
    found
}

// SPDX-License-Identifier: GPL-2.0
//! Writes a stream of our sequence numbers to standard output until its reader ends, then prints
//! their count to standard error: numbers NAME [KEY]. Without a name it lists the names.

use std::io::{self, Write};
use xt_tarpit_fuzz::statistics::{stream, NAMES};

/// KEY times this odd number is the key's other half.
const OTHER: u64 = 0x9e37_79b9_7f4a_7c15;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(name) = arguments.next() else {
        return println!("{}", NAMES.join("\n"));
    };
    let key: u64 = arguments
        .next()
        .map_or(1, |key| key.parse().expect("KEY is a number"));
    let key = [key, key.wrapping_mul(OTHER)];
    let mut words = stream(&name, key).unwrap_or_else(|| panic!("there is no stream {name}"));
    let mut out = io::stdout().lock();
    let mut count = 0_u64;
    loop {
        let block: Vec<u8> = words
            .by_ref()
            .take(4096)
            .flat_map(u32::to_ne_bytes)
            .collect();
        if out.write_all(&block).is_err() {
            return eprintln!("{name}: {count} numbers");
        }
        count += 4096;
    }
}

// SPDX-License-Identifier: GPL-2.0
//! libFuzzer at the target `decide`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| xt_tarpit_fuzz::decide(data));

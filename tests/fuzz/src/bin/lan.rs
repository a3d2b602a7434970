// SPDX-License-Identifier: GPL-2.0
//! Runs the target `lan` under libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| xt_tarpit_fuzz::lan(data));

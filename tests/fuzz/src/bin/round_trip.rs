// SPDX-License-Identifier: GPL-2.0
//! Runs the target `round_trip` under libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| xt_tarpit_fuzz::round_trip(data));

// SPDX-License-Identifier: GPL-2.0
//! The fuzz targets of the pure modules, and of the frames that xt-tarpit-lan reads. A target is a
//! function that passes any bytes to a module and panics if the module breaks a promise.
//!
//! `oracle` is a second, slow implementation of docs/behaviour.md, etherparse decodes replies, and
//! `standing` has the rules of every reply.

#![forbid(unsafe_code)]
#![allow(dead_code, unused_imports)] // The edge, which uses these rooms, is not here.

#[allow(non_camel_case_types)] // As bindgen writes it.
#[path = "../../../src/front/xtables/abi.rs"]
mod abi;
#[path = "../../../src/counters.rs"]
mod counters;
#[path = "../../../src/drop_reason.rs"]
mod drop_reason;
#[path = "../../../tools/xt-tarpit-lan/src/frame/mod.rs"]
mod frame;
#[path = "../../../src/metrics.rs"]
mod metrics;
#[path = "../../../src/policy/mod.rs"]
mod policy;
#[path = "../../../src/prometheus.rs"]
mod prometheus;
#[path = "../../../src/front/xtables/rule.rs"]
mod rule;
#[path = "../../../src/wire/mod.rs"]
mod wire;

#[path = "../../host/src/tests/given.rs"]
mod given; // numbers chosen when asked for
#[path = "../../host/src/tests/raw.rs"]
mod raw; // builds segments
#[path = "../../host/src/tests/read.rs"]
mod read; // decodes replies, independently

mod chosen; // numbers as an adversary has them
mod input; // bytes read as whatever is needed
mod oracle; // the contract, said again
mod seeds; // where the fuzzer begins
mod standing; // what holds for every reply

pub mod guessing; // all acknowledgement numbers
pub mod statistics; // numbers in bulk

mod targets;
pub use seeds::seeds;
pub use targets::{decide, emit, lan, options, parse, round_trip};

/// All targets, by the name of their corpus.
pub const TARGETS: [(&str, fn(&[u8])); 6] = [
    ("parse", parse),
    ("options", options),
    ("decide", decide),
    ("emit", emit),
    ("round_trip", round_trip),
    ("lan", lan),
];

/// The inputs in a packed corpus: each two bytes of length, the higher one first, and its bytes.
pub fn unpack(mut pack: &[u8]) -> Vec<&[u8]> {
    let mut inputs = Vec::new();
    while let Some((length, rest)) = pack.split_first_chunk::<2>() {
        let (input, after) = rest.split_at(usize::from(u16::from_be_bytes(*length)));
        inputs.push(input);
        pack = after;
    }
    inputs
}

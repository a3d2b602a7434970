// SPDX-License-Identifier: GPL-2.0
//! Tests of the pure modules. A test's name is its claim; the head of each file says what it tests.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_in_result,
    clippy::unwrap_used
)] // A test that panics has failed, which is what it is for.

mod contract; // reads the tables of docs/behaviour.md
mod framed; // builds frames, and a device for them
mod given; // numbers chosen when asked for
mod raw; // builds segments

mod read; // decodes replies, independently
mod strategies; // makes random ones

#[path = "../../../../iptables-ext/choice.rs"]
mod choice; // the pure part of the iptables extension

#[path = "../../../../iproute2-ext/words.rs"]
mod words; // the pure part of ip's plugin

mod ages;
mod behaviour;
mod census;
mod choosing;
mod counting;
mod devices;
mod echo;
mod emitting;
mod extensions;
mod frames;
mod live;
mod loops;
mod never;
mod numbers;
mod options;
mod parsing;
mod plugin;
mod reflecting;
mod refusing;
mod replying;
mod rules;
mod signs;
mod texts;
mod ways;

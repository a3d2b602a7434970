// SPDX-License-Identifier: GPL-2.0
//! The module's pure modules as a crate, so that they can be tested without a kernel.
//!
//! The lints below forbid everything that could panic on an attacker's bytes; `scripts/lint` runs
//! clippy with them.

#![allow(dead_code, unused_imports)] // The edge, which uses these rooms, is not here.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::todo,
    clippy::unimplemented,
    clippy::unreachable,
    clippy::unwrap_in_result,
    clippy::unwrap_used
)]

#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    non_camel_case_types
)] // As bindgen writes it.
#[path = "../../../src/front/xtables/abi.rs"]
mod abi;
#[path = "../../../src/counters.rs"]
mod counters;
#[allow(clippy::as_conversions)] // An enum's own number is the one cast in the pure rooms.
#[path = "../../../src/drop_reason.rs"]
mod drop_reason;
#[path = "../../../src/front/helper/mode.rs"]
mod helper_mode;
#[path = "../../../src/metrics.rs"]
mod metrics;
#[allow(non_camel_case_types)] // As bindgen writes it.
#[path = "../../../src/front/device/netlink.rs"]
mod netlink;
#[path = "../../../src/policy/mod.rs"]
mod policy;
#[path = "../../../src/prometheus.rs"]
mod prometheus;
#[path = "../../../src/reflect.rs"]
mod reflect;
#[path = "../../../src/front/xtables/rule.rs"]
mod rule;
#[path = "../../../src/front/device/settings.rs"]
mod settings;
#[path = "../../../src/front/device/stats.rs"]
mod stats;
#[path = "../../../src/wire/mod.rs"]
mod wire;
#[path = "../../../src/front/xdp/flags.rs"]
mod xdp_flags;

#[cfg(test)]
mod tests;

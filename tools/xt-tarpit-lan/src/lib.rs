// SPDX-License-Identifier: GPL-2.0
//! The daemon's parts. All but `edge` are pure: they have no clock, no socket and no unsafe code.
//! `machine` decides everything; the edge carries it out.

pub mod config;
pub mod edge;
pub mod frame;
pub mod machine;
pub mod network;
pub mod range;
pub mod settings;
pub mod time;

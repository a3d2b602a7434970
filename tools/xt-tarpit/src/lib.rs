// SPDX-License-Identifier: GPL-2.0
//! xt-tarpit. Only `tracefs`, `top`, `screen` and parts of `xdp` meet the kernel and the terminal;
//! the rest are functions of their arguments.

pub mod event;
pub mod filter;
pub mod format;
pub mod geoip;
pub mod json;
pub mod line;
pub mod plain;
pub mod prometheus;
pub mod ring;
pub mod sample;
#[cfg(test)]
mod samples;
pub mod screen;
pub mod stamp;
pub mod status;
pub mod table;
pub mod top;
pub mod tracefs;
pub mod view;
pub mod watch;
pub mod xdp;

// SPDX-License-Identifier: GPL-2.0
//! `xt-tarpit xdp`: attaches the XDP program tarpit.xdp.o to an interface and fills its maps.
//!
//! `attach`, `bpf`, `device`, `interface`, `maps`, `pins` and `run` meet the kernel; the rest are
//! functions of their arguments.

pub mod attach;
pub mod bpf;
pub mod cli;
pub mod config;
pub mod device;
pub mod facts;
pub mod interface;
pub mod limit;
pub mod maps;
pub mod mode;
pub mod pins;
pub mod ports;
pub mod prefix;
pub mod run;
pub mod settings;
pub mod status;

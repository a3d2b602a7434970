// SPDX-License-Identifier: GPL-2.0
//! The edge: sockets, nftables, files, and the loop that connects them with the state machine.
//! What is unsafe is in `sys` and `nft`.

pub mod check;
pub mod command;
pub mod control;
pub mod daemon;
mod filter;
pub mod journal;
mod memory;
pub mod metrics;
pub mod netlink;
pub mod nft;
pub mod packet;
pub mod report;
pub mod ruleset;
mod start;
pub mod survey;
pub mod sys;

// SPDX-License-Identifier: GPL-2.0
//! The parts of xt-tarpit that need neither a kernel nor a terminal.

pub mod plain;

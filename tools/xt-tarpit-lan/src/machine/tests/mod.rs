// SPDX-License-Identifier: GPL-2.0
//! Scenarios of one LAN, and properties of any.

mod judge;
mod lan;
mod properties;
mod releases;
mod safeguards;
mod stale;
mod states;

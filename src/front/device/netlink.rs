// SPDX-License-Identifier: GPL-2.0
//! Generated from include/if_tarpit.h by scripts/bindings.

pub const IFLA_TARPIT_UNSPEC: tarpit_attribute = 0;
pub const IFLA_TARPIT_MODE: tarpit_attribute = 1;
pub const IFLA_TARPIT_WINDOW: tarpit_attribute = 2;
pub const IFLA_TARPIT_REPLY: tarpit_attribute = 3;
pub const IFLA_TARPIT_ECHO: tarpit_attribute = 4;
pub const __IFLA_TARPIT_MAX: tarpit_attribute = 5;
pub type tarpit_attribute = u16;
pub const TARPIT_REPLY_AUTO: tarpit_reply_by = 0;
pub const TARPIT_REPLY_ROUTE: tarpit_reply_by = 1;
pub type tarpit_reply_by = u8;

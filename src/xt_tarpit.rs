// SPDX-License-Identifier: GPL-2.0
//! `-j TARPIT`: whoever connects is stuck, and we keep nothing.
//!
//! ```text
//!         rule time (control path)                   packet time (data path)
//! iptables ── xt_TARPIT.h ── abi.rs       skb ─► net::Packet ─► wire::Segment ─► policy::decide
//!                  │            │                  (edge)         (pure)              │ (pure)
//!                  ▼            ▼                                                     ▼
//!     net::xtables::Registration, rule     skb ◄─ net::Draft ◄─ wire::reply ◄─ Reply | Ignored
//!                                                  (edge)         (pure)
//! ```
//!
//! Data flows one way; no arrow returns. Unsafe code lives in `net` only; `target` tells the story.

use kernel::prelude::*;

mod abi;
mod counters;
mod ignored;
mod net;
mod policy;
mod prometheus;
mod rule;
mod target;
mod wire;

module! {
    type: XtTarpit,
    name: "xt_TARPIT",
    authors: ["xt_TARPIT developers"],
    description: "Xtables: hold TCP peers in a connection with a window of zero",
    license: "GPL",
    alias: ["ipt_TARPIT", "ip6t_TARPIT"],
}

/// The module: what it has registered, undone in this order when it goes.
struct XtTarpit {
    _targets: net::xtables::Registration,
    _namespaces: net::namespace::Registration,
}

impl kernel::Module for XtTarpit {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        // A target needs its namespaces from the first packet on.
        let namespaces = net::namespace::Registration::new()?;
        Ok(Self {
            _targets: net::xtables::Registration::new()?,
            _namespaces: namespaces,
        })
    }
}

net::xtables::export_target! {
    target::Tarpit,
    abi::InfoV0 => xt_tarpit_tg0_v4, xt_tarpit_tg0_v6, xt_tarpit_tg0_check;
    abi::InfoV1 => xt_tarpit_tg1_v4, xt_tarpit_tg1_v6, xt_tarpit_tg1_check;
}

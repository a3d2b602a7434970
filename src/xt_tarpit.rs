// SPDX-License-Identifier: GPL-2.0
//! `-j TARPIT` and the device `type tarpit`: complete the TCP handshake, advertise a zero window,
//! and keep no state.
//!
//! The initial sequence number is a keyed hash of the connection, as in SYN cookies. So an ACK
//! proves the handshake, and nothing has to be kept.
//!
//! ```text
//!   rule ───► front::xtables ─► Mode         skb ─► kapi::packet ─► wire::Segment ─► policy
//!   device ─► front::device ──► Mode                                                    │
//!                                            skb ◄─ kapi::reply ◄─ wire::Reply ◄────────┤
//!                                            counters ◄─ DropReason ◄───────────────────┘
//! ```
//!
//! A frame of XDP takes a shorter way, from `front::xdp` or `front::device` to `reflect`, which
//! answers it in its own bytes.
//!
//! Imports go one way: front to respond, respond to policy, wire and kapi. Only this file imports a
//! front. Unsafe code is in `kapi`, in the fronts and in `compat` only.

use kernel::prelude::*;

mod counters;
mod drop_reason;
mod front;
mod kapi;
mod metrics;
mod policy;
mod prometheus;
mod reflect;
mod respond;
mod wire;

module! {
    type: XtTarpit,
    name: "xt_TARPIT",
    authors: ["xt_TARPIT developers"],
    description: "Xtables: hold TCP peers in a connection with a zero window",
    license: "GPL",
    alias: ["ipt_TARPIT", "ip6t_TARPIT", "rtnl-link-tarpit"],
}

/// What the module has registered; dropped in this order.
struct XtTarpit {
    _devices: front::device::Registration,
    _targets: front::xtables::Registration,
    _namespaces: kapi::netns::Registration,
}

impl kernel::Module for XtTarpit {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        // Entrances use the state of the namespace, so it is set up before they are registered.
        let namespaces = kapi::netns::Registration::new()?;
        let targets = front::xtables::Registration::new()?;
        let devices = front::device::Registration::new()?;
        front::xdp::register();
        Ok(Self {
            _devices: devices,
            _targets: targets,
            _namespaces: namespaces,
        })
    }
}

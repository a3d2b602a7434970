// SPDX-License-Identifier: GPL-2.0
//! The way back of the reply to a packet of a tarpit device.

use crate::drop_reason::DropReason;

/// The device's option `reply`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReplyBy {
    /// By the way that the packet came.
    Auto,
    /// By the routing tables, whichever way the packet came.
    Route,
}

/// The device that the packet came in by, before it was sent to the tarpit device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// None: the packet is from this host.
    Host,
    /// It has link-layer addresses that can be swapped.
    Ethernet,
    /// It is a tarpit device too.
    Tarpit,
    /// Loopback, or a device without such addresses: a tunnel.
    Other,
}

/// How a packet came to a tarpit device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// Where it came in.
    pub(crate) origin: Origin,
    /// A route led to the tarpit device.
    pub(crate) routed: bool,
    /// The tarpit device is a port of a bridge, or a macvlan's lower device.
    pub(crate) port: bool,
    /// `Some` if it was redirected while another device was about to send it; `Some(true)` if that
    /// device is known.
    pub(crate) egress: Option<bool>,
    /// It has an Ethernet header.
    pub(crate) ethernet: bool,
    /// IPsec has delivered it, or a policy may apply to what leaves.
    pub(crate) ipsec: bool,
}

/// A way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// As any packet of the host: by a route, netfilter and IPsec.
    Route,
    /// Out by the device that the packet came in by, with the MAC addresses swapped.
    Reflect,
    /// In by the tarpit device, with the MAC addresses swapped.
    Receive,
    /// In by the device that was about to send the packet, likewise.
    ReceiveWhereSent,
}

/// Chooses the way back.
///
/// # Errors
///
/// `NoRoute` if there is no way.
pub(crate) fn choose(reply: ReplyBy, arrival: &Arrival) -> Result<Way, DropReason> {
    if reply == ReplyBy::Route || arrival.routed {
        return Ok(Way::Route);
    }
    if arrival.port && arrival.ethernet {
        return Ok(Way::Receive);
    }
    match arrival.egress {
        Some(true) if arrival.ethernet => return Ok(Way::ReceiveWhereSent),
        Some(_) => return Err(DropReason::NoRoute),
        None => {}
    }
    match arrival.origin {
        Origin::Tarpit => Err(DropReason::NoRoute),
        Origin::Ethernet if arrival.ethernet && !arrival.ipsec => Ok(Way::Reflect),
        Origin::Host | Origin::Ethernet | Origin::Other => Ok(Way::Route),
    }
}

// SPDX-License-Identifier: GPL-2.0
//! The way back of a packet of a tarpit device, for all kinds of arrival.

use crate::drop_reason::DropReason::NoRoute;
use crate::policy::way::{choose, Arrival, Origin, ReplyBy, Way};

const ORIGINS: [Origin; 4] = [
    Origin::Host,
    Origin::Ethernet,
    Origin::Tarpit,
    Origin::Other,
];

/// A packet that was redirected from the ingress of an Ethernet device.
const REDIRECTED: Arrival = Arrival {
    origin: Origin::Ethernet,
    routed: false,
    port: false,
    egress: None,
    ethernet: true,
    ipsec: false,
};

fn every(mut visit: impl FnMut(Arrival)) {
    for origin in ORIGINS {
        for egress in [None, Some(false), Some(true)] {
            for bits in 0..16 {
                visit(Arrival {
                    origin,
                    egress,
                    routed: bits & 1 != 0,
                    port: bits & 2 != 0,
                    ethernet: bits & 4 != 0,
                    ipsec: bits & 8 != 0,
                });
            }
        }
    }
}

#[test]
fn a_redirected_packet_is_reflected() {
    assert_eq!(choose(ReplyBy::Auto, &REDIRECTED), Ok(Way::Reflect));
}

#[test]
fn reply_route_always_takes_the_route() {
    every(|arrival| assert_eq!(choose(ReplyBy::Route, &arrival), Ok(Way::Route)));
}

#[test]
fn what_was_routed_goes_back_by_a_route() {
    every(|arrival| {
        let routed = Arrival {
            routed: true,
            ..arrival
        };
        assert_eq!(choose(ReplyBy::Auto, &routed), Ok(Way::Route));
    });
}

#[test]
fn a_bridge_gets_the_reply_by_the_port() {
    for origin in ORIGINS {
        let arrival = Arrival {
            origin,
            port: true,
            ..REDIRECTED
        };
        assert_eq!(choose(ReplyBy::Auto, &arrival), Ok(Way::Receive));
    }
}

#[test]
fn what_was_about_to_leave_comes_back_there() {
    let arrival = |known| Arrival {
        egress: Some(known),
        ..REDIRECTED
    };
    assert_eq!(
        choose(ReplyBy::Auto, &arrival(true)),
        Ok(Way::ReceiveWhereSent)
    );
    assert_eq!(choose(ReplyBy::Auto, &arrival(false)), Err(NoRoute));
}

#[test]
fn what_ipsec_may_concern_is_never_reflected() {
    every(|arrival| {
        let arrival = Arrival {
            ipsec: true,
            ..arrival
        };
        assert_ne!(choose(ReplyBy::Auto, &arrival), Ok(Way::Reflect));
    });
}

#[test]
fn without_mac_addresses_nothing_goes_back_by_the_link() {
    every(|arrival| {
        let arrival = Arrival {
            ethernet: false,
            ..arrival
        };
        let way = choose(ReplyBy::Auto, &arrival);
        assert!(matches!(way, Ok(Way::Route) | Err(NoRoute)), "{arrival:?}");
    });
}

#[test]
fn nothing_is_reflected_to_a_tarpit_device() {
    let arrival = Arrival {
        origin: Origin::Tarpit,
        ..REDIRECTED
    };
    assert_eq!(choose(ReplyBy::Auto, &arrival), Err(NoRoute));
}

#[test]
fn a_tunnel_and_this_host_get_their_reply_by_a_route() {
    for origin in [Origin::Host, Origin::Other] {
        let arrival = Arrival {
            origin,
            ..REDIRECTED
        };
        assert_eq!(choose(ReplyBy::Auto, &arrival), Ok(Way::Route));
    }
}

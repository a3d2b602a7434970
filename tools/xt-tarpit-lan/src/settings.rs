// SPDX-License-Identifier: GPL-2.0
//! What the state machine may do, and its times.

use crate::frame::Mac;
use crate::range::Range;
use crate::time::{Ms, HOUR, MINUTE, SECOND};
use std::net::IpAddr;

/// No setting makes the daemon answer for an address sooner after a claim.
pub const LEAST_HOLD: Ms = MINUTE;
/// A hold never lasts longer.
pub const LONGEST_HOLD: Ms = 24 * HOUR;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The addresses that may be taken, if no other rule forbids it.
    pub ranges: Vec<Range>,
    /// Addresses of these ranges that are never taken.
    pub exclude: Vec<Range>,
    /// Addresses and MAC addresses whose questions are not answered.
    pub ignore_askers: Vec<IpAddr>,
    pub ignore_macs: Vec<Mac>,
    /// The same asker must ask again, at least `gap` and at most `window` later.
    pub gap: Ms,
    pub window: Ms,
    /// An address is taken after `probes` questions, `probe_interval` apart, if it then stays
    /// silent for `silence`.
    pub probes: u8,
    pub probe_interval: Ms,
    pub silence: Ms,
    /// How often a taken address is asked for again: every `recheck` while a peer is held, else
    /// every `idle_recheck`. If the last question is older than `fresh`, one more comes before an
    /// answer, which then waits for `wait`.
    pub recheck: Ms,
    pub idle_recheck: Ms,
    pub fresh: Ms,
    pub wait: Ms,
    /// A taken address without traffic is given up after `idle`.
    pub idle: Ms,
    /// How long an address is left alone after a claim (doubling), and after a frame from it.
    pub hold: Ms,
    pub seen: Ms,
    /// How long nothing is answered after a DHCP DISCOVER.
    pub dhcp_quiet: Ms,
    /// How long nothing is done after the link or the own addresses have changed.
    pub pause: Ms,
    /// How many addresses are taken at most.
    pub max: usize,
    /// ARP packets and neighbour messages a second.
    pub arp_rate: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ranges: Vec::new(),
            exclude: Vec::new(),
            ignore_askers: Vec::new(),
            ignore_macs: Vec::new(),
            gap: 500,
            window: MINUTE,
            probes: 12,
            probe_interval: 1_500,
            silence: 3 * SECOND,
            recheck: 10 * SECOND,
            idle_recheck: MINUTE,
            fresh: 5 * SECOND,
            wait: 400,
            idle: 10 * MINUTE,
            hold: 10 * MINUTE,
            seen: HOUR,
            dhcp_quiet: 3 * SECOND,
            pause: MINUTE,
            max: 256,
            arp_rate: 10,
        }
    }
}

// SPDX-License-Identifier: GPL-2.0
//! Which reply a segment must, may and must not get, according to docs/behaviour.md.

use crate::decode::{Facts, Why};
use crate::lab::{Address, Door, Family, Flow, Hook, Mode, Rule, DARK, DOORS};
use crate::numbers::Numbers;
use oracle::bytes::{ACK, FIN, PSH, RST, SYN};
use oracle::{decide, Options, Segment};

/// The kind of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// The tarpit's, in the network of this number.
    Own(u8),
    /// A neighbour's.
    Peer(u8),
    Dark,
    /// The subnet's own address, which some stacks treat as a host's.
    Subnet,
    /// Not the address of one host; there is no route to it.
    Unowned,
}

/// The only right reply.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// That of the reply.
    pub flow: Flow,
    pub flags: u8,
    /// None: it is the ISS, which the reply shows.
    pub seq: Option<u32>,
    pub ack: u32,
    pub window: u16,
    pub offers: Options,
    /// The IRS, if the number depends on it.
    pub irs: Option<u32>,
    /// The largest length from the IP header on.
    pub length: usize,
    /// The reply must come; else it may.
    pub must: bool,
}

/// How the frame was received, besides its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub door: Door,
    /// Its virtio header says that its checksum need not be verified.
    pub claimed: bool,
    /// Its virtio header is one of a correct driver.
    pub plain: bool,
}

/// The reply to a segment, or why there is none.
pub fn answer(rule: &Rule, entry: Entry, facts: &Facts, numbers: &Numbers) -> Result<Answer, Why> {
    let sure = match rule.hook {
        Hook::Device => sent_to_device(entry.door, facts)?,
        _ => way(rule, entry.door, facts)? && is_tracked(rule, facts),
    };
    let segment = Segment {
        flags: facts.flags,
        seq: facts.seq,
        ack: facts.ack,
        window: facts.window,
        payload: facts.payload,
        whole: facts.sum_right || entry.claimed,
        late: facts.offers.stamps.is_some(),
        tracked: None,
    };
    // The module's clock is not known here, so a keepalive of the honeypot may be late or not.
    let clock_decides =
        rule.mode == Mode::Honeypot && segment.late && facts.payload == 0 && facts.flags & FIN == 0;
    let iss = |irs| Some(numbers.get(rule.mode, &facts.flow, irs)?.iss);
    let decision = decide(rule.said(), &segment, iss);
    let reply = decision.reply?;
    Ok(Answer {
        flow: facts.flow.reversed(),
        flags: reply.flags,
        seq: reply.seq,
        ack: reply.ack,
        window: reply.window,
        offers: offers(facts, reply.flags),
        irs: decision.irs,
        length: facts.length,
        must: sure && facts.plain && entry.plain && !clock_decides,
    })
}

/// Whether the segment certainly reaches the device and comes back. A device answers for any host
/// and does not validate the source.
fn sent_to_device(door: Door, facts: &Facts) -> Result<bool, Why> {
    for end in [facts.flow.from, facts.flow.to] {
        let octets = end.octets();
        let one_host = match (end.family, octets[0]) {
            (Family::V4, 0) => octets[..4] != [0; 4],
            (Family::V4, 255) => octets[..4] != [255; 4],
            (Family::V4, first) => first != 127 && first & 0xf0 != 224,
            (Family::V6, 0) => octets[..15] != [0; 15] || octets[15] > 1,
            (Family::V6, first) => first != 255,
        };
        if !one_host {
            return Err("not of one host");
        }
    }
    let own = door.number();
    let from = whose(facts.flow.from) == Whose::Peer(own);
    let to = matches!(whose(facts.flow.to), Whose::Own(network) if network == own)
        || whose(facts.flow.to) == Whose::Dark;
    Ok(from && to)
}

/// Whether connection tracking certainly finds a connection in the segment, if a helper needs one.
fn is_tracked(rule: &Rule, facts: &Facts) -> bool {
    !rule.hook.helps() || [SYN, ACK, ACK | PSH].contains(&facts.flags)
}

/// Whether the segment certainly reaches the rule and the reply has a route.
fn way(rule: &Rule, door: Door, facts: &Facts) -> Result<bool, Why> {
    let own = door.number();
    let from = match whose(facts.flow.from) {
        Whose::Peer(network) => network == own,
        Whose::Dark | Whose::Subnet => false,
        Whose::Own(_) => return Err("our own source"),
        Whose::Unowned => return Err("no way back"),
    };
    if rule.hook.forwards() && facts.hops < 2 {
        return Err("hop limit exceeded");
    }
    let to = match (rule.hook.chain(), whose(facts.flow.to)) {
        (_, Whose::Unowned) => return Err("not to one host"),
        (Some("INPUT"), Whose::Own(network)) => network == own,
        (Some("INPUT"), _) => return Err("not for us"),
        (Some("FORWARD"), Whose::Own(_)) => return Err("for us"),
        (Some("FORWARD"), whose) => whose == Whose::Dark,
        (_, Whose::Own(network)) => network == own && facts.hops > 0,
        (_, whose) => whose == Whose::Dark,
    };
    Ok(from && to)
}

fn whose(address: Address) -> Whose {
    let octets = address.octets();
    let (network, host) = match address.family {
        Family::V4 if octets[0] == 10 && octets[2] == 0 => (octets[1], u64::from(octets[3])),
        Family::V6 if octets[0] == 0xfd && octets[2..8] == [0; 6] => {
            let host = octets[8..]
                .iter()
                .fold(0, |all, byte| all << 8 | u64::from(*byte));
            (octets[1], host)
        }
        _ => return Whose::Unowned,
    };
    let broadcast = address.family == Family::V4 && host == 255;
    match (network, host) {
        (DARK, 0) => Whose::Subnet,
        (DARK, _) => Whose::Dark,
        (0..DARK, _) if usize::from(network) >= DOORS.len() => Whose::Unowned,
        (0..DARK, 1) => Whose::Own(network),
        // A router is its subnet's anycast address.
        (0..DARK, 0) if address.family == Family::V6 => Whose::Unowned,
        (0..DARK, 0) => Whose::Subnet,
        (0..DARK, _) if broadcast => Whose::Unowned,
        (0..DARK, _) => Whose::Peer(network),
        _ => Whose::Unowned,
    }
}

/// A SYN-ACK has the options that the SYN offers; a later reply timestamps, if the segment had
/// them.
fn offers(facts: &Facts, flags: u8) -> Options {
    let stamps = match flags & RST {
        0 => facts.offers.stamps,
        _ => None,
    };
    match flags & SYN {
        0 => Options {
            stamps,
            ..Options::default()
        },
        _ => facts.offers,
    }
}

// SPDX-License-Identifier: GPL-2.0
//! What a segment must, may and must not be answered, as docs/behaviour.md says.

use crate::decode::{Facts, Offers, Why};
use crate::lab::{Address, Door, Family, Flow, Hook, Mode, Rule, DARK, DOORS};
use crate::numbers::Numbers;
use crate::wire::{ACK, FIN, RST, SYN};

/// Whose address it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// The tarpit's, in the network of this number.
    Own(u8),
    /// A neighbour's.
    Peer(u8),
    Dark,
    /// The address of a subnet itself, which some take for a host's.
    Subnet,
    /// Not one host's address; there is no route to it.
    Unowned,
}

/// The one answer that is right.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// That of the reply.
    pub flow: Flow,
    pub flags: u8,
    /// None: it is the ISS, which is to be learnt.
    pub seq: Option<u32>,
    pub ack: u32,
    pub window: u16,
    pub offers: Offers,
    /// The IRS, where the number belongs to it.
    pub irs: Option<u32>,
    /// At most so many bytes from the IP header on.
    pub length: usize,
    /// It must come; else it may.
    pub must: bool,
}

/// How the frame came, beside its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub door: Door,
    /// What came with it says that its checksum needs no proof.
    pub claimed: bool,
    /// What came with it is what an honest driver says.
    pub plain: bool,
}

/// The answer to a segment, or why there is none.
pub fn answer(rule: &Rule, entry: Entry, facts: &Facts, numbers: &Numbers) -> Result<Answer, Why> {
    let sure = way(rule, entry.door, facts)?;
    let mut answer = reply(rule, facts, numbers)?;
    if !facts.sum_right && !entry.claimed {
        return Err("checksum");
    }
    answer.must = sure && facts.plain && entry.plain;
    Ok(answer)
}

/// Whether the segment comes to the rule and its answer finds its way, for sure.
fn way(rule: &Rule, door: Door, facts: &Facts) -> Result<bool, Why> {
    let own = door.number();
    let from = match whose(facts.flow.from) {
        Whose::Peer(network) => network == own,
        Whose::Dark | Whose::Subnet => false,
        Whose::Own(_) => return Err("our own source"),
        Whose::Unowned => return Err("no way back"),
    };
    if rule.hook == Hook::Forward && facts.hops < 2 {
        return Err("hop limit exceeded");
    }
    let to = match (rule.hook, whose(facts.flow.to)) {
        (_, Whose::Unowned) => return Err("not to one host"),
        (Hook::Input, Whose::Own(network)) => network == own,
        (Hook::Input, _) => return Err("not for us"),
        (Hook::Forward, Whose::Own(_)) => return Err("for us"),
        (Hook::Forward, whose) => whose == Whose::Dark,
        (Hook::Prerouting, Whose::Own(network)) => network == own && facts.hops > 0,
        (Hook::Prerouting, whose) => whose == Whose::Dark,
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

/// What the mode answers to the segment, by its bytes alone.
fn reply(rule: &Rule, facts: &Facts, numbers: &Numbers) -> Result<Answer, Why> {
    let has = |bit| facts.flags & bit != 0;
    let plain = Answer {
        flow: facts.flow.reversed(),
        flags: ACK,
        seq: None,
        ack: 0,
        window: rule.window,
        offers: Offers::default(),
        irs: None,
        length: facts.length,
        must: false,
    };
    if has(RST) {
        return Err("a reset");
    }
    let odd = (!has(SYN) && !has(ACK)) || (has(SYN) && has(FIN));
    if odd && rule.mode != Mode::Reset {
        return Err("odd flags");
    }
    let taken = facts.payload + u32::from(has(SYN)) + u32::from(has(FIN));
    match (rule.mode, has(SYN), has(ACK)) {
        (Mode::Reset, _, false) => Ok(reset(plain, 0, Some(facts.seq.wrapping_add(taken)))),
        (Mode::Tarpit, true, true) => Err("a SYN-ACK"),
        (Mode::Reset, _, true) | (_, true, true) => Ok(reset(plain, facts.ack, None)),
        (_, true, false) => Ok(Answer {
            flags: SYN | ACK,
            ack: facts.seq.wrapping_add(1),
            offers: facts.offers,
            irs: Some(facts.seq),
            ..plain
        }),
        (Mode::Tarpit, false, _) => Err("tarpit is silent"),
        (Mode::Persist, false, _) => persist(plain, facts, numbers),
        (Mode::Honeypot, false, _) => honeypot(plain, facts, numbers),
    }
}

fn reset(plain: Answer, seq: u32, ack: Option<u32>) -> Answer {
    Answer {
        flags: RST | if ack.is_some() { ACK } else { 0 },
        seq: Some(seq),
        ack: ack.unwrap_or(0),
        window: 0,
        ..plain
    }
}

fn persist(plain: Answer, facts: &Facts, numbers: &Numbers) -> Result<Answer, Why> {
    let verifies = |irs| {
        let number = numbers.get(Mode::Persist, &facts.flow, irs)?;
        (number.iss.wrapping_add(1) == facts.ack).then_some(irs)
    };
    let irs = verifies(facts.seq.wrapping_sub(1)).or_else(|| verifies(facts.seq));
    let una = irs.ok_or("a number that is not ours")?.wrapping_add(1);
    if facts.payload == 0 && facts.window == 0 {
        return Err("it looks like our own answer");
    }
    if facts.seq == una && facts.payload == 0 && facts.flags & FIN == 0 {
        return Err("the handshake's end");
    }
    Ok(Answer {
        seq: Some(facts.ack),
        ack: una,
        window: 0,
        offers: stamps(facts),
        irs,
        ..plain
    })
}

fn honeypot(plain: Answer, facts: &Facts, numbers: &Numbers) -> Result<Answer, Why> {
    let number = numbers.get(Mode::Honeypot, &facts.flow, 0);
    let ours = number
        .ok_or("a number that is not ours")?
        .iss
        .wrapping_add(1);
    if ours != facts.ack {
        return Err("a number that is not ours, or the last one");
    }
    let fin = facts.flags & FIN;
    if facts.payload == 0 && fin == 0 {
        return Err("nothing to acknowledge");
    }
    Ok(Answer {
        flags: ACK | fin,
        seq: Some(ours),
        ack: facts.seq.wrapping_add(facts.payload + u32::from(fin)),
        offers: stamps(facts),
        irs: Some(0),
        ..plain
    })
}

/// A later answer has timestamps if the segment had.
fn stamps(facts: &Facts) -> Offers {
    Offers {
        stamps: facts.offers.stamps,
        ..Offers::default()
    }
}

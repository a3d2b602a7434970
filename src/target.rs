// SPDX-License-Identifier: GPL-2.0
//! The story on one screen: what happens to a rule, and to a packet.

use crate::counters::{Event, Tally};
use crate::ignored::Ignored;
use crate::net::{
    draft::Draft,
    ffi::Verdict,
    namespace,
    packet::{Headers, Packet},
    route::Route,
    xtables,
};
use crate::policy::{
    self,
    age::{Age, Heard, Place},
    iss::Keyed,
    Mode, Witness,
};
use crate::rule::{Refusal, Rule};
use crate::wire::{Family, Flow, Reply, Segment};
use core::cell::Cell;

/// `-j TARPIT`.
pub(crate) struct Tarpit;

impl xtables::Target for Tarpit {
    fn check(rule: &impl Rule, in_nat: bool) -> Result<(), Refusal> {
        if in_nat {
            return Err(c"the nat table sees no whole connections: use filter, mangle or raw");
        }
        rule.check()?;
        namespace::wait_for_random();
        Ok(())
    }

    #[inline(always)]
    fn target<const IPV6: bool>(rule: &impl Rule, packet: Packet<'_>) -> Verdict {
        let family = if IPV6 { Family::V6 } else { Family::V4 };
        let (mode, namespace) = (rule.mode(), packet.namespace());
        let age = Cell::new(Age::NoTimestamps);
        let (packet, reason) = match decide(&packet, family, mode, &age) {
            Err(reason) => (packet, reason),
            Ok(answer) => match answer.send(packet, family, (mode, age.get())) {
                Err(unsent) => unsent,
                Ok(verdict) => {
                    namespace.count(Event::Reply(mode).index(family));
                    return verdict;
                }
            },
        };
        namespace.count(Event::Ignored(reason).index(family));
        if packet.traced() {
            packet.trace_ignored(mode.name(), reason.name(), age.get().milliseconds());
        }
        Verdict::Drop
    }
}

/// What a packet gets, and the way there.
struct Answer {
    reply: Reply,
    back: Flow,
    route: Route,
}

/// Decides what the packet gets, or tells why it gets nothing.
#[inline(always)]
fn decide(
    packet: &Packet<'_>,
    family: Family,
    mode: Mode,
    age: &Cell<Age>,
) -> Result<Answer, Ignored> {
    let mut copy = Headers::new();
    let segment = Segment::parse(family, packet.headers(&mut copy), packet.len())?;
    packet.check_way_in()?;
    let numbers = Keyed {
        key: packet.key()?,
        clock: namespace::now,
    };
    let scene = Scene {
        mode,
        segment: &segment,
        packet,
        age,
    };
    let reply = policy::decide(mode, &segment, &numbers, &scene)?;
    packet.route_in()?;
    let back = segment.flow().reversed();
    let route = Route::back(packet, &back)?;
    Ok(Answer { reply, back, route })
}

impl Answer {
    /// Turns the packet into the answer or sends that beside it; gives it back where that fails.
    #[inline(always)]
    fn send<'a>(
        self,
        packet: Packet<'a>,
        family: Family,
        (mode, age): (Mode, Age),
    ) -> Result<Verdict, (Packet<'a>, Ignored)> {
        let Self { reply, back, route } = self;
        let way = route.way();
        let mut draft = Draft::new(packet, reply.length(family), route)?;
        reply.emit(&back, way, draft.bytes());
        if matches!(reply, Reply::Rst(_)) {
            draft.set_closing();
        }
        if draft.traced() {
            draft.trace(mode.name(), age.milliseconds());
        }
        Ok(draft.send())
    }
}

/// What is at hand while a decision is made.
struct Scene<'a> {
    mode: Mode,
    segment: &'a Segment<'a>,
    packet: &'a Packet<'a>,
    age: &'a Cell<Age>,
}

impl Witness for Scene<'_> {
    #[inline(always)]
    fn sum(&self) -> Result<(), Ignored> {
        self.packet.check_checksum(self.segment)
    }

    #[inline(always)]
    fn heard(&self, clock: impl Fn() -> u32, place: Place) {
        let heard = Heard::new(self.segment, &clock, place);
        if let Some(tally) = Tally::new(self.mode, &heard) {
            self.packet.namespace().tally(&tally);
        }
        if self.packet.traced() {
            self.age.set(Age::of(self.segment, clock));
        }
    }
}

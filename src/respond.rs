// SPDX-License-Identifier: GPL-2.0
//! What happens to a packet: parse, classify, verify, decide, route, send.
//!
//! All fronts share this; it imports none of them.

use crate::counters::{self, CounterUpdate, Event};
use crate::drop_reason::DropReason;
use crate::kapi::{
    netns,
    packet::{Headers, Packet},
    reply::ReplySkb,
    route::Route,
    Verdict,
};
use crate::policy::{self, age::Age, census, cookie::CookieContext, Classified, Mode};
use crate::wire::{Family, Flow, Reply, Segment};

/// A reply that was sent.
pub(crate) struct Sent {
    /// What becomes of the packet that it answers.
    pub(crate) verdict: Verdict,
    /// Its length in bytes, from the IP header on.
    pub(crate) length: usize,
}

/// Answers a packet.
///
/// # Errors
///
/// The reason why there is no reply; the packet is to be dropped.
#[inline(always)]
pub(crate) fn respond<const IPV6: bool>(
    mode: Mode,
    packet: Packet<'_>,
) -> Result<Sent, DropReason> {
    let family = Family::of(IPV6);
    let netns = packet.netns();
    let mut seen = Seen::new(mode);
    let (packet, reason) = match answer(&packet, family, mode, &mut seen) {
        Err(reason) => (packet, reason),
        Ok(answer) => match answer.send(packet, family, &seen) {
            Err(unsent) => unsent,
            Ok(sent) => {
                netns.count(Event::Reply(mode).index(family));
                return Ok(sent);
            }
        },
    };
    Err(ignore(&packet, family, reason, &seen))
}

/// Counts a packet that gets no reply for a reason that its entrance has found.
#[cold]
pub(crate) fn refuse<const IPV6: bool>(
    mode: Mode,
    packet: &Packet<'_>,
    reason: DropReason,
) -> DropReason {
    ignore(packet, Family::of(IPV6), reason, &Seen::new(mode))
}

/// What the tracepoints show of a packet.
struct Seen {
    mode: Mode,
    /// Whether the connection was up before the rule.
    live: bool,
    /// How long ago we last answered the peer.
    age: Age,
}

impl Seen {
    const fn new(mode: Mode) -> Self {
        Self {
            mode,
            live: false,
            age: Age::NoTimestamps,
        }
    }

    /// What they call the mode.
    const fn mode(&self) -> &'static str {
        if self.live {
            "live"
        } else {
            self.mode.name()
        }
    }
}

/// Counts a packet that gets no reply, and tells the tracepoint.
#[inline(always)]
fn ignore(packet: &Packet<'_>, family: Family, reason: DropReason, seen: &Seen) -> DropReason {
    packet.netns().count(Event::Dropped(reason).index(family));
    if packet.traced() {
        packet.trace_ignored(seen.mode(), reason.name(), seen.age.milliseconds());
    }
    reason
}

/// A reply and its route.
struct Answer {
    reply: Reply,
    back: Flow,
    route: Route,
}

/// Decides the reply to a packet. Updates `seen` for a verified peer if a tracepoint is enabled.
#[inline(always)]
fn answer(
    packet: &Packet<'_>,
    family: Family,
    mode: Mode,
    seen: &mut Seen,
) -> Result<Answer, DropReason> {
    let mut copy = Headers::new();
    let segment = Segment::parse(family, packet.headers(&mut copy), packet.len())?;
    packet.check_input()?;
    let cookies = CookieContext {
        key: packet.key()?,
        clock: netns::now,
    };
    let classified = policy::classify(mode, &segment, &cookies, || packet.tracked())?;
    packet.check_checksum(&segment)?;
    if let Some(kind) = census::sender(&segment, &classified) {
        packet.netns().count(counters::syn(family, kind));
    }
    let decision = policy::decide(mode, &segment, &classified, &cookies);
    if let Some(activity) = policy::observe(&segment, &classified, &decision, &cookies) {
        if let Some(update) = CounterUpdate::new(mode, &activity) {
            packet.netns().update(&update);
        }
    }
    if packet.traced() {
        seen.live = matches!(classified, Classified::Live(_));
        if let Some(cookie) = classified.cookie() {
            seen.age = Age::of(&segment, || cookie.clock(&cookies));
        }
    }
    let reply = decision?;
    if let Classified::Live(_) = classified {
        packet.set_answered();
    }
    packet.route_in()?;
    let back = segment.flow().reversed();
    let route = Route::back(packet, &back)?;
    Ok(Answer { reply, back, route })
}

impl Answer {
    /// Sends the reply, in the packet's own skb or in a new one. On failure returns the packet.
    #[inline(always)]
    fn send<'a>(
        self,
        packet: Packet<'a>,
        family: Family,
        seen: &Seen,
    ) -> Result<Sent, (Packet<'a>, DropReason)> {
        let Self { reply, back, route } = self;
        let path = route.path_info();
        let length = reply.length(family);
        let mut skb = ReplySkb::new(packet, length, route)?;
        reply.emit(&back, path, skb.bytes());
        if matches!(reply, Reply::Rst(_)) {
            skb.set_closing();
        }
        if skb.traced() {
            skb.trace(seen.mode(), seen.age.milliseconds());
        }
        Ok(Sent {
            verdict: skb.send(),
            length,
        })
    }
}

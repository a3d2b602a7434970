// SPDX-License-Identifier: GPL-2.0
//! One rule, one door: batches of frames go in, and what comes out is checked.

use crate::account::Account;
use crate::captured::{Captured, State};
use crate::contract::Answer;
use crate::dice::Dice;
use crate::doors::{Doors, Exit};
use crate::expected::Expected;
use crate::item::{Counters, Frame, Item};
use crate::lab::{Address, Door, Flow, Rule, DARK, PEER};
use crate::numbers::Numbers;
use crate::reply::Reply;
use crate::segment::Segment;
use crate::story;
use crate::sys;
use std::collections::HashMap;

/// The number of connections, each of which sends one item per batch.
pub const SLOTS: usize = 64;
/// The port of the SYN that ends a batch. Others may use it too; the SYN is known by its number.
const MARKER: u16 = 7;
/// Milliseconds within which any reply has arrived.
const PATIENCE: i32 = 10_000;
/// Milliseconds after which GRO has delivered held segments.
const HELD: i32 = 5;

/// The state of a run.
pub struct Run {
    pub dice: Dice,
    pub doors: Doors,
    pub numbers: Numbers,
    pub account: Account,
    counters: Counters,
    markers: u32,
}

/// A batch that is being sent.
struct Batch {
    items: Vec<(Item, Expected, usize)>,
    by_flow: HashMap<Flow, Vec<usize>>,
    marker: (u32, bool),
    began: u64,
}

impl Run {
    pub fn new(seed: u64, doors: Doors) -> Self {
        Self {
            dice: Dice::new(seed),
            doors,
            numbers: Numbers::default(),
            account: Account::new(),
            counters: Counters::default(),
            markers: 0,
        }
    }

    /// Sends at least so many mutated frames to the rule.
    pub fn visit(&mut self, rule: &Rule, door: Door, frames: u64) -> Result<(), String> {
        let place = (rule, door);
        let mut slots = [None; SLOTS];
        let until = self.account.mutated + frames;
        while self.account.mutated < until {
            let mut batch = Batch::new();
            for index in 0..SLOTS {
                let dice = &mut self.dice;
                let segment = story::next(dice, &mut slots, index, place, &self.numbers);
                let item = Item::new(dice, segment, place, &mut self.counters);
                self.send(&mut batch, item, place);
            }
            self.end(batch, place)?;
        }
        Ok(())
    }

    /// Sends all captured segments in each variant to the rule.
    pub fn replay(&mut self, rule: &Rule, door: Door, all: &[Captured]) -> Result<(), String> {
        let place = (rule, door);
        for state in State::of(rule.mode) {
            for some in all.chunks(SLOTS) {
                let mut batch = Batch::new();
                for captured in some {
                    if let Some(item) = captured.item(*state, place, &self.numbers) {
                        self.send(&mut batch, item, place);
                    }
                }
                self.end(batch, place)?;
            }
        }
        Ok(())
    }

    fn send(&mut self, batch: &mut Batch, item: Item, (rule, door): (&Rule, Door)) {
        let mut sent = Vec::new();
        for frame in &item.frames {
            sent.push(self.doors.send(&mut self.dice, door, frame));
        }
        self.account.frames += sent.len() as u64;
        let taken = sent.iter().filter(|sent| **sent).count() as u64;
        self.account.refused += sent.len() as u64 - taken;
        self.account.mutated += if item.mutated { taken } else { 0 };
        let expected = item.expected(&sent, (rule, door), &self.numbers);
        self.account.bytes += expected.bytes as u64;
        let index = batch.items.len();
        for answer in &expected.answers {
            let waiting = batch.by_flow.entry(answer.flow).or_default();
            if waiting.last() != Some(&index) {
                waiting.push(index);
            }
        }
        batch.items.push((item, expected, 0));
    }

    /// Checks that the batch gets exactly the expected replies.
    fn end(&mut self, mut batch: Batch, (rule, door): (&Rule, Door)) -> Result<(), String> {
        let told = |fault| format!("{rule:?} {door:?}: {fault}");
        batch.marker.0 = self.mark(rule, door);
        self.hear(rule, door, &mut batch).map_err(told)?;
        self.close(&batch).map_err(told)
    }

    /// Sends a SYN that any mode answers; returns the number that the reply acknowledges.
    fn mark(&mut self, rule: &Rule, door: Door) -> u32 {
        self.markers += 1;
        let family = rule.family;
        let dark = rule.hook.forwards();
        let flow = Flow {
            from: Address::host(family, door.number(), PEER),
            to: Address::host(family, if dark { DARK } else { door.number() }, 1),
            sport: MARKER,
            dport: MARKER,
        };
        let segment = Segment::syn(flow, self.markers);
        let frame = Frame::of(&segment.packet(), family, door);
        self.doors.send(&mut self.dice, door, &frame);
        self.markers + 1
    }

    /// Checks all packets up to the reply to the marker, and those that GRO still holds then.
    fn hear(&mut self, rule: &Rule, door: Door, batch: &mut Batch) -> Result<(), String> {
        loop {
            while let Some((exit, packet)) = self.doors.receive(rule.family, door) {
                self.check(rule, batch, exit, &packet?)?;
            }
            if batch.marker.1 {
                break;
            }
            if !self.doors.wait(PATIENCE) {
                return Err("no reply to the SYN that ends a batch".into());
            }
        }
        if door.merges() {
            self.doors.wait(HELD);
            while let Some((exit, packet)) = self.doors.receive(rule.family, door) {
                self.check(rule, batch, exit, &packet?)?;
            }
        }
        Ok(())
    }

    fn check(
        &mut self,
        rule: &Rule,
        batch: &mut Batch,
        exit: Exit,
        packet: &[u8],
    ) -> Result<(), String> {
        if exit == Exit::Loopback {
            return Err(format!("by lo left {packet:02x?}"));
        }
        let read = Reply::new(rule.family, packet, exit == Exit::Dark);
        let reply = read.map_err(|fault| format!("{fault}: {packet:02x?}"))?;
        self.account.reply(reply.kind(), packet);
        if reply.facts.flow.dport == MARKER && reply.facts.ack == batch.marker.0 {
            batch.marker.1 = true;
            return Ok(());
        }
        let (answer, several) = batch.find(&reply)?;
        self.account.merged += u64::from(several);
        let Some(irs) = answer.irs else {
            return Ok(());
        };
        let iss = reply
            .facts
            .seq
            .wrapping_sub(u32::from(answer.seq.is_some()));
        let clock = reply.facts.offers.stamps.map(|(value, _)| value);
        let at = (batch.began, sys::milliseconds());
        let whose = (rule.mode, &answer.flow.reversed(), irs);
        self.numbers.note(whose, (iss, clock), at)
    }

    /// Checks that every frame that must be answered has been.
    fn close(&mut self, batch: &Batch) -> Result<(), String> {
        for (item, expected, used) in &batch.items {
            if expected.must && *used == 0 {
                return Err(format!("no reply to {item}, but {:?}", expected.answers[0]));
            }
            self.account.required += u64::from(expected.must);
            if let (true, Some(why)) = (expected.answers.is_empty(), expected.why) {
                *self.account.silent.entry(why).or_default() += 1;
            }
        }
        Ok(())
    }
}

impl Batch {
    fn new() -> Self {
        Self {
            items: Vec::new(),
            by_flow: HashMap::new(),
            marker: (0, false),
            began: sys::milliseconds(),
        }
    }

    /// Finds the item that the reply answers, which may have only one: those that must be answered
    /// come first, because a keepalive that may be answered gets the same reply as the byte behind
    /// it. True: it answers several frames.
    fn find(&mut self, reply: &Reply) -> Result<(Answer, bool), String> {
        let mut waiting = self
            .by_flow
            .get(&reply.facts.flow)
            .cloned()
            .unwrap_or_default();
        waiting.sort_by_key(|index| !self.items[*index].1.must);
        let mut faults = Vec::new();
        for index in waiting {
            let (item, expected, used) = &mut self.items[index];
            if *used >= expected.most {
                faults.push(format!("one more than {used} replies to {item}"));
                continue;
            }
            for (place, answer) in expected.answers.iter().enumerate() {
                match reply.is(answer) {
                    Ok(()) => {
                        *used += 1;
                        return Ok((*answer, place > 0 && item.frames.len() > 1));
                    }
                    Err(fault) => faults.push(format!("{fault}: {answer:?}, for {item}")),
                }
            }
        }
        faults.extend(self.silent(reply));
        Err(format!(
            "{:?} answers nothing.\n{}",
            reply.facts,
            faults.join("\n")
        ))
    }

    /// The items that are to get no reply, but have the ports of this one.
    fn silent(&self, reply: &Reply) -> Vec<String> {
        let flow = reply.facts.flow.reversed();
        let ports = [flow.sport.to_be_bytes(), flow.dport.to_be_bytes()].concat();
        let items = self.items.iter().filter(|(item, expected, _)| {
            let has_ports = |frame: &Frame| frame.bytes.windows(4).any(|bytes| bytes == ports);
            expected.answers.is_empty() && item.frames.iter().any(has_ports)
        });
        items
            .map(|(item, expected, _)| format!("{:?}: {item}", expected.why))
            .collect()
    }
}

// SPDX-License-Identifier: GPL-2.0
//! The replies that the oracle expects to the frames that were sent.

use crate::contract::{answer, Answer, Entry};
use crate::decode::{decode, Facts, Why};
use crate::item::{Frame, Item};
use crate::lab::{Door, Family, Hook, Rule};
use crate::numbers::Numbers;

/// The possible replies.
#[derive(Default)]
pub struct Expected {
    pub answers: Vec<Answer>,
    /// The largest number of replies.
    pub most: usize,
    pub must: bool,
    /// Why nothing may come.
    pub why: Option<Why>,
    /// Bytes sent, from the IP header on.
    pub bytes: usize,
}

impl Item {
    /// Decodes the frames and computes the expected replies.
    pub fn expected(
        &self,
        sent: &[bool],
        (rule, door): (&Rule, Door),
        numbers: &Numbers,
    ) -> Expected {
        let mut expected = Expected::default();
        let mut seen: Vec<Result<(Facts, Entry), Why>> = Vec::new();
        for (frame, sent) in self.frames.iter().zip(sent) {
            if *sent {
                expected.bytes += frame.bytes.len() - door.link();
                seen.push(frame.read(rule, door));
            }
        }
        for first in 0..seen.len() {
            for end in first + 1..=seen.len().min(first + if door.merges() { 20 } else { 1 }) {
                let must = expected.add(merged(&seen[first..end]), rule, numbers);
                // The first segment of a train is answered alone or merged with others.
                if first == 0 {
                    expected.must = must.unwrap_or(expected.must) && (end == 1 || expected.must);
                }
            }
        }
        expected.most = seen.len();
        // Connection tracking reassembles fragments; the host itself does, of IPv6 after INPUT.
        let reassembled =
            rule.hook.helps() || (rule.hook == Hook::Input && rule.family == Family::V4);
        if let (Some(whole), true, true) = (&self.whole, seen.len() > 1, reassembled) {
            let entry = Entry {
                door,
                claimed: false,
                plain: sent.iter().all(|sent| *sent),
            };
            let facts = decode(rule.family, whole, false).map(|facts| (facts, entry));
            expected.add(facts, rule, numbers);
            expected.most = 1;
        }
        expected
    }
}

impl Expected {
    /// Adds a possible segment. Returns whether it certainly gets a reply, or none if it gets none.
    fn add(
        &mut self,
        seen: Result<(Facts, Entry), Why>,
        rule: &Rule,
        numbers: &Numbers,
    ) -> Option<bool> {
        match seen.and_then(|(facts, entry)| answer(rule, entry, &facts, numbers)) {
            Ok(answer) => {
                self.answers.push(answer);
                Some(answer.must)
            }
            Err(why) => {
                self.why = Some(why);
                None
            }
        }
    }
}

/// Consecutive segments merged into one.
fn merged(seen: &[Result<(Facts, Entry), Why>]) -> Result<(Facts, Entry), Why> {
    let (mut all, entry) = seen[0]?;
    for one in &seen[1..] {
        let (facts, _) = (*one)?;
        all.flags |= facts.flags;
        all.length += facts.payload as usize;
        all.payload += facts.payload;
    }
    Ok((all, entry))
}

impl Frame {
    /// What reaches the rule, or why it does not, or need not be answered.
    fn read(&self, rule: &Rule, door: Door) -> Result<(Facts, Entry), Why> {
        if !self.addressed {
            return Err("another link-layer address");
        }
        let offload = self.offload.unwrap_or_default();
        let super_packet = offload.super_packet();
        let facts = decode(rule.family, &self.bytes[door.link()..], super_packet)?;
        let tcp = facts.tcp + door.link();
        let entry = Entry {
            door,
            claimed: offload.claims(),
            plain: offload.plain(rule.family, tcp, facts.trailed),
        };
        Ok((facts, entry))
    }
}

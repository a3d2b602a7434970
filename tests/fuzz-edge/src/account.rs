// SPDX-License-Identifier: GPL-2.0
//! Counts what was sent and what was received.

use crate::decode::Why;
use std::collections::BTreeMap;
use std::fmt;

/// Kinds of reply, as Reply::kind counts them.
const KINDS: [&str; 4] = ["SYN-ACK", "ACK", "FIN-ACK", "RST"];

/// The account.
pub struct Account {
    pub frames: u64,
    /// Frames that the kernel refused to send.
    pub refused: u64,
    /// Sent frames that no real peer would send.
    pub mutated: u64,
    pub bytes: u64,
    pub replies: [u64; 4],
    pub reply_bytes: u64,
    /// Replies to more than one frame.
    pub merged: u64,
    /// Frames that had to be answered and were.
    pub required: u64,
    /// Why the others must get no reply.
    pub silent: BTreeMap<Why, u64>,
    /// One line per round.
    pub rounds: Vec<String>,
    /// A hash of all bytes of all replies, in their order (FNV-1a).
    pub digest: u64,
}

impl Account {
    pub fn new() -> Self {
        Self {
            frames: 0,
            refused: 0,
            mutated: 0,
            bytes: 0,
            replies: [0; 4],
            reply_bytes: 0,
            merged: 0,
            required: 0,
            silent: BTreeMap::new(),
            rounds: Vec::new(),
            digest: 0xcbf2_9ce4_8422_2325,
        }
    }

    /// Adds a reply of this kind.
    pub fn reply(&mut self, kind: usize, bytes: &[u8]) {
        self.replies[kind] += 1;
        self.reply_bytes += bytes.len() as u64;
        for byte in bytes {
            self.digest = (self.digest ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }

    /// A kind of reply that never occurred, if any.
    pub fn missing(&self) -> Option<&'static str> {
        let none = self.replies.iter().position(|count| *count == 0);
        none.map(|kind| KINDS[kind])
    }

    /// The number of replies.
    pub fn answered(&self) -> u64 {
        self.replies.iter().sum()
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.rounds {
            writeln!(f, "{line}")?;
        }
        let taken = self.frames - self.refused;
        writeln!(
            f,
            "{} frames, {taken} of them taken, {} of those mutated, {} bytes",
            self.frames, self.mutated, self.bytes
        )?;
        write!(
            f,
            "{} replies, {} bytes:",
            self.answered(),
            self.reply_bytes
        )?;
        for (name, count) in KINDS.iter().zip(self.replies) {
            write!(f, " {count} {name}")?;
        }
        writeln!(
            f,
            "; {} required, {} for several frames",
            self.required, self.merged
        )?;
        for (why, count) in &self.silent {
            writeln!(f, "  silence, {why}: {count}")?;
        }
        write!(f, "digest {:016x}", self.digest)
    }
}

// SPDX-License-Identifier: GPL-2.0
//! A second implementation of docs/behaviour.md, simple and slow, which shares no code with the
//! module; and a builder of packets.

#![forbid(unsafe_code)]

pub mod bytes;
mod decision;
mod options;
pub mod packet;
mod segment;

pub use decision::{decide, Decision, Mode, Place, Reply, Segment, Tracked};
pub use options::{options, Options};
pub use segment::{read, Family, Fields};

/// Why a packet gets no reply: a reason of section 2 of docs/behaviour.md.
pub type Reason = &'static str;

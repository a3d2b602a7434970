// SPDX-License-Identifier: GPL-2.0
//! The contract (docs/behaviour.md), said a second time: flat, slow, with indices, and sharing no
//! line with the module.

#![forbid(unsafe_code)]

pub mod bytes;
mod decision;
mod options;
mod segment;

pub use decision::{decide, Decision, Mode, Place, Reply, Segment};
pub use options::{options, Options};
pub use segment::{read, Family, Fields};

/// Why a packet gets no reply: a name of the contract's section 2.
pub type Reason = &'static str;

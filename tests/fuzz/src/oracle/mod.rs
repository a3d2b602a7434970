// SPDX-License-Identifier: GPL-2.0
//! The contract, said a second time: flat, slow, with indices, and sharing no line with the module.

mod decision;
mod options;
mod segment;

pub use decision::{decision, Wanted};
pub use options::options;
pub use segment::{segment, sum, Fields};

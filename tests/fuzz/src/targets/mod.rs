// SPDX-License-Identifier: GPL-2.0
//! The targets, one a file.

mod decide;
mod emit;
mod lan;
mod options;
mod parse;
mod round_trip;

pub use decide::decide;
pub use emit::emit;
pub use lan::lan;
pub use options::options;
pub use parse::parse;
pub use round_trip::round_trip;

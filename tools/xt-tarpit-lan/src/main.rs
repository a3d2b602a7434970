// SPDX-License-Identifier: GPL-2.0
//! xt-tarpit-lan: see the man page xt-tarpit-lan(8).

use std::process::ExitCode;
use xt_tarpit_lan::edge::{command, journal};

fn main() -> ExitCode {
    match command::main() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            journal::log(
                journal::Level::Error,
                format_args!("xt-tarpit-lan: {error}"),
            );
            ExitCode::FAILURE
        }
    }
}

// SPDX-License-Identifier: GPL-2.0
//! xt-tarpit-lan: see the man page xt-tarpit-lan(8).

use std::process::ExitCode;
use tracing::error;
use xt_tarpit_lan::edge::{command, journal};

fn main() -> ExitCode {
    journal::start();
    match command::main() {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            error!("xt-tarpit-lan: {text}");
            ExitCode::FAILURE
        }
    }
}

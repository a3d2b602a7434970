// SPDX-License-Identifier: GPL-2.0
//! The command line of xt-tarpit.

mod elf;

use clap::{Args, Parser, Subcommand};
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use xt_tarpit::top::{run, Reports};
use xt_tarpit::watch::Limits;
use xt_tarpit::xdp::cli::Xdp;

/// Looks after the tarpit xt_TARPIT.
#[derive(Parser)]
#[command(name = "xt-tarpit", version = version())]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Shows who is held now.
    Top(Top),
    /// Answers by an XDP program at an interface.
    #[command(subcommand)]
    Xdp(Xdp),
}

#[derive(Args)]
struct Top {
    /// Write lines of JSON to standard output instead of a screen.
    #[arg(long)]
    json: bool,
    /// Write the addresses that are held for longest to FILE, for node_exporter.
    #[arg(long, value_name = "FILE")]
    prometheus: Option<PathBuf>,
    /// How many addresses FILE has.
    #[arg(long, value_name = "N", default_value_t = 20)]
    addresses: usize,
    /// Report each N seconds.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = seconds(86_400))]
    interval: i64,
    /// Keep N connections; the least recent one leaves a full table.
    #[arg(long, value_name = "N", default_value = "4096", value_parser = rows)]
    rows: NonZeroUsize,
    /// Take a peer that has sent nothing for N seconds for gone.
    #[arg(long, value_name = "N", default_value_t = 600, value_parser = seconds(8_640_000))]
    forget: i64,
    /// Look at about N events a second; above that, at samples.
    #[arg(long, value_name = "N", default_value_t = 50_000)]
    budget: u64,
    /// Show the countries that this GeoIP database (.mmdb) knows.
    #[arg(long, value_name = "FILE")]
    geoip: Option<PathBuf>,
}

fn seconds(most: i64) -> clap::builder::RangedI64ValueParser {
    clap::value_parser!(i64).range(1..=most)
}

fn rows(text: &str) -> Result<NonZeroUsize, String> {
    let number: NonZeroUsize = text
        .parse()
        .map_err(|_| "not a number above 0".to_owned())?;
    if number.get() > 1_000_000 {
        return Err("at most 1000000".to_owned());
    }
    Ok(number)
}

/// The version has one place, debian/changelog, whose first line is `xt-tarpit (VERSION) …`.
fn version() -> &'static str {
    let changelog = include_str!("../../../debian/changelog");
    let version = changelog.split(['(', ')']).nth(1);
    version.unwrap_or("unknown")
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Top(command) => top(command),
        Command::Xdp(command) => xt_tarpit::xdp::run::run(&command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error may have gone with the terminal.
            let _ = writeln!(io::stderr(), "xt-tarpit: {error}");
            ExitCode::FAILURE
        }
    }
}

fn top(top: Top) -> Result<(), String> {
    let limits = Limits {
        rows: top.rows,
        forget: top.forget.saturating_mul(1000),
        budget: top.budget,
        geoip: top.geoip,
    };
    let reports = Reports {
        json: top.json,
        prometheus: top.prometheus,
        addresses: top.addresses,
        interval: top.interval.saturating_mul(1000),
    };
    run(&limits, &reports)
}

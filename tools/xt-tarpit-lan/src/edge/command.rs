// SPDX-License-Identifier: GPL-2.0
//! The command line.

use super::check::{plan, refuse, Sysctls};
use super::survey::Survey;
use super::{control, daemon};
use crate::config::{Config, CONTROL};
use clap::{Args, Parser, Subcommand};
use std::net::IpAddr;
use std::path::PathBuf;

/// Takes the unused addresses of a LAN for a tarpit device, and gives them back at once.
#[derive(Parser)]
#[command(name = "xt-tarpit-lan", version = version())]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Runs the daemon.
    Run {
        #[command(flatten)]
        file: File,
        /// Asks and decides as usual, but answers nothing and takes no packet.
        #[arg(long)]
        dry_run: bool,
    },
    /// Says whether the daemon would start, and what it may take.
    Check(File),
    /// Shows what the daemon has taken, and what it leaves alone.
    Status {
        #[command(flatten)]
        socket: Socket,
        #[arg(long, conflicts_with = "prometheus")]
        json: bool,
        /// The metrics, for node_exporter's textfile collector.
        #[arg(long)]
        prometheus: bool,
    },
    /// Gives an address back and leaves it alone for a while.
    Release(Address),
    /// Gives an address back and leaves it alone until the daemon ends.
    Exclude(Address),
    /// Takes an address now, if it stays silent when it is asked for.
    Capture(Address),
}

#[derive(Args)]
struct File {
    /// The configuration.
    #[arg(long, default_value = "/etc/xt-tarpit-lan.toml")]
    config: PathBuf,
    /// The interface, instead of that of the configuration.
    #[arg(long)]
    interface: Option<String>,
}

#[derive(Args)]
struct Socket {
    /// The daemon's control socket.
    #[arg(long, default_value = CONTROL)]
    control: PathBuf,
}

#[derive(Args)]
struct Address {
    #[command(flatten)]
    socket: Socket,
    address: IpAddr,
}

impl File {
    fn read(&self) -> Result<Config, String> {
        let path = self.config.display();
        let text = std::fs::read_to_string(&self.config)
            .map_err(|error| format!("cannot read {path}: {error}"))?;
        Config::read(&text, self.interface.as_deref()).map_err(|error| format!("{path}: {error}"))
    }
}

impl Address {
    fn ask(&self, verb: &str) -> Result<(), String> {
        say(&control::ask(
            &self.socket.control,
            &format!("{verb} {}", self.address),
        )?)
    }
}

/// The version has one place, debian/changelog, whose first line is `xt-tarpit (VERSION) …`.
fn version() -> &'static str {
    let changelog = include_str!("../../../../debian/changelog");
    let version = changelog.split(['(', ')']).nth(1);
    version.unwrap_or("unknown")
}

/// Runs the program; an error is one sentence.
pub fn main() -> Result<(), String> {
    match Cli::parse().verb {
        Verb::Run { file, dry_run } => daemon::run(file.read()?, dry_run),
        Verb::Check(file) => check(&file.read()?),
        Verb::Status {
            socket,
            json,
            prometheus,
        } => {
            let kind = match (json, prometheus) {
                (true, _) => "json",
                (_, true) => "prometheus",
                _ => "text",
            };
            say(&control::ask(&socket.control, &format!("status {kind}"))?)
        }
        Verb::Release(address) => address.ask("release"),
        Verb::Exclude(address) => address.ask("exclude"),
        Verb::Capture(address) => address.ask("capture"),
    }
}

fn check(config: &Config) -> Result<(), String> {
    let survey = Survey::read().map_err(|error| error.to_string())?;
    let verdict = refuse(config, &survey, Sysctls::read(&config.interface));
    if survey.link(&config.interface).is_some() {
        say(&plan(config, &survey))?;
    }
    verdict
}

/// Writes to standard output; a reader that has gone is no fault.
fn say(text: &str) -> Result<(), String> {
    use std::io::{ErrorKind, Write};
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}

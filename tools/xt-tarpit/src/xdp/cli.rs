// SPDX-License-Identifier: GPL-2.0
//! Reads the command line of `xt-tarpit xdp`.

use super::config::Options;
use super::limit::Rate;
use super::mode::Kind;
use super::ports::Ports;
use super::prefix::Prefix;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// The bytes of the longest name of an interface: IFNAMSIZ without the byte that ends it.
const LONGEST: usize = 15;

#[derive(Debug, Subcommand)]
pub enum Xdp {
    /// Attaches the program to an interface. It answers nothing until a port or prefix is added.
    Attach(Attach),
    /// Removes the program, its maps and its device from an interface.
    Detach {
        #[arg(value_parser = interface)]
        interface: String,
    },
    /// Adds or removes TCP ports, whatever the destination.
    Port(PortCommand),
    /// Adds or removes destinations: with all their ports, or to be left to the host.
    Prefix(PrefixCommand),
    /// Adds or removes sources that are left to the host.
    Spare(SpareCommand),
    /// Limits the frames of each source; those over the limit are dropped.
    Limit(LimitCommand),
    /// Shows what is attached, with counters.
    Status(Status),
}

#[derive(Args, Debug)]
pub struct Attach {
    #[arg(value_parser = interface)]
    pub interface: String,
    /// How frames are answered (tarpit).
    #[arg(long)]
    mode: Option<Kind>,
    /// The window in SYN-ACKs (that of the mode).
    #[arg(long)]
    window: Option<u16>,
    /// Use generic XDP, which each interface has and which is slower.
    #[arg(long)]
    generic: bool,
    /// Redirect frames to a tarpit device even if the module has bpf_xdp_tarpit().
    #[arg(long)]
    by_device: bool,
    /// Read mode, ports, prefixes, sources to spare and limit from this file.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Load this program.
    #[arg(
        long,
        value_name = "FILE",
        default_value = "/usr/lib/xt-tarpit/tarpit.xdp.o"
    )]
    pub program: PathBuf,
}

impl Attach {
    pub fn options(&self) -> Options {
        Options {
            mode: self.mode,
            window: self.window,
            generic: self.generic,
            by_device: self.by_device,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Change {
    Add,
    Remove,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum PrefixChange {
    /// All their ports.
    Add,
    /// None of their ports.
    Leave,
    Remove,
}

#[derive(Args, Debug)]
pub struct PortCommand {
    pub change: Change,
    #[arg(value_parser = interface)]
    pub interface: String,
    /// A port, or a range FIRST-LAST.
    #[arg(required = true, value_name = "PORT")]
    pub ports: Vec<Ports>,
}

#[derive(Args, Debug)]
pub struct PrefixCommand {
    pub change: PrefixChange,
    #[arg(value_parser = interface)]
    pub interface: String,
    /// An address, or ADDRESS/LENGTH.
    #[arg(required = true, value_name = "PREFIX")]
    pub prefixes: Vec<Prefix>,
}

#[derive(Args, Debug)]
pub struct SpareCommand {
    pub change: Change,
    #[arg(value_parser = interface)]
    pub interface: String,
    /// An address, or ADDRESS/LENGTH.
    #[arg(required = true, value_name = "PREFIX")]
    pub prefixes: Vec<Prefix>,
}

#[derive(Args, Debug)]
pub struct LimitCommand {
    #[arg(value_parser = interface)]
    pub interface: String,
    /// Such as 20/second, 6/minute or off.
    #[arg(value_parser = rate_or_off)]
    pub rate: RateOrOff,
    /// Frames of a source that may come at once (5).
    #[arg(long, value_name = "N")]
    pub burst: Option<u32>,
}

#[derive(Args, Debug)]
pub struct Status {
    #[arg(value_parser = interface)]
    pub interface: Option<String>,
    /// Write JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateOrOff {
    Rate(Rate),
    Off,
}

fn rate_or_off(text: &str) -> Result<RateOrOff, String> {
    match text {
        "off" => Ok(RateOrOff::Off),
        _ => text.parse().map(RateOrOff::Rate),
    }
}

/// Reads the name of an interface. It becomes the name of a directory, so it has no character that
/// the kernel's dev_valid_name() refuses, and no @, after which that directory has a namespace.
fn interface(text: &str) -> Result<String, String> {
    let wrong = |byte: u8| matches!(byte, b'/' | b':' | b'@' | b'\t'..=b'\r' | b' ' | 0xa0);
    match text {
        "" | "." | ".." => Err("no interface has this name".to_owned()),
        _ if text.bytes().any(wrong) => {
            Err("an interface has no space, slash, colon or @ in its name".to_owned())
        }
        _ if text.len() > LONGEST => Err(format!("a name has at most {LONGEST} bytes")),
        _ => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(subcommand)]
        xdp: Xdp,
    }

    fn read(line: &str) -> Result<Xdp, clap::Error> {
        let words = std::iter::once("xdp").chain(line.split(' '));
        Cli::try_parse_from(words).map(|cli| cli.xdp)
    }

    #[test]
    fn commands_are_read() {
        let Xdp::Attach(attach) = read("attach eth0 --mode persist --window 7 --generic").unwrap()
        else {
            panic!("not attach");
        };
        assert_eq!(attach.options().mode, Some(Kind::Persist));
        assert_eq!(attach.options().window, Some(7));
        assert!(attach.options().generic && !attach.options().by_device);
        let Xdp::Port(port) = read("port add eth0 23 8000-8100").unwrap() else {
            panic!("not port");
        };
        assert_eq!((port.change, port.ports.len()), (Change::Add, 2));
        let Xdp::Prefix(prefix) = read("prefix leave eth0 192.0.2.1").unwrap() else {
            panic!("not prefix");
        };
        assert_eq!(prefix.change, PrefixChange::Leave);
        let Xdp::Limit(limit) = read("limit eth0 off").unwrap() else {
            panic!("not limit");
        };
        assert_eq!(limit.rate, RateOrOff::Off);
        assert!(matches!(
            read("status --json"),
            Ok(Xdp::Status(Status { json: true, .. }))
        ));
    }

    #[test]
    fn wrong_words_are_refused() {
        for (line, why) in [
            ("attach", "<INTERFACE>"),
            ("attach eth0 --mode drop", "invalid value 'drop'"),
            ("attach eth0 --window 65536", "65536"),
            ("port add eth0", "<PORT>"),
            ("port add eth0 70000", "70000 is no port"),
            ("port leave eth0 1", "invalid value 'leave'"),
            ("prefix add eth0 x", "x is no prefix"),
            ("spare remove eth0 1.2.3.4/33", "1.2.3.4/33 is no prefix"),
            ("limit eth0 5/day", "5/day is no rate"),
        ] {
            let error = read(line).unwrap_err().to_string();
            assert!(error.contains(why), "{line}: {error}");
        }
    }

    #[test]
    fn each_command_refuses_what_is_no_name_of_an_interface() {
        for command in [
            "attach NAME",
            "detach NAME",
            "port add NAME 1",
            "prefix add NAME 192.0.2.1",
            "spare add NAME 192.0.2.1",
            "limit NAME off",
            "status NAME",
        ] {
            for name in [
                "",
                ".",
                "..",
                "/root/x",
                "eth0/",
                "eth0:1",
                "eth0@4026531840",
                "eth0\t",
                "eth\u{a0}0",
                "abcdefghijklmnop",
            ] {
                let error = read(&command.replace("NAME", name)).unwrap_err();
                let error = error.to_string();
                assert!(error.contains("'<INTERFACE>'") || error.contains("'[INTERFACE]'"));
            }
            for name in ["eth0", "eth0.5", "...", "abcdefghijklmno", "\u{e4}"] {
                read(&command.replace("NAME", name)).unwrap();
            }
        }
    }
}

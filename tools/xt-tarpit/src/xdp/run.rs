// SPDX-License-Identifier: GPL-2.0
//! Runs the commands of `xt-tarpit xdp`.

use super::attach;
use super::cli::{Attach, Change, LimitCommand, PrefixChange, RateOrOff, Status, Xdp};
use super::config::Config;
use super::device;
use super::interface::{index_of, Interface};
use super::limit::Limit;
use super::pins::{List, Pins, LEAVE, TARPIT};
use super::prefix::Prefix;
use super::settings::Settings;
use super::status::{Attached, By, Counters, LimitReport, Report};
use std::fs;
use std::io::{self, Write};
use std::os::fd::AsFd;

pub fn run(command: &Xdp) -> Result<(), String> {
    match command {
        Xdp::Attach(command) => attach(command),
        Xdp::Detach { interface } => attach::detach(interface),
        Xdp::Port(command) => {
            let pins = pins(&command.interface)?;
            let _lock = pins.lock()?;
            let mut ports = command.ports.iter();
            ports.try_for_each(|ports| pins.change_ports(*ports, command.change == Change::Add))
        }
        Xdp::Prefix(command) => {
            let value = match command.change {
                PrefixChange::Add => Some(TARPIT),
                PrefixChange::Leave => Some(LEAVE),
                PrefixChange::Remove => None,
            };
            change(
                &command.interface,
                List::Destinations,
                &command.prefixes,
                value,
            )
        }
        Xdp::Spare(command) => {
            let value = (command.change == Change::Add).then_some(TARPIT);
            change(&command.interface, List::Spared, &command.prefixes, value)
        }
        Xdp::Limit(command) => limit(command),
        Xdp::Status(command) => status(command),
    }
}

fn attach(command: &Attach) -> Result<(), String> {
    let text = match &command.config {
        Some(file) => fs::read_to_string(file)
            .map_err(|error| format!("cannot read {}: {error}", file.display()))?,
        None => String::new(),
    };
    let config = Config::read(&text, command.options())?;
    attach::attach(&command.interface, &config, &command.program)
}

/// The files of an interface that has them.
fn pins(interface: &str) -> Result<Pins, String> {
    let pins = Pins::of(interface);
    match pins.exist() {
        true => Ok(pins),
        false => Err(format!(
            "{interface} has no program of the tarpit; attach it: xt-tarpit xdp attach {interface}"
        )),
    }
}

fn change(
    interface: &str,
    list: List,
    prefixes: &[Prefix],
    value: Option<u32>,
) -> Result<(), String> {
    let pins = pins(interface)?;
    let mut prefixes = prefixes.iter();
    prefixes.try_for_each(|prefix| pins.change(list, *prefix, value))
}

fn limit(command: &LimitCommand) -> Result<(), String> {
    let pins = pins(&command.interface)?;
    let _lock = pins.lock()?;
    let limit = match (command.rate, command.burst) {
        (RateOrOff::Rate(rate), burst) => Some(Limit::new(rate, burst)?),
        (RateOrOff::Off, None) => None,
        (RateOrOff::Off, Some(_)) => return Err("a limit that is off has no burst".to_owned()),
    };
    let settings = pins.settings()?;
    pins.set(&Settings { limit, ..settings })
}

fn status(command: &Status) -> Result<(), String> {
    let reports: Result<Vec<Report>, String> = match &command.interface {
        Some(interface) => vec![interface.clone()],
        None => Pins::interfaces(),
    }
    .iter()
    .map(|interface| report(interface))
    .collect();
    let reports = reports?;
    let text = match command.json {
        true => serde_json::to_string(&reports).map_err(|error| error.to_string())?,
        false => {
            let texts: Vec<String> = reports.iter().map(ToString::to_string).collect();
            texts.join("\n")
        }
    };
    // The reader may be gone.
    let _ = writeln!(io::stdout(), "{text}");
    Ok(())
}

fn report(interface: &str) -> Result<Report, String> {
    let pins = pins(interface)?;
    let settings = pins.settings()?;
    let program = pins.program()?;
    let found = Interface::find(interface).ok();
    let attached = found
        .as_ref()
        .and_then(|found| attach::own(found.index, program.as_fd()));
    let name = device::name_of(found.map_or(0, |found| found.index));
    Ok(Report {
        interface: interface.to_owned(),
        attached: attached.unwrap_or(Attached::No),
        by: if settings.by_device {
            By::Device
        } else {
            By::Function
        },
        device: (settings.device != 0 && index_of(&name) == settings.device).then_some(name),
        mode: settings.mode.to_string(),
        ports: pins.ports()?,
        prefixes: pins.prefixes(List::Destinations, TARPIT)?,
        leave: pins.prefixes(List::Destinations, LEAVE)?,
        spare: pins.prefixes(List::Spared, TARPIT)?,
        limit: settings.limit.map(|limit| LimitReport {
            rate: limit.rate.to_string(),
            burst: limit.burst,
        }),
        counters: Counters::of(pins.counters()?),
    })
}

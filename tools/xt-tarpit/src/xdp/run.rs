// SPDX-License-Identifier: GPL-2.0
//! Runs the commands of `xt-tarpit xdp`.

use super::attach;
use super::cli::{Attach, Change, LimitCommand, PrefixChange, RateOrOff, Status, Xdp};
use super::config::Config;
use super::device;
use super::limit::Limit;
use super::maps::{List, LEAVE, TARPIT};
use super::pins::Pins;
use super::prefix::Prefix;
use super::settings::Settings;
use super::status::{By, Counters, LimitReport, Report};
use std::fs;
use std::io::{self, Write};

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
    Pins::of(interface)?.ok_or_else(|| {
        format!(
            "{interface} has no program of the tarpit; attach it: xt-tarpit xdp attach {interface}"
        )
    })
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
    pins.set(&Settings { limit, ..settings })?;
    // By the old limit, a source may be over the new one for long.
    pins.forget_sources()
}

/// Shows what there is, then fails for each attachment that cannot be read.
fn status(command: &Status) -> Result<(), String> {
    let all = match &command.interface {
        Some(interface) => vec![pins(interface)?],
        None => Pins::all()?,
    };
    let (mut reports, mut broken) = (Vec::new(), Vec::new());
    for pins in all {
        match report(&pins, command.interface.is_some()) {
            Ok(report) => reports.extend(report),
            // Those of other network namespaces are shown there.
            Err(_) if !pins.here && command.interface.is_none() => {}
            Err(error) => broken.push(error),
        }
    }
    reports.sort_by(|one, other| one.interface.cmp(&other.interface));
    let text = match command.json {
        true => serde_json::to_string(&reports).map_err(|error| error.to_string())?,
        false => {
            let texts: Vec<String> = reports.iter().map(ToString::to_string).collect();
            texts.join("\n")
        }
    };
    if command.json || !reports.is_empty() || broken.is_empty() {
        // The reader may be gone.
        let _ = writeln!(io::stdout(), "{text}");
    }
    match broken.is_empty() {
        true => Ok(()),
        false => Err(broken.join("\nxt-tarpit: ")),
    }
}

/// What an attachment is. `None` if it belongs to another network namespace, unless it is wanted.
fn report(pins: &Pins, wanted: bool) -> Result<Option<Report>, String> {
    let standing = pins.standing()?;
    if !pins.here && standing.interface.is_none() && !wanted {
        return Ok(None);
    }
    let settings = pins.settings()?;
    let device = match pins.here {
        true => device::name(settings.device)?,
        false => None,
    };
    Ok(Some(Report {
        interface: match standing.interface {
            Some((_, name)) => name,
            None => pins.name.clone(),
        },
        attached: standing.attached,
        by: match settings.by_device {
            true => By::Device,
            false => By::Function,
        },
        device,
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
    }))
}

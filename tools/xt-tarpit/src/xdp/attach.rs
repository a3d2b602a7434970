// SPDX-License-Identifier: GPL-2.0
//! Attaches the program to an interface, and detaches it.

use super::bpf;
use super::config::Config;
use super::device;
use super::facts::{self, Facts};
use super::interface::{index_of, Interface};
use super::maps::{List, LEAVE, TARPIT};
use super::pins::Pins;
use super::settings::Settings;
use libbpf_rs::{set_print, ErrorKind, Object, ObjectBuilder, PrintLevel, Xdp, XdpFlags};
use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

const MODULE: &str = "/sys/module/xt_TARPIT";
const TYPES: &str = "/sys/kernel/btf/xt_TARPIT";
const FUNCTION: &[u8] = b"bpf_xdp_tarpit\0";

/// What libbpf says, which has the kernel's reasons.
static TOLD: Mutex<String> = Mutex::new(String::new());

/// Attaches the program in a file. After a failure nothing stays.
pub fn attach(name: &str, config: &Config, file: &Path) -> Result<(), String> {
    let interface = Interface::find(name)?;
    check(&interface)?;
    set_print(Some((PrintLevel::Warn, |_, line| {
        if let Ok(mut told) = TOLD.lock() {
            told.push_str(&line);
        }
    })));
    let mut object = load(file)?;
    let pins = Pins::new(name)?;
    let _lock = Pins::lock_all()?;
    pins.create()?;
    let done = pins
        .pin(&mut object)
        .and_then(|()| fill(&pins, &interface, config))
        .and_then(|()| put(&interface, config.generic, &pins));
    done.map_err(|why| match remove(&pins) {
        Ok(()) => why,
        Err(error) => format!("{why}; and {error}"),
    })
}

/// Detaches the program, and removes its files and its device. The interface may be gone.
pub fn detach(name: &str) -> Result<(), String> {
    let _lock = Pins::lock_all()?;
    match Pins::of(name)? {
        Some(pins) => remove(&pins),
        None => Err(format!("{name} has no program of the tarpit")),
    }
}

/// Removes what there is of an attachment. The kernel deletes the device of an interface that goes
/// to another network namespace, where its index may be that of another.
fn remove(pins: &Pins) -> Result<(), String> {
    let interface = match pins.standing()?.interface {
        Some((index, _)) => Some(index),
        None => index_of(&pins.name)?,
    };
    if let Some(link) = pins.link()? {
        let detached = link.detach();
        detached.map_err(|error| format!("{} keeps the program: {error}", pins.name))?;
    }
    if pins.here {
        if pins.has("settings")? {
            device::delete(pins.device()?)?;
        }
        // Without the settings, or before they name it.
        interface.map_or(Ok(()), device::delete_above)?;
    }
    pins.remove()
}

/// Refuses an interface that cannot have the program; loads the module for one that can.
fn check(interface: &Interface) -> Result<(), String> {
    let mounts = "/proc/self/mounts";
    let text =
        fs::read_to_string(mounts).map_err(|error| format!("cannot read {mounts}: {error}"))?;
    let program = bpf::attached(interface.index)
        .map_err(|error| format!("cannot ask for the program of {}: {error}", interface.name))?;
    let facts = Facts {
        features: interface.features.clone(),
        bpf: text.lines().any(|line| line.contains(" /sys/fs/bpf bpf ")),
        pinned: Pins::of(&interface.name)?.map(|pins| pins.place()),
        program: program.map(|(_, id)| id),
    };
    match facts.refusal(&interface.name) {
        Some(refusal) => Err(refusal),
        None if has_module() => Ok(()),
        None => Err(facts::NO_MODULE.to_owned()),
    }
}

fn has_module() -> bool {
    Path::new(MODULE).exists()
        || Command::new("modprobe")
            .args(["-q", "xt_TARPIT"])
            .status()
            .is_ok_and(|status| status.success())
}

/// Whether the module's types name the function. A module without types has no such file.
fn has_function() -> Result<bool, String> {
    match fs::read(TYPES) {
        Ok(types) => Ok(types.windows(FUNCTION.len()).any(|some| some == FUNCTION)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(format!("cannot read {TYPES}: {error}")),
    }
}

fn load(file: &Path) -> Result<Object, String> {
    if let Err(error) = fs::metadata(file) {
        return Err(format!(
            "cannot read {}: {error}; install xt-tarpit-tools, or name the program with --program",
            file.display()
        ));
    }
    let loaded = ObjectBuilder::default()
        .open_file(file)
        .and_then(|object| object.load());
    loaded.map_err(|error| {
        facts::failed(
            &format!("the kernel refuses {}", file.display()),
            error.kind() == ErrorKind::PermissionDenied,
            &told(&error),
        )
    })
}

/// Makes the device, if the program needs one, and writes the maps.
fn fill(pins: &Pins, interface: &Interface, config: &Config) -> Result<(), String> {
    let by_device = config.by_device || !has_function()?;
    let device = match by_device {
        true => device::make(interface, config.mode, config.by_device)?,
        false => 0,
    };
    let settings = Settings {
        mode: config.mode,
        by_device,
        limit: config.limit,
        device,
    };
    // A cleanup finds the device in the settings.
    pins.set(&settings)
        .map_err(|why| match device::delete(device) {
            Ok(()) => why,
            Err(error) => format!("{why}; and {error}"),
        })?;
    if device != 0 {
        pins.set_device(device)?;
    }
    for ports in &config.ports {
        pins.change_ports(*ports, true)?;
    }
    for (list, prefixes, value) in [
        (List::Destinations, &config.prefixes, TARPIT),
        (List::Destinations, &config.leave, LEAVE),
        (List::Spared, &config.spare, TARPIT),
    ] {
        for prefix in prefixes {
            pins.change(list, *prefix, Some(value))?;
        }
    }
    Ok(())
}

fn put(interface: &Interface, generic: bool, pins: &Pins) -> Result<(), String> {
    let program = pins.program()?;
    match bpf::attach(program.as_fd(), interface.index, generic) {
        Ok(link) => pins.pin_link(link.as_fd()),
        Err(error) => {
            let reason = reason(program.as_fd(), interface, generic).unwrap_or(error.to_string());
            let Interface { name, mtu, .. } = interface;
            Err(facts::not_attached(name, generic, &reason, *mtu))
        }
    }
}

/// Why an interface refuses the program. The kernel gives a driver's reason only to a request by
/// netlink, so this makes one.
fn reason(program: BorrowedFd<'_>, interface: &Interface, generic: bool) -> Option<String> {
    let index = interface.index.try_into().ok()?;
    let flags = || match generic {
        true => XdpFlags::SKB_MODE,
        false => XdpFlags::DRV_MODE,
    };
    forget();
    let xdp = Xdp::new(program);
    let asked = xdp.attach(index, flags() | XdpFlags::UPDATE_IF_NOEXIST);
    let asked = asked.and_then(|()| xdp.detach(index, flags()));
    asked.err().map(|error| told(&error))
}

fn forget() {
    if let Ok(mut told) = TOLD.lock() {
        told.clear();
    }
}

/// The last line that libbpf said, else the error.
fn told(error: &libbpf_rs::Error) -> String {
    let told = TOLD.lock().map(|told| told.clone()).unwrap_or_default();
    let reason = told
        .lines()
        .rev()
        .find_map(|line| line.split("Kernel error message: ").nth(1));
    match reason {
        Some(reason) => reason.to_owned(),
        None => match told.lines().last() {
            Some(line) => format!("{error} ({line})"),
            None => error.to_string(),
        },
    }
}

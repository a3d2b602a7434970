// SPDX-License-Identifier: GPL-2.0
//! Attaches the program to an interface, and detaches it.

use super::config::Config;
use super::device;
use super::facts::{self, Facts};
use super::interface::Interface;
use super::pins::{List, Pins, LEAVE, TARPIT};
use super::settings::Settings;
use super::status::Attached;
use libbpf_rs::{set_print, Object, ObjectBuilder, PrintLevel, Program, Xdp, XdpFlags};
use std::fs;
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
    let pins = Pins::of(name);
    check(&interface, &pins)?;
    set_print(Some((PrintLevel::Warn, |_, line| {
        if let Ok(mut told) = TOLD.lock() {
            told.push_str(&line);
        }
    })));
    let by_device = config.by_device || !has_function();
    let mut object = load(file)?;
    if let Some((_, id)) = attached(interface.index) {
        return Err(facts::other_program(name, id));
    }
    let device = match by_device {
        true => device::make(&interface, config.mode)?,
        false => 0,
    };
    let settings = Settings {
        mode: config.mode,
        by_device,
        limit: config.limit,
        device,
    };
    let done = pins
        .make(&mut object)
        .and_then(|()| fill(&pins, config, &settings))
        .and_then(|()| put(&interface, config.generic, &pins));
    if done.is_err() {
        let _ = device::delete(interface.index, device);
        let _ = pins.remove();
    }
    done
}

/// Detaches the program, and removes its files and its device. The interface may be gone.
pub fn detach(name: &str) -> Result<(), String> {
    let pins = Pins::of(name);
    if !pins.exist() {
        return Err(format!("{name} has no program of the tarpit"));
    }
    if let Ok(interface) = Interface::find(name) {
        let program = pins.program()?;
        if let Some(mode) = own(interface.index, program.as_fd()) {
            let flags = match mode {
                Attached::Generic => XdpFlags::SKB_MODE,
                _ => XdpFlags::DRV_MODE,
            };
            Xdp::new(program.as_fd())
                .detach(interface.index, flags)
                .map_err(|error| format!("{name} keeps the program: {error}"))?;
        }
        let device = pins.settings().map_or(0, |settings| settings.device);
        device::delete(interface.index, device)?;
    }
    pins.remove()
}

/// How an interface has this program, if it has it.
pub fn own(interface: i32, program: BorrowedFd<'_>) -> Option<Attached> {
    let id = Program::id_from_fd(program).ok()?;
    attached(interface)
        .filter(|(_, other)| *other == id)
        .map(|(mode, _)| mode)
}

/// How an interface has a program, and its number.
fn attached(interface: i32) -> Option<(Attached, u32)> {
    let any = fs::File::open("/dev/null").ok()?;
    let ask = Xdp::new(any.as_fd());
    let modes = [
        (XdpFlags::DRV_MODE, Attached::Native),
        (XdpFlags::SKB_MODE, Attached::Generic),
    ];
    modes.into_iter().find_map(|(flags, mode)| {
        let id = ask.query_id(interface, flags).ok()?;
        (id != 0).then_some((mode, id))
    })
}

/// Refuses an interface that cannot have the program; loads the module for one that can.
fn check(interface: &Interface, pins: &Pins) -> Result<(), String> {
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let mut facts = Facts {
        rxvlan: interface.rxvlan,
        lro: interface.lro,
        bpf: mounts
            .lines()
            .any(|line| line.contains(" /sys/fs/bpf bpf ")),
        pinned: pins.exist().then(|| pins.place()),
        module: true,
    };
    let refusal = facts.refusal(&interface.name).or_else(|| {
        facts.module = has_module();
        facts.refusal(&interface.name)
    });
    refusal.map_or(Ok(()), Err)
}

fn has_module() -> bool {
    Path::new(MODULE).exists()
        || Command::new("modprobe")
            .args(["-q", "xt_TARPIT"])
            .status()
            .is_ok_and(|status| status.success())
}

/// Whether the module's types name the function.
fn has_function() -> bool {
    fs::read(TYPES).is_ok_and(|types| types.windows(FUNCTION.len()).any(|some| some == FUNCTION))
}

fn load(file: &Path) -> Result<Object, String> {
    if !file.exists() {
        return Err(format!(
            "{} is missing; install xt-tarpit-tools, or name the program with --program",
            file.display()
        ));
    }
    let loaded = ObjectBuilder::default()
        .open_file(file)
        .and_then(|object| object.load());
    loaded.map_err(|error| format!("the kernel refuses {}: {}", file.display(), told(&error)))
}

fn fill(pins: &Pins, config: &Config, settings: &Settings) -> Result<(), String> {
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
    if settings.device != 0 {
        pins.set_device(settings.device)?;
    }
    pins.set(settings)
}

fn put(interface: &Interface, generic: bool, pins: &Pins) -> Result<(), String> {
    let program = pins.program()?;
    let flags = match generic {
        true => XdpFlags::SKB_MODE,
        false => XdpFlags::DRV_MODE,
    };
    forget();
    Xdp::new(program.as_fd())
        .attach(interface.index, flags | XdpFlags::UPDATE_IF_NOEXIST)
        .map_err(|error| {
            facts::not_attached(&interface.name, generic, &told(&error), interface.mtu)
        })
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

// SPDX-License-Identifier: GPL-2.0
//! The files of an attachment in the file system of BPF: the program and its maps.

use super::ports::{Ports, WORDS};
use super::prefix::Prefix;
use super::settings::Settings;
use libbpf_rs::{MapCore, MapFlags, MapHandle, Object, Program};
use rustix::fs::{flock, FlockOperation};
use std::fs::{self, File};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

pub const ROOT: &str = "/sys/fs/bpf/xt-tarpit";
const PROGRAM: &str = "program";
/// As in tools/xdp/tarpit.h.
pub const TARPIT: u32 = 1;
pub const LEAVE: u32 = 2;
const COUNTERS: u32 = 5;
const KEY: [u8; 4] = [0; 4];

/// The directory of an interface.
#[derive(Clone, Debug)]
pub struct Pins {
    place: PathBuf,
}

/// The lists of prefixes.
#[derive(Clone, Copy)]
pub enum List {
    Destinations,
    Spared,
}

impl Pins {
    /// The directory of an interface: its name, in which the file system allows no dot, and in a
    /// network namespace other than that of process 1 the number of the namespace.
    pub fn of(interface: &str) -> Self {
        let mut name = interface.replace('.', ":");
        if let Some(namespace) = namespace() {
            name = format!("{name}@{namespace}");
        }
        Self {
            place: Path::new(ROOT).join(name),
        }
    }

    /// The interfaces of this network namespace that have a directory.
    pub fn interfaces() -> Vec<String> {
        let here = namespace();
        let entries = fs::read_dir(ROOT).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let (name, namespace) = match name.rsplit_once('@') {
                    Some((name, namespace)) => (name, Some(namespace)),
                    None => (name.as_str(), None),
                };
                (namespace == here.as_deref()).then(|| name.replace(':', "."))
            })
            .collect();
        names.sort();
        names
    }

    pub fn exist(&self) -> bool {
        self.place.exists()
    }

    pub fn place(&self) -> String {
        self.place.display().to_string()
    }

    /// Pins the program and its maps.
    pub fn make(&self, object: &mut Object) -> Result<(), String> {
        fs::create_dir_all(&self.place)
            .map_err(|error| format!("cannot make {}: {error}", self.place()))?;
        for mut map in object.maps_mut() {
            let path = self.place.join(map.name());
            map.pin(&path).map_err(|error| pinning(&path, &error))?;
        }
        for mut program in object.progs_mut() {
            let path = self.place.join(PROGRAM);
            program.pin(&path).map_err(|error| pinning(&path, &error))?;
        }
        Ok(())
    }

    /// Removes the directory with all files, and that of all interfaces if it is empty then.
    pub fn remove(&self) -> Result<(), String> {
        let failed = |error| format!("cannot remove {}: {error}", self.place());
        for entry in fs::read_dir(&self.place).into_iter().flatten().flatten() {
            fs::remove_file(entry.path()).map_err(failed)?;
        }
        fs::remove_dir(&self.place).map_err(failed)?;
        let _ = fs::remove_dir(ROOT);
        Ok(())
    }

    /// The program.
    pub fn program(&self) -> Result<OwnedFd, String> {
        Program::fd_from_pinned_path(self.place.join(PROGRAM)).map_err(|error| self.lost(&error))
    }

    /// Keeps other commands out until the result is dropped.
    pub fn lock(&self) -> Result<File, String> {
        let file = File::open(&self.place).map_err(|error| self.lost(&error))?;
        flock(&file, FlockOperation::LockExclusive).map_err(|error| self.lost(&error))?;
        Ok(file)
    }

    pub fn settings(&self) -> Result<Settings, String> {
        let bytes = self.map("settings")?.lookup(&KEY, MapFlags::ANY);
        let bytes = bytes.map_err(|error| self.lost(&error))?;
        Settings::from_bytes(&bytes.unwrap_or_default())
            .ok_or_else(|| format!("{} is of another version", self.place()))
    }

    pub fn set(&self, settings: &Settings) -> Result<(), String> {
        self.update("settings", &KEY, &settings.bytes())
    }

    pub fn set_device(&self, index: u32) -> Result<(), String> {
        self.update("devices", &KEY, &index.to_ne_bytes())
    }

    /// Adds or removes ports.
    pub fn change_ports(&self, ports: Ports, add: bool) -> Result<(), String> {
        let map = self.map("ports")?;
        for (word, bits) in ports.words() {
            let key = word.to_ne_bytes();
            let old = self.word(&map, word)?;
            let new = if add { old | bits } else { old & !bits };
            map.update(&key, &new.to_ne_bytes(), MapFlags::ANY)
                .map_err(|error| self.lost(&error))?;
        }
        Ok(())
    }

    pub fn ports(&self) -> Result<Vec<Ports>, String> {
        let map = self.map("ports")?;
        let words: Result<Vec<u64>, String> =
            (0..WORDS).map(|word| self.word(&map, word)).collect();
        Ok(Ports::of_words(words?.into_iter()))
    }

    fn word(&self, map: &MapHandle, word: u32) -> Result<u64, String> {
        let value = map.lookup(&word.to_ne_bytes(), MapFlags::ANY);
        let value = value.map_err(|error| self.lost(&error))?;
        Ok(number(&value.unwrap_or_default()))
    }

    /// Adds a prefix with its value, or with `None` removes it.
    pub fn change(&self, list: List, prefix: Prefix, value: Option<u32>) -> Result<(), String> {
        let name = list.map(prefix.is_ipv6());
        let Some(value) = value else {
            let absent = |_| format!("{prefix} is not in the list");
            return self.map(name)?.delete(&prefix.key()).map_err(absent);
        };
        self.update(name, &prefix.key(), &value.to_ne_bytes())
    }

    /// The prefixes of a list that have this value.
    pub fn prefixes(&self, list: List, wanted: u32) -> Result<Vec<Prefix>, String> {
        let mut found = Vec::new();
        for ipv6 in [false, true] {
            let map = self.map(list.map(ipv6))?;
            for key in map.keys() {
                let value = map.lookup(&key, MapFlags::ANY);
                let value = value
                    .map_err(|error| self.lost(&error))?
                    .unwrap_or_default();
                if value == wanted.to_ne_bytes() {
                    found.extend(Prefix::from_key(&key));
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// The counters, each the sum of all processors'.
    pub fn counters(&self) -> Result<[u64; 5], String> {
        let map = self.map("counters")?;
        let mut sums = [0; 5];
        for (key, sum) in (0..COUNTERS).zip(sums.iter_mut()) {
            let values = map.lookup_percpu(&key.to_ne_bytes(), MapFlags::ANY);
            let values = values
                .map_err(|error| self.lost(&error))?
                .unwrap_or_default();
            *sum = values
                .iter()
                .fold(0, |sum, value| number(value).wrapping_add(sum));
        }
        Ok(sums)
    }

    fn update(&self, map: &str, key: &[u8], value: &[u8]) -> Result<(), String> {
        self.map(map)?
            .update(key, value, MapFlags::ANY)
            .map_err(|error| format!("the kernel does not take an entry of {map}: {error}"))
    }

    fn map(&self, name: &str) -> Result<MapHandle, String> {
        MapHandle::from_pinned_path(self.place.join(name)).map_err(|error| self.lost(&error))
    }

    fn lost(&self, error: &dyn std::fmt::Display) -> String {
        format!("cannot read {}: {error}", self.place())
    }
}

impl List {
    fn map(self, ipv6: bool) -> &'static str {
        match (self, ipv6) {
            (Self::Destinations, false) => "prefixes4",
            (Self::Destinations, true) => "prefixes6",
            (Self::Spared, false) => "spared4",
            (Self::Spared, true) => "spared6",
        }
    }
}

fn pinning(path: &Path, error: &libbpf_rs::Error) -> String {
    format!("cannot pin {}: {error}", path.display())
}

fn number(value: &[u8]) -> u64 {
    value
        .first_chunk()
        .map_or(0, |bytes| u64::from_ne_bytes(*bytes))
}

/// The number of this network namespace, if it is not that of process 1. Without CAP_SYS_PTRACE
/// that is not shown; a service without it runs where process 1 does.
fn namespace() -> Option<String> {
    let own = fs::read_link("/proc/self/ns/net").ok()?;
    if fs::read_link("/proc/1/ns/net").ok()? == own {
        return None;
    }
    let own = own.to_str()?.strip_prefix("net:[")?;
    Some(own.strip_suffix(']')?.to_owned())
}

// SPDX-License-Identifier: GPL-2.0
//! The entries of the maps of an attachment: tools/xdp/tarpit.h describes them.

use super::bpf;
use super::facts;
use super::pins::Pins;
use super::ports::{Ports, WORDS};
use super::prefix::Prefix;
use super::settings::Settings;
use libbpf_rs::{ErrorKind, MapCore, MapFlags, MapHandle};
use std::os::fd::AsFd;

/// As in tools/xdp/tarpit.h.
pub const TARPIT: u32 = 1;
pub const LEAVE: u32 = 2;
const COUNTERS: u32 = 5;
/// The bytes of a key and of a value of the map sources.
const SOURCE: usize = 16;
const TIME: usize = 8;
const KEY: [u8; 4] = [0; 4];

/// The lists of prefixes.
#[derive(Clone, Copy)]
pub enum List {
    Destinations,
    Spared,
}

impl Pins {
    /// The settings.
    pub fn settings(&self) -> Result<Settings, String> {
        Settings::from_bytes(&self.entry()?)
            .ok_or_else(|| facts::unknown(&self.name, &self.place()))
    }

    /// The index of the device in the settings, also in those of another version; 0 if there is
    /// none.
    pub fn device(&self) -> Result<u32, String> {
        Ok(Settings::device_in(&self.entry()?).unwrap_or(0))
    }

    /// The bytes of the settings.
    fn entry(&self) -> Result<Vec<u8>, String> {
        let bytes = self.map("settings")?.lookup(&KEY, MapFlags::ANY);
        Ok(bytes
            .map_err(|error| self.lost(&error))?
            .unwrap_or_default())
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
            let deleted = self.map(name)?.delete(&prefix.key());
            return deleted.map_err(|error| match error.kind() {
                ErrorKind::NotFound => format!("{prefix} is not in the list"),
                _ => self.lost(&error),
            });
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

    /// Forgets what each source has sent.
    pub fn forget_sources(&self) -> Result<(), String> {
        let map = self.map("sources")?;
        let cleared = bpf::clear(map.as_fd(), SOURCE, TIME);
        cleared.map_err(|error| self.lost(&error.into()))
    }

    fn update(&self, map: &str, key: &[u8], value: &[u8]) -> Result<(), String> {
        self.map(map)?
            .update(key, value, MapFlags::ANY)
            .map_err(|error| format!("the kernel does not take an entry of {map}: {error}"))
    }

    fn map(&self, name: &str) -> Result<MapHandle, String> {
        MapHandle::from_pinned_path(self.place.join(name)).map_err(|error| self.lost(&error))
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

fn number(value: &[u8]) -> u64 {
    value
        .first_chunk()
        .map_or(0, |bytes| u64::from_ne_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_header() {
        let header = include_str!("../../../xdp/tarpit.h");
        assert!(header.contains(&format!("DESTINATION_TARPIT = {TARPIT},")));
        assert!(header.contains(&format!("DESTINATION_LEAVE = {LEAVE},")));
    }
}

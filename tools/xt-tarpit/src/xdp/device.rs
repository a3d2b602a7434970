// SPDX-License-Identifier: GPL-2.0
//! The tarpit device to which frames are redirected where the module has no function.

use super::facts;
use super::interface::{index_of, name_of, Interface};
use super::mode::Mode;
use serde::Deserialize;
use std::process::Command;

/// What names begin with; the index of the lower device follows.
const PREFIX: &str = "tarpit-x";

/// A tarpit device, as `ip -j` shows it, which may show other devices as `{}`.
#[derive(Deserialize)]
struct Shown {
    #[serde(default)]
    ifname: String,
    /// The name of the lower device.
    link: Option<String>,
}

/// Makes the device, up, and returns its index. After a failure there is none. `asked` says that
/// the user wants it.
pub fn make(interface: &Interface, mode: Mode, asked: bool) -> Result<u32, String> {
    let name = format!("{PREFIX}{}", interface.index);
    let add = ["link", "add", &name, "link", &interface.name, "up"];
    let mode = ["type".to_owned(), "tarpit".to_owned()]
        .into_iter()
        .chain(mode.words());
    ip(add.map(str::to_owned).into_iter().chain(mode))
        .map_err(|told| facts::no_way(asked, &told))?;
    index_of(&name)?.ok_or_else(|| format!("the device {name} went away again"))
}

/// The name of the device with this index, if it is one that `make` has made.
pub fn name(index: u32) -> Result<Option<String>, String> {
    let name = match index {
        0 => None,
        _ => name_of(index)?,
    };
    Ok(name.filter(|name| name.starts_with(PREFIX)))
}

/// Deletes the device with this index, if it is there.
pub fn delete(index: u32) -> Result<(), String> {
    match name(index)? {
        Some(name) => delete_ours(&name),
        None => Ok(()),
    }
}

/// Deletes the device of an interface, if it is there.
pub fn delete_above(interface: u32) -> Result<(), String> {
    delete_ours(&format!("{PREFIX}{interface}"))
}

/// Deletes the device with this name, if it is there and one that `make` has made.
fn delete_ours(name: &str) -> Result<(), String> {
    let Some(lower) = lower_of(name)? else {
        return Ok(());
    };
    let shown = ip(["-j", "link", "show", "type", "tarpit"].map(str::to_owned))?;
    if !is_shown(&shown, name, &lower)? {
        return Ok(());
    }
    match ip(["link", "delete", name].map(str::to_owned)) {
        // It may have gone along with its lower device.
        Err(told) if index_of(name)?.is_some() => Err(told),
        _ => Ok(()),
    }
}

/// The name of the interface that a device with this name is made for, if there is one.
fn lower_of(name: &str) -> Result<Option<String>, String> {
    let number = name.strip_prefix(PREFIX);
    match number.and_then(|number| number.parse().ok()) {
        Some(index) => name_of(index),
        None => Ok(None),
    }
}

/// Whether a tarpit device with this name and this lower device is among those that `ip -j` shows.
fn is_shown(shown: &str, name: &str, lower: &str) -> Result<bool, String> {
    let all: Vec<Shown> =
        serde_json::from_str(shown).map_err(|error| format!("ip shows no list: {error}"))?;
    let mut all = all.into_iter();
    Ok(all.any(|it| it.ifname == name && it.link.as_deref() == Some(lower)))
}

/// Runs ip(8), and returns what it writes; an error is what it says.
fn ip(words: impl IntoIterator<Item = String>) -> Result<String, String> {
    let output = Command::new("ip")
        .args(words)
        .output()
        .map_err(|error| format!("ip cannot run: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(text(&output.stderr)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOWN: &str = r#"[{},{"ifindex":7,"link":"eth0","ifname":"tarpit-x2","flags":["UP"]},
        {"ifindex":8,"link":null,"ifname":"tarpit-x3"},{"ifindex":9,"ifname":"tarpit-x4"},
        {"ifindex":10,"link_index":5,"ifname":"tarpit-x5"}]"#;

    #[test]
    fn a_device_is_ours_by_its_name_and_its_lower_device() {
        assert_eq!(is_shown(SHOWN, "tarpit-x2", "eth0"), Ok(true));
        for (name, lower) in [
            ("tarpit-x2", "eth1"),
            ("tarpit-x", "eth0"),
            ("tarpit-x3", "eth0"),
            ("tarpit-x4", "eth0"),
            ("tarpit-x5", "eth0"),
        ] {
            assert_eq!(is_shown(SHOWN, name, lower), Ok(false), "{name} {lower}");
        }
    }

    #[test]
    fn what_ip_shows_may_be_no_list() {
        assert_eq!(is_shown("[]", "tarpit-x2", "eth0"), Ok(false));
        assert!(is_shown("", "tarpit-x2", "eth0").is_err());
    }

    #[test]
    fn a_name_without_an_index_is_of_no_interface() {
        for name in ["tarpit-x", "tarpit-xy", "tarpit0", "tarpit-x4294967296"] {
            assert_eq!(lower_of(name), Ok(None), "{name}");
        }
    }
}

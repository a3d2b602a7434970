// SPDX-License-Identifier: GPL-2.0
//! The tarpit device to which frames are redirected where the module has no function.

use super::facts;
use super::interface::{index_of, name_of, Interface};
use super::mode::Mode;
use std::process::Command;

const PREFIX: &str = "tarpit-x";

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
    let Some(found) = name(index)? else {
        return Ok(());
    };
    match ip(["link", "delete", &found].map(str::to_owned)) {
        // It may have gone along with its lower device.
        Err(told) if name(index)?.is_some() => Err(told),
        _ => Ok(()),
    }
}

/// Runs ip(8); an error is what it says.
fn ip(words: impl IntoIterator<Item = String>) -> Result<(), String> {
    let output = Command::new("ip")
        .args(words)
        .output()
        .map_err(|error| format!("ip cannot run: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

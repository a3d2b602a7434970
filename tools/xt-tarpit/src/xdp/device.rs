// SPDX-License-Identifier: GPL-2.0
//! The tarpit device to which frames are redirected where the module has no function.

use super::facts;
use super::interface::{index_of, Interface};
use super::mode::Mode;
use std::process::Command;

/// The name of the device of an interface.
pub fn name_of(interface: i32) -> String {
    format!("tarpit-x{interface}")
}

/// Makes the device, sets it up, and returns its index. After a failure there is none.
pub fn make(interface: &Interface, mode: Mode) -> Result<u32, String> {
    let name = name_of(interface.index);
    let add = [
        "link",
        "add",
        &name,
        "link",
        &interface.name,
        "type",
        "tarpit",
    ];
    let words = mode.words();
    ip(add.into_iter().chain(words.iter().map(String::as_str)))
        .map_err(|told| facts::no_way(&told))?;
    let up = ip(["link", "set", &name, "up"]).and_then(|()| match index_of(&name) {
        0 => Err(format!("{name} went away again")),
        index => Ok(index),
    });
    if up.is_err() {
        let _ = ip(["link", "delete", &name]);
    }
    up
}

/// Deletes the device with this index, if it has the name that `make` gives.
pub fn delete(interface: i32, index: u32) -> Result<(), String> {
    let name = name_of(interface);
    match index != 0 && index_of(&name) == index {
        true => ip(["link", "delete", &name]),
        false => Ok(()),
    }
}

/// Runs ip(8); an error is what it says.
fn ip<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<(), String> {
    let output = Command::new("ip")
        .args(words)
        .output()
        .map_err(|error| format!("ip cannot run: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

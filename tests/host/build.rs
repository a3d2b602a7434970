// SPDX-License-Identifier: GPL-2.0
//! Asks the C compiler what `include/xt_TARPIT.h` says: `layout.c`, run, prints it as Rust.

use std::{env, error::Error, fs, path::PathBuf, process::Command};

fn main() -> Result<(), Box<dyn Error>> {
    for file in [
        "layout.c",
        "../../include/xt_TARPIT.h",
        "../../docs/behaviour.md",
    ] {
        println!("cargo::rerun-if-changed={file}");
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let program = out.join("layout");
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let compiled = Command::new(&compiler)
        .args(["-Wall", "-Wextra", "-Werror", "layout.c", "-o"])
        .arg(&program)
        .status()
        .map_err(|error| {
            format!("the C compiler {compiler} does not run ({error}): install gcc")
        })?;
    if !compiled.success() {
        return Err(format!("{compiler} cannot compile layout.c; its message is above").into());
    }
    fs::write(
        out.join("layout.rs"),
        Command::new(program).output()?.stdout,
    )?;
    Ok(())
}

// SPDX-License-Identifier: GPL-2.0
//! Packs and unpacks a corpus: libFuzzer needs a file for each input, git has one file for all.
//! corpus unpack PACK DIRECTORY, corpus pack DIRECTORY PACK; corpus seeds TARGET DIRECTORY writes
//! the seeds of a target.

use std::{env, error::Error, fs, path::Path};
use xt_tarpit_fuzz::{seeds, unpack};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["unpack", pack, directory] => write(directory, "found", &unpack(&fs::read(pack)?)),
        ["seeds", target, directory] => write(directory, "seed", &seeds(target)),
        ["pack", directory, pack] => Ok(fs::write(pack, packed(directory)?)?),
        _ => Err("corpus unpack PACK DIR | corpus seeds TARGET DIR | corpus pack DIR PACK".into()),
    }
}

fn write(into: &str, name: &str, inputs: &[impl AsRef<[u8]>]) -> Result<(), Box<dyn Error>> {
    for (number, input) in inputs.iter().enumerate() {
        fs::write(Path::new(into).join(format!("{name}-{number:04}")), input)?;
    }
    Ok(())
}

/// The shortest first, so that a failure is met in its simplest form.
fn packed(directory: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let files = fs::read_dir(directory)?.map(|file| fs::read(file?.path()));
    let mut inputs = files.collect::<Result<Vec<_>, _>>()?;
    inputs.sort_by_key(|input| (input.len(), input.clone()));
    let mut pack = Vec::new();
    for input in inputs {
        pack.extend(u16::try_from(input.len())?.to_be_bytes());
        pack.extend(input);
    }
    Ok(pack)
}

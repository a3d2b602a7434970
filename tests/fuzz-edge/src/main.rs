// SPDX-License-Identifier: GPL-2.0
//! Sends mutated frames to the module by each way into the kernel, and checks all that leaves with
//! an oracle.
//!
//! ```text
//! edge FAMILIES FRAMES SEED
//! edge captured FILE…
//! ```
//!
//! FAMILIES is ipv4, ipv6 or both; FRAMES is the number of mutated frames for each, besides others.
//! All modes, the hooks INPUT, FORWARD and PREROUTING, a device, a helper and all doors (see
//! lab.rs) get their share, while a tap shares each packet, while tcpdump copies it, and while
//! neither does. Captured
//! segments come from files of libpcap, and all of them come to each rule by each door that does
//! not put segments together (captured.rs).
//! Ends with an account, or with the first fault and 1.

mod account;
mod captured;
mod contract;
mod decode;
mod dice;
mod doors;
mod expected;
mod item;
mod lab;
mod mutate;
mod numbers;
mod offload;
mod reply;
mod segment;
mod setting;
mod story;
mod sys;
mod visit;

use doors::Doors;
use lab::{Door, Family, Hook, Mode, Rule, DOORS, FAMILIES, HOOKS, MODES};
use setting::Setting;
use std::error::Error;
use std::process::ExitCode;
use visit::{Run, SLOTS};

/// Mutated frames per rule and way in.
const TURN: u64 = 40 * SLOTS as u64;

/// With so many frames of a family, each kind of reply occurs.
const WHOLE: u64 = 20_000;

/// The expected captures have about 1,300 segments.
const SEGMENTS: usize = 1000;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            println!("FAIL: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<(), Box<dyn Error>> {
    sys::stay_on_one_processor()?;
    match words {
        [captured, files @ ..] if captured == "captured" => replay(files),
        [families, frames, seed] => fuzz(families, frames.parse()?, seed.parse()?),
        _ => Err("usage: edge FAMILIES FRAMES SEED, or edge captured FILE…".into()),
    }
}

fn fuzz(families: &str, frames: u64, seed: u64) -> Result<(), Box<dyn Error>> {
    let chosen = |family: &Family| families == "both" || families == family.name();
    let families: Vec<Family> = FAMILIES.into_iter().filter(chosen).collect();
    let mut run = Run::new(seed, Doors::open()?);
    let places = (HOOKS.len() * MODES.len() * DOORS.len()) as u64;
    let rounds = frames.div_ceil(places * TURN);
    let turn = frames.div_ceil(places * rounds);
    let mut setting = Setting::new()?;
    for round in 0..rounds {
        for family in &families {
            let send = |run: &mut Run, rule: &Rule, door| run.visit(rule, door, turn);
            all_rules(&mut run, &mut setting, (*family, round), send)?;
        }
    }
    report(&run, frames >= WHOLE)?;
    if frames >= WHOLE && run.account.merged == 0 {
        return Err("there was no reply to several frames".into());
    }
    Ok(())
}

fn replay(files: &[String]) -> Result<(), Box<dyn Error>> {
    let (mut all, mut used) = (Vec::new(), 0);
    for file in files {
        let some = captured::read(file)?;
        used += u32::from(!some.is_empty());
        all.extend(some);
    }
    println!("{} segments of {used} files", all.len());
    if all.len() < SEGMENTS {
        return Err("too few segments: use the captures of tcpdump's tests".into());
    }
    let mut run = Run::new(1, Doors::open()?);
    let mut setting = Setting::new()?;
    for family in FAMILIES {
        let send = |run: &mut Run, rule: &Rule, door: Door| match door.merges() {
            true => Ok(()),
            false => run.replay(rule, door, &all),
        };
        all_rules(&mut run, &mut setting, (family, 0), send)?;
    }
    report(&run, true)
}

/// Prints the counts; with `whole`, each kind of reply must have occurred.
fn report(run: &Run, whole: bool) -> Result<(), Box<dyn Error>> {
    println!("{}", run.account);
    if let (true, Some(kind)) = (whole, run.account.missing()) {
        return Err(format!("there was no {kind}").into());
    }
    println!(
        "{} connections with numbers of their own",
        run.numbers.count()
    );
    Ok(())
}

/// The rule, with the default window in even rounds. A helper has no other.
fn rule((family, hook, mode): (Family, Hook, Mode), round: u64) -> Rule {
    let other = round % 2 == 1 && !hook.helps();
    let window = match (mode, other) {
        (Mode::Honeypot, false) => 65535,
        (Mode::Tarpit | Mode::Honeypot, true) => 5840,
        _ => 0,
    };
    Rule {
        family,
        hook,
        mode,
        window,
    }
}

/// Each rule for a family, each by all doors: `send` sends what comes to it by one.
fn all_rules(
    run: &mut Run,
    setting: &mut Setting,
    (family, round): (Family, u64),
    send: impl Fn(&mut Run, &Rule, Door) -> Result<(), String>,
) -> Result<(), Box<dyn Error>> {
    let before = (run.account.frames, run.account.answered());
    for hook in HOOKS {
        for mode in MODES {
            let rule = rule((family, hook, mode), round);
            setting.lay(&rule)?;
            run.doors.forget();
            let answered = run.account.answered();
            for door in DOORS {
                setting.listen(door, round)?;
                send(run, &rule, door)?;
                setting.forget();
            }
            setting.compare(&rule, run.account.answered() - answered)?;
        }
    }
    let came = run.account.frames - before.0;
    let answers = run.account.answered() - before.1;
    // Printed at the end: earlier output would cause interrupts at varying times.
    run.account.rounds.push(format!(
        "{}, round {}: {came} frames, {answers} replies, digest {:016x}",
        family.name(),
        round + 1,
        run.account.digest
    ));
    Ok(())
}

// SPDX-License-Identifier: GPL-2.0
//! Mutated frames for the module, by each way into the kernel, and an oracle that reads all that
//! leaves.
//!
//! ```text
//! edge FAMILIES FRAMES SEED
//! ```
//!
//! FAMILIES is ipv4, ipv6 or both; FRAMES is for each of them. All modes, the hooks INPUT, FORWARD
//! and PREROUTING and all doors (see lab.rs) get their share, while a tap shares each packet, while
//! tcpdump copies it, and while nobody does. Ends with an account, or with the first fault and 1.

mod account;
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
mod wire;

use doors::Doors;
use lab::{Family, Hook, Mode, Rule, DOORS, FAMILIES, HOOKS, MODES};
use setting::Setting;
use std::error::Error;
use std::process::ExitCode;
use visit::{Run, SLOTS};

/// Frames for a rule and a door before another one gets its turn.
const TURN: u64 = 40 * SLOTS as u64;

/// So many frames show each kind of reply.
const WHOLE: u64 = 20_000;

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
    let [families, frames, seed] = words else {
        return Err("say FAMILIES FRAMES SEED".into());
    };
    let chosen = |family: &Family| families == "both" || families == family.name();
    let families: Vec<Family> = FAMILIES.into_iter().filter(chosen).collect();
    let frames: u64 = frames.parse()?;
    sys::stay_on_one_processor()?;
    let mut run = Run::new(seed.parse()?, Doors::open()?);
    let places = (HOOKS.len() * MODES.len() * DOORS.len()) as u64;
    let rounds = frames.div_ceil(places * TURN);
    let turn = frames.div_ceil(places * rounds);
    let mut setting = Setting::new()?;
    for round in 0..rounds {
        for family in &families {
            all_rules(&mut run, &mut setting, (*family, round, turn))?;
        }
    }
    println!("{}", run.account);
    if let (true, Some(kind)) = (frames >= WHOLE, run.account.missing()) {
        return Err(format!("there was no {kind}").into());
    }
    println!(
        "{} connections with numbers of their own",
        run.numbers.count()
    );
    Ok(())
}

/// The rule, with the default window in even rounds.
fn rule((family, hook, mode): (Family, Hook, Mode), round: u64) -> Rule {
    let window = match (mode, round % 2) {
        (Mode::Honeypot, 0) => 65535,
        (Mode::Tarpit | Mode::Honeypot, 1) => 5840,
        _ => 0,
    };
    Rule {
        family,
        hook,
        mode,
        window,
    }
}

/// Each rule for a family, each by all doors.
fn all_rules(
    run: &mut Run,
    setting: &mut Setting,
    (family, round, turn): (Family, u64, u64),
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
                run.visit(&rule, door, turn)?;
                setting.forget();
            }
            setting.compare(&rule, run.account.answered() - answered)?;
        }
    }
    let frames = run.account.frames - before.0;
    let answers = run.account.answered() - before.1;
    // Said at the end: what goes out meanwhile comes back as an interrupt, at any time.
    run.account.rounds.push(format!(
        "{}, round {}: {frames} frames, {answers} replies, digest {:016x}",
        family.name(),
        round + 1,
        run.account.digest
    ));
    Ok(())
}

// SPDX-License-Identifier: GPL-2.0
//! libxt_TARPIT.so: the extension of iptables and ip6tables for `-j TARPIT`.
//!
//!     options ──► xtables ──► Choice::read ◄─► ParsedOptions, Rule ◄─► the rule's data
//!     listing ◄── xtables ◄── list, save  ◄──────── Rule ◄── the rule's data
//!
//! choice is pure. xtables is the border to libxtables and has all unsafe code. layout asserts at
//! compile time that structs agrees with libxtables' headers; bindgen makes abi of ours. libxtables
//! asks the kernel for each revision and uses the highest that both have.
#![no_std]
#![deny(unsafe_op_in_unsafe_fn)]

use core::ffi::{c_int, CStr};

use abi::{xt_tarpit_tginfo, xt_tarpit_tginfo_v1};
use choice::{Mode, OptionError, ParsedOptions, Rule};
use structs::GetoptOption;
use xtables::{put, put_number, target, Data, Options, ReadOption, Revision, Targets};

#[allow(non_camel_case_types)] // As bindgen writes it.
#[path = "../src/front/xtables/abi.rs"]
mod abi;
mod choice;
mod layout;
mod structs;
mod xtables;

/// An option: a mode or the window.
#[derive(Clone, Copy)]
enum Choice {
    Mode(Mode),
    Window,
}

/// In the order of `OPTIONS`.
const CHOICES: [Choice; 5] = [
    Choice::Mode(Mode::Tarpit),
    Choice::Mode(Mode::Persist),
    Choice::Mode(Mode::Honeypot),
    Choice::Mode(Mode::Reset),
    Choice::Window,
];

static OPTIONS: Options<6> = Options::new([
    CHOICES[0].option(0),
    CHOICES[1].option(1),
    CHOICES[2].option(2),
    CHOICES[3].option(3),
    CHOICES[4].option(4),
    GetoptOption::END,
]);

impl Choice {
    const fn name(self) -> &'static CStr {
        match self {
            Self::Mode(mode) => mode.name(),
            Self::Window => choice::WINDOW,
        }
    }

    const fn option(self, val: c_int) -> GetoptOption {
        GetoptOption::new(self.name(), matches!(self, Self::Window), val)
    }

    /// Adds this option to those `parsed` before, and to the `rule` that they describe.
    fn read(
        self,
        option: &ReadOption,
        parsed: ParsedOptions,
        rule: Rule,
    ) -> Result<(ParsedOptions, Rule), OptionError> {
        match self {
            _ if option.inverted => Err(OptionError::new(
                self.name(),
                c"cannot be inverted with \"!\"",
            )),
            Self::Mode(mode) => parsed.and_mode(mode, rule),
            Self::Window => parsed.and_window(option.number.ok_or(choice::BAD_WINDOW)?, rule),
        }
    }
}

/// How the data of a revision encodes a rule.
trait Meaning: Data {
    const NUMBER: u8;
    /// The rule; `None` if it is one of a later module.
    fn rule(&self) -> Option<Rule>;
    fn set(&mut self, rule: Rule);
    /// Whether the revision can encode this option.
    fn knows(choice: Choice) -> bool;
}

impl Meaning for xt_tarpit_tginfo {
    const NUMBER: u8 = 0;

    fn rule(&self) -> Option<Rule> {
        let mode = mode_of(self.variant).filter(|mode| Self::knows(Choice::Mode(*mode)))?;
        Some(Rule {
            mode,
            window: mode.default_window(),
        })
    }

    fn set(&mut self, rule: Rule) {
        self.variant = number_of(rule.mode);
    }

    fn knows(choice: Choice) -> bool {
        !matches!(choice, Choice::Mode(Mode::Persist) | Choice::Window)
    }
}

impl Meaning for xt_tarpit_tginfo_v1 {
    const NUMBER: u8 = 1;

    fn rule(&self) -> Option<Rule> {
        let mode = mode_of(self.mode).filter(|_| self.flags == 0 && self.reserved == [0; 2])?;
        let window = match (mode, self.window) {
            // iptables-nft passes us rules of revision 0 as revision 1. Both have the mode in the
            // same byte, and no honeypot rule of revision 1 has a window of 0.
            (Mode::Honeypot, 0) => mode.default_window(),
            (_, window) => window,
        };
        Some(Rule { mode, window })
    }

    fn set(&mut self, rule: Rule) {
        let (mode, window) = (number_of(rule.mode), rule.window);
        *self = Self {
            mode,
            flags: 0,
            window,
            reserved: [0; 2],
        };
    }

    fn knows(_: Choice) -> bool {
        true
    }
}

fn mode_of(number: u8) -> Option<Mode> {
    match number {
        abi::XT_TARPIT_TARPIT => Some(Mode::Tarpit),
        abi::XT_TARPIT_PERSIST => Some(Mode::Persist),
        abi::XT_TARPIT_HONEYPOT => Some(Mode::Honeypot),
        abi::XT_TARPIT_RESET => Some(Mode::Reset),
        _ => None,
    }
}

fn number_of(mode: Mode) -> u8 {
    match mode {
        Mode::Tarpit => abi::XT_TARPIT_TARPIT,
        Mode::Persist => abi::XT_TARPIT_PERSIST,
        Mode::Honeypot => abi::XT_TARPIT_HONEYPOT,
        Mode::Reset => abi::XT_TARPIT_RESET,
    }
}

/// Both revisions accept the same options, so that the older one can report what it lacks.
impl<M: Meaning> Revision for M {
    const NUMBER: u8 = <M as Meaning>::NUMBER;

    fn parse(&mut self, option: &ReadOption, parsed: &mut u32) -> Result<(), OptionError> {
        let place = usize::try_from(option.val).ok();
        let Some(choice) = place.and_then(|at| CHOICES.get(at)) else {
            return Ok(());
        };
        if !M::knows(*choice) {
            return Err(OptionError::new(choice.name(), LACKING));
        }
        let known = self.rule().unwrap_or(Rule::PLAIN);
        let (all, rule) = choice.read(option, ParsedOptions(*parsed), known)?;
        *parsed = all.0;
        self.set(rule);
        Ok(())
    }

    fn help() {
        put(HELP);
    }

    fn list(&self) {
        put(c" TARPIT ");
        match self.rule() {
            None => put(UNKNOWN),
            Some(rule) => put_rule(rule, c" window "),
        }
    }

    fn save(&self) {
        put(c" --");
        match self.rule() {
            // A ruleset that cannot be restored is better than one that is restored wrongly.
            None => put(UNKNOWN),
            Some(rule) => put_rule(rule, c" --window "),
        }
    }
}

fn put_rule(rule: Rule, before_window: &CStr) {
    put(rule.mode.name());
    if let Some(window) = rule.unusual_window() {
        put(before_window);
        put_number(window);
    }
}

const UNKNOWN: &CStr = c"mode-unknown-to-this-extension";
const LACKING: &CStr = c"needs revision 1; this kernel's module has only revision 0 or is missing";

const HELP: &CStr = c"TARPIT target options (one mode at most):
  --tarpit      complete the handshake with a zero window, answer nothing else (default)
  --persist     as --tarpit, and answer the probes of verified peers
  --honeypot    complete the handshake, acknowledge all payload, send none
  --reset       answer as a closed port does
  --window N    the window to advertise: with --tarpit and --persist 0 to 65535
                (default 0), with --honeypot 1 to 65535 (default 65535)
";

static TARGETS: Targets<4> = Targets::new([
    target::<xt_tarpit_tginfo, 6>(layout::NFPROTO_IPV4, &OPTIONS),
    target::<xt_tarpit_tginfo_v1, 6>(layout::NFPROTO_IPV4, &OPTIONS),
    target::<xt_tarpit_tginfo, 6>(layout::NFPROTO_IPV6, &OPTIONS),
    target::<xt_tarpit_tginfo_v1, 6>(layout::NFPROTO_IPV6, &OPTIONS),
]);

extern "C" fn register() {
    TARGETS.register();
}

/// The dynamic loader runs this when iptables opens the library.
#[used]
#[link_section = ".init_array"]
static REGISTER: extern "C" fn() = register;

/// Never reached: no code here can panic, and the Makefile checks that no panic is linked.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

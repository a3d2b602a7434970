// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]
//! Combines the options of one `-j TARPIT` and rejects those that contradict each other. Pure: it
//! knows neither libxtables nor the layout of a rule.

use core::ffi::CStr;

/// What is wrong with the options: "--`option` `why``other`" reads as a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionError {
    pub option: &'static CStr,
    pub why: &'static CStr,
    pub other: &'static CStr,
}

impl OptionError {
    pub const fn new(option: &'static CStr, why: &'static CStr) -> Self {
        Self {
            option,
            why,
            other: c"",
        }
    }

    const fn pair(option: &'static CStr, mode: Mode) -> Self {
        Self {
            option,
            why: c"cannot be combined with --",
            other: mode.name(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Tarpit,
    Persist,
    Honeypot,
    Reset,
}

impl Mode {
    /// The name of the option, after two dashes, and of the mode in a listing.
    pub const fn name(self) -> &'static CStr {
        match self {
            Self::Tarpit => c"tarpit",
            Self::Persist => c"persist",
            Self::Honeypot => c"honeypot",
            Self::Reset => c"reset",
        }
    }

    /// The window of a rule without `--window`.
    pub const fn default_window(self) -> u16 {
        match self {
            Self::Honeypot => u16::MAX,
            Self::Tarpit | Self::Persist | Self::Reset => 0,
        }
    }

    const fn bit(self) -> u32 {
        match self {
            Self::Tarpit => 1,
            Self::Persist => 2,
            Self::Honeypot => 4,
            Self::Reset => 8,
        }
    }
}

pub const WINDOW: &CStr = c"window";
pub const BAD_WINDOW: OptionError = OptionError::new(WINDOW, c"takes a number from 0 to 65535");

/// The content of a rule: a mode with its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub mode: Mode,
    pub window: u16,
}

impl Rule {
    /// The rule without options.
    pub const PLAIN: Self = Self {
        mode: Mode::Tarpit,
        window: Mode::Tarpit.default_window(),
    };

    /// The window, if it is not the mode's default.
    pub fn unusual_window(self) -> Option<u16> {
        (self.window != self.mode.default_window()).then_some(self.window)
    }
}

/// The options read so far, as the 32 bits that libxtables keeps between two options: one bit for
/// each mode and one for `--window`.
///
/// They only detect repeated and contradicting options. The values are in the rule, because some
/// callers of libxtables pass 0 for each option and keep only the rule's data: python-iptables sets
/// a rule attribute by attribute.
#[derive(Clone, Copy, Default)]
pub struct ParsedOptions(pub u32);

const WINDOW_BIT: u32 = 16;

impl ParsedOptions {
    /// Gives `rule` this mode. It keeps a window that was given before.
    pub fn and_mode(self, mode: Mode, rule: Rule) -> Result<(Self, Rule), OptionError> {
        match self.mode() {
            Some(same) if same == mode => {
                return Err(OptionError::new(mode.name(), c"is given twice"))
            }
            Some(other) => return Err(OptionError::pair(mode.name(), other)),
            None => {}
        }
        let window = if self.has_window() {
            Some(rule.window)
        } else {
            rule.unusual_window()
        };
        check(mode, window)?;
        let window = window.unwrap_or(mode.default_window());
        Ok((Self(self.0 | mode.bit()), Rule { mode, window }))
    }

    /// Gives `rule` this window.
    pub fn and_window(self, window: u16, rule: Rule) -> Result<(Self, Rule), OptionError> {
        if self.has_window() {
            return Err(OptionError::new(WINDOW, c"is given twice"));
        }
        check(rule.mode, Some(window))?;
        Ok((Self(self.0 | WINDOW_BIT), Rule { window, ..rule }))
    }

    fn mode(self) -> Option<Mode> {
        let modes = [Mode::Tarpit, Mode::Persist, Mode::Honeypot, Mode::Reset];
        modes.into_iter().find(|mode| self.0 & mode.bit() != 0)
    }

    fn has_window(self) -> bool {
        self.0 & WINDOW_BIT != 0
    }
}

/// Checks that the mode accepts the window.
fn check(mode: Mode, window: Option<u16>) -> Result<(), OptionError> {
    match (mode, window) {
        (Mode::Reset, Some(_)) => Err(OptionError::pair(WINDOW, mode)),
        (Mode::Honeypot, Some(0)) => Err(OptionError::new(
            WINDOW,
            c"takes a number from 1 to 65535 with --honeypot",
        )),
        _ => Ok(()),
    }
}

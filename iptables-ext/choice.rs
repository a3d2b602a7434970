// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]
//! What the options of one `-j TARPIT` mean together, and which of them contradict each other.
//! Pure: it knows neither libxtables nor the layout of a rule.

use core::ffi::CStr;

/// What is wrong with the options: "--`option` `why``other`" reads as a sentence.
pub struct Fault {
    pub option: &'static CStr,
    pub why: &'static CStr,
    pub other: &'static CStr,
}

impl Fault {
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

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Tarpit,
    Persist,
    Honeypot,
    Reset,
}

impl Mode {
    /// The word which is both the option, after two dashes, and what a listing says.
    pub const fn name(self) -> &'static CStr {
        match self {
            Self::Tarpit => c"tarpit",
            Self::Persist => c"persist",
            Self::Honeypot => c"honeypot",
            Self::Reset => c"reset",
        }
    }

    /// The window of a rule that does not name one.
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
pub const BAD_WINDOW: Fault = Fault::new(WINDOW, c"takes a number from 0 to 65535");

/// A mode with its window: all that a rule can say.
#[derive(Clone, Copy)]
pub struct Rule {
    pub mode: Mode,
    pub window: u16,
}

impl Rule {
    /// The window, where somebody must have asked for it.
    pub fn unusual_window(self) -> Option<u16> {
        (self.window != self.mode.default_window()).then_some(self.window)
    }
}

/// The options read so far, in any order, in the 32 bits libxtables keeps for us between two
/// options: a bit for each mode, a bit for `--window`, and its value in the upper half. The last
/// check gets nothing but these bits, so the value has to be in them.
#[derive(Clone, Copy)]
pub struct Said(pub u32);

const WINDOW_BIT: u32 = 16;
const VALUE_SHIFT: u32 = 16;

impl Said {
    pub fn and_mode(self, mode: Mode) -> Result<Self, Fault> {
        match self.mode() {
            Some(same) if same == mode => Err(Fault::new(mode.name(), c"is given twice")),
            Some(other) => Err(Fault::pair(mode.name(), other)),
            None => Ok(Self(self.0 | mode.bit())),
        }
    }

    pub fn and_window(self, window: u16) -> Result<Self, Fault> {
        match self.window() {
            Some(_) => Err(Fault::new(WINDOW, c"is given twice")),
            None => Ok(Self(
                self.0 | WINDOW_BIT | (u32::from(window) << VALUE_SHIFT),
            )),
        }
    }

    /// What only the whole line can tell.
    pub fn check(self) -> Result<(), Fault> {
        match (self.rule().mode, self.window()) {
            (mode @ (Mode::Persist | Mode::Reset), Some(_)) => Err(Fault::pair(WINDOW, mode)),
            (Mode::Honeypot, Some(0)) => Err(Fault::new(
                WINDOW,
                c"takes a number from 1 to 65535 with --honeypot",
            )),
            _ => Ok(()),
        }
    }

    pub fn rule(self) -> Rule {
        let mode = self.mode().unwrap_or(Mode::Tarpit);
        Rule {
            mode,
            window: self.window().unwrap_or(mode.default_window()),
        }
    }

    fn mode(self) -> Option<Mode> {
        let modes = [Mode::Tarpit, Mode::Persist, Mode::Honeypot, Mode::Reset];
        modes.into_iter().find(|mode| self.0 & mode.bit() != 0)
    }

    fn window(self) -> Option<u16> {
        let value = u16::try_from(self.0 >> VALUE_SHIFT).ok();
        value.filter(|_| self.0 & WINDOW_BIT != 0)
    }
}

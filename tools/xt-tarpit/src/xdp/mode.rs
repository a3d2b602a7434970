// SPDX-License-Identifier: GPL-2.0
//! The modes, as `include/bpf_tarpit.h` numbers them.

use serde::Deserialize;
use std::fmt;

/// How a frame is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    #[default]
    Tarpit,
    Honeypot,
    Reset,
    Persist,
}

/// A mode with its window; 0 is the mode's default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mode {
    kind: Kind,
    window: u16,
}

const KINDS: [(Kind, &str); 4] = [
    (Kind::Tarpit, "tarpit"),
    (Kind::Honeypot, "honeypot"),
    (Kind::Reset, "reset"),
    (Kind::Persist, "persist"),
];

impl Mode {
    /// A mode; a reset has no window.
    pub fn new(kind: Kind, window: u16) -> Result<Self, String> {
        if kind == Kind::Reset && window != 0 {
            return Err("the mode reset has no window; omit the window".to_owned());
        }
        Ok(Self { kind, window })
    }

    /// The argument of the module's function.
    pub fn flags(self) -> u32 {
        let number = match self.kind {
            Kind::Tarpit => 0,
            Kind::Honeypot => 1,
            Kind::Reset => 2,
            Kind::Persist => 3,
        };
        (u32::from(self.window) << 16) | number
    }

    /// The mode that these flags mean, if they mean one.
    pub fn from_flags(flags: u32) -> Option<Self> {
        let [high, low, 0, number] = flags.to_be_bytes() else {
            return None;
        };
        let (kind, _) = KINDS.get(usize::from(number))?;
        Self::new(*kind, u16::from_be_bytes([high, low])).ok()
    }

    /// The words that ip(8) takes for a device of this mode.
    pub fn words(self) -> Vec<String> {
        let mut words = Vec::new();
        if self.kind != Kind::Tarpit {
            words.push(self.kind.to_string());
        }
        if self.window != 0 {
            words.extend(["window".to_owned(), self.window.to_string()]);
        }
        words
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = KINDS.iter().find(|(kind, _)| kind == self);
        f.write_str(found.map_or("", |(_, name)| name))
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.window {
            0 => write!(f, "{}", self.kind),
            window => write!(f, "{} window {window}", self.kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_those_of_the_header() {
        let header = include_str!("../../../../include/bpf_tarpit.h");
        for (number, (kind, name)) in KINDS.iter().enumerate() {
            let names: Vec<&str> = header
                .lines()
                .filter_map(|line| line.trim().strip_prefix("BPF_TARPIT_")?.strip_suffix(','))
                .collect();
            assert_eq!(names[number].to_lowercase(), *name);
            let flags = Mode::new(*kind, 0).unwrap().flags();
            assert_eq!(usize::try_from(flags).unwrap(), number);
            assert_eq!(kind.to_string(), *name);
        }
        assert!(header.contains("((__u32)(window) << 16 | (mode))"));
        assert_eq!(
            Mode::new(Kind::Persist, 500).unwrap().flags(),
            (500 << 16) | 3
        );
    }

    #[test]
    fn flags_mean_the_mode() {
        for (kind, window) in [(Kind::Tarpit, 0), (Kind::Honeypot, 9), (Kind::Reset, 0)] {
            let mode = Mode::new(kind, window).unwrap();
            assert_eq!(Mode::from_flags(mode.flags()), Some(mode));
        }
        for flags in [4, 1 << 8, (1 << 16) | 2] {
            assert_eq!(Mode::from_flags(flags), None);
        }
    }

    #[test]
    fn a_reset_has_no_window() {
        let error = Mode::new(Kind::Reset, 1).unwrap_err();
        assert_eq!(error, "the mode reset has no window; omit the window");
    }

    #[test]
    fn a_device_gets_the_mode_in_words() {
        let words = |kind, window| Mode::new(kind, window).unwrap().words().join(" ");
        assert_eq!(words(Kind::Tarpit, 0), "");
        assert_eq!(words(Kind::Tarpit, 7), "window 7");
        assert_eq!(words(Kind::Persist, 1000), "persist window 1000");
        assert_eq!(
            Mode::new(Kind::Persist, 9).unwrap().to_string(),
            "persist window 9"
        );
        assert_eq!(Mode::default().to_string(), "tarpit");
    }
}

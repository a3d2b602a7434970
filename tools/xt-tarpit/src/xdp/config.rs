// SPDX-License-Identifier: GPL-2.0
//! What an attached program shall do: from the options and the configuration file.

use super::limit::{Limit, Rate};
use super::mode::{Kind, Mode};
use super::ports::Ports;
use super::prefix::Prefix;
use serde::Deserialize;

/// The file, word for word. Each option of the command line has its place.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct File {
    mode: Kind,
    window: u16,
    generic: bool,
    by_device: bool,
    ports: Vec<Ports>,
    prefixes: Vec<String>,
    leave: Vec<String>,
    spare: Vec<String>,
    limit: Option<Rate>,
    burst: Option<u32>,
}

/// The options of attach, which win over the file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    pub mode: Option<Kind>,
    pub window: Option<u16>,
    pub generic: bool,
    pub by_device: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    pub mode: Mode,
    pub generic: bool,
    pub by_device: bool,
    pub ports: Vec<Ports>,
    pub prefixes: Vec<Prefix>,
    pub leave: Vec<Prefix>,
    pub spare: Vec<Prefix>,
    pub limit: Option<Limit>,
}

impl Config {
    /// Reads the text of a file; without a file the text is empty.
    pub fn read(text: &str, options: Options) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let kind = options.mode.unwrap_or(file.mode);
        Ok(Self {
            mode: Mode::new(kind, options.window.unwrap_or(file.window))?,
            generic: options.generic || file.generic,
            by_device: options.by_device || file.by_device,
            prefixes: all(&file.prefixes)?,
            leave: all(&file.leave)?,
            spare: all(&file.spare)?,
            limit: limit(file.limit, file.burst)?,
            ports: file.ports,
        })
    }
}

fn limit(rate: Option<Rate>, burst: Option<u32>) -> Result<Option<Limit>, String> {
    match (rate, burst) {
        (Some(rate), burst) => Limit::new(rate, burst).map(Some),
        (None, Some(_)) => Err("there is a burst, but no limit; name a limit".to_owned()),
        (None, None) => Ok(None),
    }
}

fn all(texts: &[String]) -> Result<Vec<Prefix>, String> {
    texts.iter().map(|text| text.parse()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 10] = [
        "mode = ",
        "window = ",
        "generic = ",
        "by-device = ",
        "ports = ",
        "prefixes = ",
        "leave = ",
        "spare = ",
        "limit = ",
        "burst = ",
    ];

    #[test]
    fn keys_are_those_that_the_manual_page_and_the_example_have() {
        let error = Config::read("none = 1", Options::default()).unwrap_err();
        let (_, expected) = error.split_once("expected one of ").unwrap();
        let keys: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
        assert_eq!(keys.join(" = ") + " = ", KEYS.concat());
        let page = include_str!("../../xt-tarpit.8").replace('\\', "");
        for key in keys {
            assert!(page.contains(&format!("\n.B {key}\n")), "{key}");
        }
    }

    #[test]
    fn nothing_is_named_by_default() {
        let config = Config::read("", Options::default()).unwrap();
        assert_eq!(config, Config::default());
        assert_eq!(config.mode.flags(), 0);
    }

    #[test]
    fn the_example_of_the_package_is_read() {
        let text = include_str!("../../xt-tarpit-xdp.toml");
        let config = Config::read(text, Options::default()).unwrap();
        assert_eq!(config, Config::default(), "the example does nothing");
        let uncommented: String = text
            .lines()
            .filter_map(|line| line.strip_prefix('#'))
            .filter(|line| !line.starts_with(' '))
            .fold(String::new(), |text, line| text + line + "\n");
        let config = Config::read(&uncommented, Options::default()).unwrap();
        assert_eq!(config.mode.to_string(), "persist");
        for key in KEYS {
            let named = uncommented.lines().any(|line| line.starts_with(key));
            assert!(named, "the example lacks {key}");
        }
        assert_eq!(config.ports.len(), 3);
        assert_eq!(config.prefixes.len(), 2);
        assert_eq!(config.leave.len(), 1);
        assert_eq!(config.spare.len(), 2);
        assert_eq!(config.limit.unwrap().burst, 50);
        assert!(!config.generic && !config.by_device);
    }

    #[test]
    fn options_win_over_the_file() {
        let options = Options {
            mode: Some(Kind::Persist),
            window: Some(7),
            generic: true,
            by_device: true,
        };
        let text = "mode = \"honeypot\"\nwindow = 9\nports = [23, \"8000-8100\"]";
        let config = Config::read(text, options).unwrap();
        assert_eq!(config.mode, Mode::new(Kind::Persist, 7).unwrap());
        assert!(config.generic && config.by_device);
        let config = Config::read(text, Options::default()).unwrap();
        assert_eq!(config.mode, Mode::new(Kind::Honeypot, 9).unwrap());
        assert_eq!(config.ports.len(), 2);
    }

    #[test]
    fn a_wrong_file_is_refused_with_the_reason() {
        for (text, reason) in [
            ("mode = \"drop\"", "unknown variant"),
            ("port = [1]", "unknown field"),
            ("ports = [70000]", "70000 is no port"),
            ("ports = [\"a\"]", "a is no port"),
            ("prefixes = [\"192.0.2.0/40\"]", "192.0.2.0/40 is no prefix"),
            ("leave = [\"x\"]", "x is no prefix"),
            ("spare = [\"\"]", " is no prefix"),
            ("limit = \"5/day\"", "5/day is no rate"),
            ("burst = 5", "no limit; name a limit"),
            ("limit = \"5/s\"\nburst = 0", "at least 1"),
            ("mode = \"reset\"\nwindow = 1", "no window"),
            ("window = 65536", "65536"),
        ] {
            let error = Config::read(text, Options::default()).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}

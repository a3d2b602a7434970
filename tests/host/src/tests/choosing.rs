// SPDX-License-Identifier: GPL-2.0
//! The rule that results from options of `-j TARPIT`, with a caller that keeps libxtables' flags
//! between options, as iptables does, and with one that passes 0 each time, as python-iptables
//! does.

use super::choice::{Mode, OptionError, ParsedOptions, Rule};

const MODES: [Mode; 4] = [Mode::Tarpit, Mode::Persist, Mode::Honeypot, Mode::Reset];
const WINDOWS: [u16; 5] = [0, 1, 100, 65534, 65535];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Given {
    Mode(Mode),
    Window(u16),
}

use Given::{Mode as M, Window as W};

/// The rule after these options.
fn parse(options: &[Given], keeps_flags: bool) -> Result<Rule, OptionError> {
    parse_on(Rule::PLAIN, options, keeps_flags)
}

fn parse_on(mut rule: Rule, options: &[Given], keeps_flags: bool) -> Result<Rule, OptionError> {
    let mut parsed = ParsedOptions::default();
    for option in options {
        let before = if keeps_flags {
            parsed
        } else {
            ParsedOptions::default()
        };
        (parsed, rule) = match *option {
            M(mode) => before.and_mode(mode, rule)?,
            W(window) => before.and_window(window, rule)?,
        };
    }
    Ok(rule)
}

/// The options with which a rule is listed and saved.
fn saved(rule: Rule) -> Vec<Given> {
    let mut options = vec![M(rule.mode)];
    options.extend(rule.unusual_window().map(W));
    options
}

/// All rules with these windows.
fn every_rule() -> Vec<Rule> {
    let rule = |mode, window| Rule { mode, window };
    let mut rules = vec![rule(Mode::Reset, 0)];
    for mode in [Mode::Tarpit, Mode::Persist] {
        rules.extend(WINDOWS.map(|window| rule(mode, window)));
    }
    rules.extend(WINDOWS[1..].iter().map(|w| rule(Mode::Honeypot, *w)));
    rules
}

fn message(error: OptionError) -> String {
    let text = [error.option, error.why, error.other].map(|part| part.to_str().unwrap());
    format!("--{} {}{}", text[0], text[1], text[2])
}

#[test]
fn a_caller_that_resets_the_flags_gets_the_rule_that_the_command_line_gives() {
    for mode in MODES {
        assert_eq!(parse(&[M(mode)], false), parse(&[M(mode)], true));
        for window in WINDOWS {
            let both = [M(mode), W(window)];
            assert_eq!(parse(&both, false), parse(&both, true), "{both:?}");
        }
    }
}

#[test]
fn a_window_before_the_mode_is_kept() {
    for (mode, window) in [
        (Mode::Tarpit, 0),
        (Mode::Tarpit, 100),
        (Mode::Persist, 0),
        (Mode::Persist, 100),
        (Mode::Honeypot, 1),
        (Mode::Honeypot, 100),
        (Mode::Honeypot, 65535),
    ] {
        let rule = Ok(Rule { mode, window });
        assert_eq!(parse(&[W(window), M(mode)], true), rule);
        assert_eq!(parse(&[W(window), M(mode)], false), rule);
    }
}

#[test]
fn a_rule_that_is_read_and_written_back_is_the_same() {
    for rule in every_rule() {
        for keeps_flags in [true, false] {
            assert_eq!(parse(&saved(rule), keeps_flags), Ok(rule), "{rule:?}");
            // On an existing rule, as by a program that changes one attribute.
            assert_eq!(
                parse_on(rule, &saved(rule), keeps_flags),
                Ok(rule),
                "{rule:?}"
            );
        }
    }
}

#[test]
fn a_new_mode_has_its_default_window_unless_one_was_given() {
    let persist = Rule {
        mode: Mode::Persist,
        window: 0,
    };
    let honeypot = Rule {
        mode: Mode::Honeypot,
        window: 65535,
    };
    for keeps_flags in [true, false] {
        assert_eq!(
            parse_on(persist, &[M(Mode::Honeypot)], keeps_flags),
            Ok(honeypot)
        );
        assert_eq!(
            parse_on(honeypot, &[M(Mode::Persist)], keeps_flags),
            Ok(persist)
        );
        assert_eq!(
            parse_on(honeypot, &[M(Mode::Tarpit)], keeps_flags),
            Ok(Rule::PLAIN)
        );
    }
}

#[test]
fn a_window_that_a_mode_does_not_take_is_refused_in_each_order_and_by_each_caller() {
    for (mode, window, sentence) in [
        (Mode::Reset, 1, "--window cannot be combined with --reset"),
        (
            Mode::Reset,
            65535,
            "--window cannot be combined with --reset",
        ),
    ] {
        for options in [[M(mode), W(window)], [W(window), M(mode)]] {
            for keeps_flags in [true, false] {
                let error = parse(&options, keeps_flags).unwrap_err();
                assert_eq!(message(error), sentence, "{options:?} {keeps_flags}");
            }
        }
    }
}

#[test]
fn a_honeypot_without_a_window_is_refused() {
    let sentence = "--window takes a number from 1 to 65535 with --honeypot";
    let after = [M(Mode::Honeypot), W(0)];
    assert_eq!(message(parse(&after, true).unwrap_err()), sentence);
    assert_eq!(message(parse(&after, false).unwrap_err()), sentence);
    // Without the flags, a window of 0 before the mode looks like no window.
    let before = [W(0), M(Mode::Honeypot)];
    assert_eq!(message(parse(&before, true).unwrap_err()), sentence);
    assert_eq!(parse(&before, false), parse(&[M(Mode::Honeypot)], true));
}

#[test]
fn an_option_that_is_given_twice_on_a_command_line_is_refused() {
    for (options, sentence) in [
        ([M(Mode::Reset), M(Mode::Reset)], "--reset is given twice"),
        (
            [M(Mode::Tarpit), M(Mode::Honeypot)],
            "--honeypot cannot be combined with --tarpit",
        ),
        ([W(1), W(1)], "--window is given twice"),
    ] {
        assert_eq!(message(parse(&options, true).unwrap_err()), sentence);
    }
}

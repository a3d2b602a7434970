// SPDX-License-Identifier: GPL-2.0
//! Which rules are accepted, their modes, and the log messages for the others.

use crate::abi::{
    xt_tarpit_tginfo, xt_tarpit_tginfo_v1, XT_TARPIT_HONEYPOT as HONEYPOT,
    XT_TARPIT_PERSIST as PERSIST, XT_TARPIT_RESET as RESET, XT_TARPIT_TARPIT as TARPIT,
};
use crate::policy::Mode;
use crate::rule::Rule;

const WINDOWS: [u16; 6] = [0, 1, 2, 0x8000, 65534, 65535];
const RESERVED: [[u16; 2]; 5] = [[0, 0], [1, 0], [0, 1], [0x100, 0], [0xffff, 0xffff]];

fn v1(mode: u8, flags: u8, window: u16, reserved: [u16; 2]) -> xt_tarpit_tginfo_v1 {
    xt_tarpit_tginfo_v1 {
        mode,
        flags,
        window,
        reserved,
    }
}

fn refusal(rule: &impl Rule) -> &'static str {
    rule.check()
        .expect_err("refused")
        .to_str()
        .expect("plain text")
}

/// A second statement of the rules of revision 1 that docs/behaviour.md accepts.
fn acceptable(rule: &xt_tarpit_tginfo_v1) -> bool {
    let window = match rule.mode {
        TARPIT | PERSIST => 0..=65535,
        HONEYPOT => 1..=65535,
        RESET => 0..=0,
        _ => return false,
    };
    rule.flags == 0 && rule.reserved == [0, 0] && window.contains(&rule.window)
}

fn every_v1(mut visit: impl FnMut(xt_tarpit_tginfo_v1)) {
    for mode in 0..=u8::MAX {
        for flags in 0..=u8::MAX {
            for window in WINDOWS {
                for reserved in RESERVED {
                    visit(v1(mode, flags, window, reserved));
                }
            }
        }
    }
}

#[test]
fn the_modes_of_revision_0_have_the_numbers_of_xtables_addons() {
    assert_eq!([TARPIT, HONEYPOT, RESET], [0, 1, 2]);
    assert_eq!(size_of::<xt_tarpit_tginfo>(), 1);
}

#[test]
fn revision_1_is_the_same_for_a_32_bit_iptables_under_a_64_bit_kernel() {
    // Nothing is wider than 16 bits and nothing is padded, so every ABI has the same layout.
    let rule = v1(0, 0, 0, [0; 2]);
    let fields = size_of_val(&rule.mode)
        + size_of_val(&rule.flags)
        + size_of_val(&rule.window)
        + size_of_val(&rule.reserved);
    assert_eq!(align_of::<xt_tarpit_tginfo_v1>(), 2);
    assert_eq!(size_of::<xt_tarpit_tginfo_v1>(), fields);
}

#[test]
fn revision_0_accepts_the_three_modes_of_xtables_addons_and_no_other_byte() {
    for variant in 0..=u8::MAX {
        assert_eq!(
            xt_tarpit_tginfo { variant }.check().is_ok(),
            variant < 3,
            "{variant}"
        );
    }
}

#[test]
fn revision_0_has_the_modes_of_xtables_addons() {
    let mode = |variant| xt_tarpit_tginfo { variant }.mode();
    assert_eq!(mode(TARPIT), Mode::Tarpit { window: 0 });
    assert_eq!(mode(HONEYPOT), Mode::Honeypot { window: 65535 });
    assert_eq!(mode(RESET), Mode::Reset);
}

#[test]
fn revision_1_accepts_exactly_what_the_contract_says() {
    every_v1(|rule| assert_eq!(rule.check().is_ok(), acceptable(&rule), "{rule:?}"));
}

#[test]
fn revision_1_takes_every_window_that_a_mode_may_have() {
    for window in 0..=u16::MAX {
        let [tarpit, persist, honeypot] =
            [TARPIT, PERSIST, HONEYPOT].map(|mode| v1(mode, 0, window, [0; 2]));
        assert_eq!([tarpit.check(), persist.check()], [Ok(()), Ok(())]);
        assert_eq!(tarpit.mode(), Mode::Tarpit { window });
        assert_eq!(persist.mode(), Mode::Persist { window });
        assert_eq!(honeypot.check().is_ok(), window != 0);
        assert_eq!(honeypot.mode(), Mode::Honeypot { window });
    }
    assert_eq!(v1(RESET, 0, 0, [0; 2]).mode(), Mode::Reset);
}

#[test]
fn a_refusal_names_its_fault() {
    let unknown_mode = refusal(&v1(4, 0, 0, [0; 2]));
    let unknown_flag = refusal(&v1(TARPIT, 1, 0, [0; 2]));
    let unknown_field = refusal(&v1(TARPIT, 0, 0, [0, 1]));
    let no_window = refusal(&v1(HONEYPOT, 0, 0, [0; 2]));
    let odd_window = refusal(&v1(RESET, 0, 1, [0; 2]));
    assert!(unknown_mode.contains("mode") && unknown_mode.contains("upgrade"));
    assert!(unknown_flag.contains("feature") && unknown_flag.contains("upgrade"));
    assert_eq!(unknown_flag, unknown_field);
    assert!(no_window.contains("--honeypot") && no_window.contains("1 to 65535"));
    assert!(odd_window.contains("--reset") && odd_window.contains("--window"));
    assert_eq!(odd_window, refusal(&v1(RESET, 0, 65535, [0; 2])));
    assert!(refusal(&xt_tarpit_tginfo { variant: 3 }).contains("revision 0"));
}

#[test]
fn an_unknown_feature_is_reported_before_a_wrong_window() {
    // A future flag may change what a window means, so the unknown is named first.
    assert!(refusal(&v1(PERSIST, 1, 1, [0; 2])).contains("upgrade"));
    assert!(refusal(&v1(9, 0, 1, [0; 2])).contains("upgrade"));
}

#[test]
fn a_refusal_is_one_short_printable_line() {
    let check = |text: &str| {
        assert!(
            text.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
            "{text:?}"
        );
        assert!((20..=100).contains(&text.len()), "{text:?}");
    };
    every_v1(|rule| {
        if rule.check().is_err() {
            check(refusal(&rule));
        }
    });
    (3..=u8::MAX).for_each(|variant| check(refusal(&xt_tarpit_tginfo { variant })));
}

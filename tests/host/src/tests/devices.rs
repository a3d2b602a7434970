// SPDX-License-Identifier: GPL-2.0
//! The settings of a tarpit device: accepted requests, their meaning, and its counters.

use crate::abi;
use crate::counters;
use crate::drop_reason::DropReason;
use crate::helper_mode;
use crate::metrics;
use crate::policy::{way::ReplyBy, Mode};
use crate::prometheus::Sink;
use crate::settings::{mode_word, reply_word, Request, Settings};
use crate::stats;
use crate::wire::Family;
use std::collections::BTreeSet;

const TARPIT: u8 = abi::XT_TARPIT_TARPIT;
const HONEYPOT: u8 = abi::XT_TARPIT_HONEYPOT;
const RESET: u8 = abi::XT_TARPIT_RESET;
const PERSIST: u8 = abi::XT_TARPIT_PERSIST;

fn request(mode: Option<u8>, window: Option<u16>) -> Request {
    Request {
        mode,
        window,
        reply: None,
    }
}

/// A device of a mode, created without a window.
fn device(mode: u8) -> Settings {
    let made = Settings::default().after(&request(Some(mode), None));
    made.expect("a mode alone is accepted")
}

fn refusal(settings: Settings, request: Request) -> &'static str {
    let refusal = settings.after(&request).expect_err("refused");
    refusal.to_str().expect("plain text")
}

#[test]
fn a_new_device_is_a_tarpit_with_window_0_and_replies_by_the_way_of_the_packet() {
    let device = Settings::default()
        .after(&Request::default())
        .expect("defaults");
    assert_eq!(device.mode(), Mode::Tarpit { window: 0 });
    assert_eq!(device.reply(), ReplyBy::Auto);
}

#[test]
fn each_mode_has_the_default_of_the_rule() {
    assert_eq!(device(TARPIT).mode(), Mode::Tarpit { window: 0 });
    assert_eq!(device(HONEYPOT).mode(), Mode::Honeypot { window: 65535 });
    assert_eq!(device(RESET).mode(), Mode::Reset);
    assert_eq!(device(PERSIST).mode(), Mode::Persist { window: 0 });
}

#[test]
fn a_window_is_accepted_where_the_rule_accepts_it() {
    for window in [0, 1, 1000, 65535] {
        for mode in [TARPIT, HONEYPOT, RESET, PERSIST] {
            let asked = Settings::default().after(&request(Some(mode), Some(window)));
            let good = mode == TARPIT || mode == PERSIST || (mode == HONEYPOT && window > 0);
            assert_eq!(asked.is_ok(), good, "{mode} {window}");
            assert!(asked.is_err() || asked.unwrap().window == window);
        }
    }
}

#[test]
fn a_window_alone_changes_that_of_the_present_mode() {
    let changed = device(HONEYPOT)
        .after(&request(None, Some(7)))
        .expect("a window");
    assert_eq!(changed.mode(), Mode::Honeypot { window: 7 });
    let sentence = refusal(device(RESET), request(None, Some(7)));
    assert_eq!(sentence, "reset has no window");
}

#[test]
fn a_window_stays_with_its_mode_and_goes_with_it() {
    let narrow = device(HONEYPOT)
        .after(&request(None, Some(7)))
        .expect("a window");
    let same = narrow
        .after(&request(Some(HONEYPOT), None))
        .expect("the same");
    assert_eq!(same, narrow);
    let tarpit = narrow.after(&request(Some(TARPIT), None)).expect("another");
    assert_eq!(tarpit.mode(), Mode::Tarpit { window: 0 });
    let persist = narrow
        .after(&request(Some(PERSIST), None))
        .expect("another");
    assert_eq!(persist.window, 0);
}

#[test]
fn a_refusal_names_its_fault_and_changes_nothing() {
    let sentence = refusal(Settings::default(), request(Some(HONEYPOT), Some(0)));
    assert_eq!(sentence, "honeypot needs a window from 1 to 65535");
    for mode in 4..=255 {
        assert!(refusal(Settings::default(), request(Some(mode), None)).contains("mode"));
    }
    for reply in 2..=255 {
        let request = Request {
            reply: Some(reply),
            ..Request::default()
        };
        assert!(refusal(Settings::default(), request).contains("reply"));
    }
}

#[test]
fn only_the_modes_with_a_window_show_one() {
    let with: Vec<u8> = (0..4).filter(|mode| device(*mode).has_window()).collect();
    assert_eq!(with, [TARPIT, HONEYPOT, PERSIST]);
}

#[test]
fn each_number_has_a_word_of_its_own_and_the_next_has_none() {
    let words: Vec<_> = (0..4)
        .map(|mode| mode_word(mode).expect("a word"))
        .collect();
    assert_eq!(words, [c"tarpit", c"honeypot", c"reset", c"persist"]);
    let replies: Vec<_> = (0..2)
        .map(|reply| reply_word(reply).expect("a word"))
        .collect();
    assert_eq!(replies, [c"auto", c"route"]);
    assert_eq!((mode_word(4), reply_word(2)), (None, None));
}

#[test]
fn reply_route_is_what_it_says() {
    let request = Request {
        reply: Some(1),
        ..Request::default()
    };
    let device = Settings::default().after(&request).expect("a reply");
    assert_eq!(device.reply(), ReplyBy::Route);
}

#[test]
fn each_counter_of_packets_has_a_name_of_its_own() {
    let names: BTreeSet<_> = (stats::REPLIES..stats::COUNT)
        .map(|index| stats::name(index).expect("a name"))
        .collect();
    assert_eq!(names.len(), DropReason::COUNT + 5);
    assert_eq!(stats::name(stats::REPLY_BYTES), None);
    assert_eq!(stats::name(stats::COUNT), None);
    for reason in DropReason::ALL {
        assert_eq!(stats::name(stats::dropped(reason)), Some(reason.name()));
    }
}

struct Text(Vec<u8>);

impl Sink for Text {
    fn write(&mut self, text: &[u8]) {
        self.0.extend_from_slice(text);
    }
}

#[test]
fn the_namespace_shows_packets_by_entrance_by_family_and_by_whether_they_got_a_reply() {
    let mut text = Text(Vec::new());
    metrics::write(&mut text, |number| 1000 + number as u64);
    let text = String::from_utf8(text.0).expect("text");
    for (family, label) in [(Family::V4, "ipv4"), (Family::V6, "ipv6")] {
        for (answered, word) in [(true, "yes"), (false, "no")] {
            for (entrance, first) in [
                ("device", counters::DEVICE),
                ("helper", counters::HELPER),
                ("xdp", counters::XDP),
            ] {
                let labels = format!("family=\"{label}\",answered=\"{word}\"");
                let labels = format!("entrance=\"{entrance}\",{labels}");
                let value = 1000 + counters::packet_by(first, family, answered);
                let line = format!("xt_tarpit_entrance_packets_total{{{labels}}} {value}\n");
                assert!(text.contains(&line), "{line}");
            }
        }
    }
}

#[test]
fn a_helper_has_the_mode_of_a_rule_without_a_window() {
    for (number, mode) in [
        (TARPIT, Mode::Tarpit { window: 0 }),
        (HONEYPOT, Mode::Honeypot { window: u16::MAX }),
        (RESET, Mode::Reset),
        (PERSIST, Mode::Persist { window: 0 }),
    ] {
        assert_eq!(helper_mode::decode(number), mode);
        let device = Settings::default().after(&Request {
            mode: Some(number),
            ..Request::default()
        });
        assert_eq!(device.expect("a mode").mode(), mode);
    }
}

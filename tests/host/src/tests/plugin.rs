// SPDX-License-Identifier: GPL-2.0
//! The words that ip's plugin reads behind `type tarpit`, and the numbers that they become.

use super::words::{
    Attribute, Fault, Parser, Value, ECHO, HELP, MODE, MODES, REPLIES, REPLY, WINDOW,
};
use crate::settings::{mode_word, reply_word};
use std::ffi::CString;

fn read(text: &str) -> Result<Vec<Attribute>, Fault> {
    let mut parser = Parser::new();
    for word in text.split_whitespace() {
        parser.take(&CString::new(word).expect("a word"))?;
    }
    Ok(parser.finish()?.into_iter().flatten().collect())
}

fn sentence(text: &str) -> &'static str {
    match read(text) {
        Err(Fault::Bad(sentence)) => sentence.to_str().expect("plain text"),
        other => panic!("{text}: {other:?}"),
    }
}

fn byte(kind: u16, value: u8) -> Attribute {
    let value = Value::Byte(value);
    Attribute { kind, value }
}

fn window(value: u16) -> Attribute {
    Attribute {
        kind: WINDOW,
        value: Value::Half(value),
    }
}

#[test]
fn each_word_is_that_of_the_kernel() {
    for (number, word) in (0..).zip(MODES) {
        assert_eq!(mode_word(number), Some(word));
        let text = word.to_str().expect("plain text");
        assert_eq!(read(text), Ok(vec![byte(MODE, number)]));
    }
    for (number, word) in (0..).zip(REPLIES) {
        assert_eq!(reply_word(number), Some(word));
        let text = format!("reply {}", word.to_str().expect("plain text"));
        assert_eq!(read(&text), Ok(vec![byte(REPLY, number)]));
    }
}

#[test]
fn words_may_stand_in_any_order() {
    let all = [byte(MODE, 1), window(1000), byte(REPLY, 1), byte(ECHO, 1)];
    for text in [
        "honeypot window 1000 reply route echo",
        "echo reply route window 1000 honeypot",
        "window 1000 reply route echo honeypot",
    ] {
        assert_eq!(read(text), Ok(all.to_vec()), "{text}");
    }
    assert_eq!(read(""), Ok(vec![]));
    assert_eq!(read("noecho"), Ok(vec![byte(ECHO, 0)]));
}

#[test]
fn a_window_is_any_number_of_16_bits() {
    for number in 0..=65535 {
        assert_eq!(read(&format!("window {number}")), Ok(vec![window(number)]));
    }
    for text in ["65536", "99999999999", "-1", "+1", "0x10", "1k", "window"] {
        let sentence = sentence(&format!("window {text}"));
        assert_eq!(sentence, "a window is a number from 0 to 65535", "{text}");
    }
}

#[test]
fn a_fault_is_named() {
    assert!(sentence("persist reset").contains("more than one mode"));
    assert!(sentence("persist persist").contains("more than one mode"));
    assert!(sentence("window 1 window 1").contains("twice"));
    assert!(sentence("reply auto reply auto").contains("twice"));
    assert!(sentence("echo noecho").contains("twice"));
    assert!(sentence("window").contains("needs"));
    assert!(sentence("reply").contains("needs"));
    assert!(sentence("reply never").contains("auto or route"));
    assert!(sentence("tarpi").contains("help"));
    assert_eq!(read("help"), Err(Fault::Help));
}

#[test]
fn the_help_has_each_word() {
    let help = HELP.to_str().expect("plain text");
    for word in MODES.into_iter().chain(REPLIES).chain([c"[no]echo"]) {
        assert!(help.contains(word.to_str().expect("plain text")));
    }
}

// SPDX-License-Identifier: GPL-2.0
#![forbid(unsafe_code)]
//! The words behind `type tarpit`: pure, so that they can be tested without ip.

use core::ffi::CStr;

#[allow(dead_code, non_camel_case_types)] // As bindgen writes it.
#[path = "../src/front/device/netlink.rs"]
mod netlink;
pub use netlink::{
    IFLA_TARPIT_ECHO as ECHO, IFLA_TARPIT_MODE as MODE, IFLA_TARPIT_REPLY as REPLY,
    IFLA_TARPIT_WINDOW as WINDOW,
};

/// The largest number of an attribute.
pub const MAX: u16 = netlink::__IFLA_TARPIT_MAX - 1;

/// The modes and the ways of replies, each at its number.
pub const MODES: [&CStr; 4] = [c"tarpit", c"honeypot", c"reset", c"persist"];
pub const REPLIES: [&CStr; 2] = [c"auto", c"route"];

pub const HELP: &CStr =
    c"Usage: ... type tarpit [ reset | { tarpit | persist | honeypot } [ window N ] ]
                       [ reply { auto | route } ] [ [no]echo ]
";

const TWICE: &CStr = c"echo is given twice";

/// One attribute of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub kind: u16,
    pub value: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    Byte(u8),
    Half(u16),
}

/// Why the words are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The user asked for help.
    Help,
    /// A sentence for the user.
    Bad(&'static CStr),
}

/// What the next word belongs to.
#[derive(Clone, Copy)]
enum Expected {
    Word,
    Window,
    Reply,
}

/// Takes the words one by one.
pub struct Parser {
    expected: Expected,
    mode: Option<u8>,
    window: Option<u16>,
    reply: Option<u8>,
    echo: Option<u8>,
}

impl Parser {
    pub const fn new() -> Self {
        Self {
            expected: Expected::Word,
            mode: None,
            window: None,
            reply: None,
            echo: None,
        }
    }

    /// The kernel refuses what does not fit together; here only words are read.
    pub fn take(&mut self, word: &CStr) -> Result<(), Fault> {
        let expected = self.expected;
        self.expected = Expected::Word;
        match expected {
            Expected::Word => self.word(word),
            Expected::Window => {
                let number = number(word.to_bytes());
                let number = number.ok_or(Fault::Bad(c"a window is a number from 0 to 65535"))?;
                once(&mut self.window, number, c"the window is given twice")
            }
            Expected::Reply => {
                let number = position(&REPLIES, word);
                let number = number.ok_or(Fault::Bad(c"reply is auto or route"))?;
                once(&mut self.reply, number, c"reply is given twice")
            }
        }
    }

    fn word(&mut self, word: &CStr) -> Result<(), Fault> {
        if let Some(mode) = position(&MODES, word) {
            return once(&mut self.mode, mode, c"there is more than one mode");
        }
        match word.to_bytes() {
            b"window" => self.expected = Expected::Window,
            b"reply" => self.expected = Expected::Reply,
            b"echo" => return once(&mut self.echo, 1, TWICE),
            b"noecho" => return once(&mut self.echo, 0, TWICE),
            b"help" => return Err(Fault::Help),
            _ => {
                return Err(Fault::Bad(
                    c"tarpit does not know this word; say: type tarpit help",
                ))
            }
        }
        Ok(())
    }

    /// The attributes that the words ask for.
    pub fn finish(self) -> Result<[Option<Attribute>; 4], Fault> {
        match self.expected {
            Expected::Word => {}
            Expected::Window => return Err(Fault::Bad(c"window needs a number")),
            Expected::Reply => return Err(Fault::Bad(c"reply needs auto or route")),
        }
        let attribute = |kind, value| Attribute { kind, value };
        Ok([
            self.mode.map(|mode| attribute(MODE, Value::Byte(mode))),
            self.window
                .map(|window| attribute(WINDOW, Value::Half(window))),
            self.reply.map(|reply| attribute(REPLY, Value::Byte(reply))),
            self.echo.map(|echo| attribute(ECHO, Value::Byte(echo))),
        ])
    }
}

fn once<T>(place: &mut Option<T>, value: T, twice: &'static CStr) -> Result<(), Fault> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(Fault::Bad(twice)),
    }
}

fn position(words: &[&CStr], word: &CStr) -> Option<u8> {
    let found = words
        .iter()
        .position(|other| other.to_bytes() == word.to_bytes())?;
    u8::try_from(found).ok()
}

/// A decimal number of at most 65535.
fn number(digits: &[u8]) -> Option<u16> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u16, |number, digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number.checked_mul(10)?.checked_add(digit.into())
    })
}

// SPDX-License-Identifier: GPL-2.0
//! The settings of a tarpit device: which requests are accepted, and what they mean. The option
//! `echo` is not among them: C checks and keeps it (rtnl.c).

#![forbid(unsafe_code)]

use super::abi::{
    XT_TARPIT_HONEYPOT as HONEYPOT, XT_TARPIT_PERSIST as PERSIST, XT_TARPIT_RESET as RESET,
    XT_TARPIT_TARPIT as TARPIT,
};
use super::netlink::{TARPIT_REPLY_AUTO as AUTO, TARPIT_REPLY_ROUTE as ROUTE};
use crate::policy::{way::ReplyBy, Mode};
use core::ffi::CStr;

/// The modes, with the numbers and the words that userspace uses.
const MODES: [(u8, &CStr); 4] = [
    (TARPIT, c"tarpit"),
    (HONEYPOT, c"honeypot"),
    (RESET, c"reset"),
    (PERSIST, c"persist"),
];

/// The ways by which replies leave, with the numbers and the words that userspace uses.
const REPLIES: [(u8, &CStr); 2] = [(AUTO, c"auto"), (ROUTE, c"route")];

/// Why a request is refused, as a sentence for the user.
pub(crate) type Refusal = &'static CStr;

/// The settings of a device, in the numbers of its ABI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// One of [`MODES`].
    pub(crate) mode: u8,
    /// In bytes; 0 if the mode has none.
    pub(crate) window: u16,
    /// One of [`REPLIES`].
    pub(crate) reply: u8,
}

/// A request to a device: a setting that stays as it is is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Request {
    /// As in [`Settings`].
    pub(crate) mode: Option<u8>,
    /// As in [`Settings`].
    pub(crate) window: Option<u16>,
    /// As in [`Settings`].
    pub(crate) reply: Option<u8>,
}

impl Settings {
    /// The settings after `request`.
    ///
    /// A new mode without a window gets its default window.
    ///
    /// # Errors
    ///
    /// The first fault as a sentence.
    pub(crate) fn after(self, request: &Request) -> Result<Self, Refusal> {
        let mode = request.mode.unwrap_or(self.mode);
        let reply = request.reply.unwrap_or(self.reply);
        word(&MODES, mode).ok_or(c"this module does not know the mode; upgrade it")?;
        word(&REPLIES, reply).ok_or(c"this module does not know the reply; upgrade it")?;
        let window = match (mode, request.window) {
            (RESET, Some(_)) => Err(c"reset has no window"),
            (HONEYPOT, Some(0)) => Err(c"honeypot needs a window from 1 to 65535"),
            (_, Some(window)) => Ok(window),
            (_, None) if mode == self.mode => Ok(self.window),
            (HONEYPOT, None) => Ok(u16::MAX),
            (_, None) => Ok(0),
        }?;
        Ok(Self {
            mode,
            window,
            reply,
        })
    }

    /// Whether the mode has a window.
    pub(crate) const fn has_window(self) -> bool {
        matches!(self.mode, TARPIT | PERSIST | HONEYPOT)
    }

    /// The mode of the packet path.
    #[inline(always)]
    pub(crate) const fn mode(self) -> Mode {
        let window = self.window;
        match self.mode {
            HONEYPOT => Mode::Honeypot { window },
            RESET => Mode::Reset,
            PERSIST => Mode::Persist { window },
            _ => Mode::Tarpit { window },
        }
    }

    /// The way by which replies leave.
    #[inline(always)]
    pub(crate) const fn reply(self) -> ReplyBy {
        match self.reply {
            ROUTE => ReplyBy::Route,
            _ => ReplyBy::Auto,
        }
    }
}

/// The word of a mode, as in sysfs.
pub(crate) fn mode_word(mode: u8) -> Option<&'static CStr> {
    word(&MODES, mode)
}

/// The word of the way that replies take.
pub(crate) fn reply_word(reply: u8) -> Option<&'static CStr> {
    word(&REPLIES, reply)
}

fn word(words: &[(u8, &'static CStr)], number: u8) -> Option<&'static CStr> {
    let found = words.iter().find(|(of, _)| *of == number);
    found.map(|(_, word)| *word)
}

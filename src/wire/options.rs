// SPDX-License-Identifier: GPL-2.0
//! TCP options: which were offered, and how ours are written.

/// The TCP timestamps option (RFC 7323, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timestamps {
    /// TSval: the sender's clock, in its own ticks (ours: milliseconds).
    pub(crate) value: u32,
    /// TSecr: the clock of the other side, echoed.
    pub(crate) echo: u32,
}

impl Timestamps {
    fn read(value: [u8; 4], echo: [u8; 4]) -> Self {
        Self {
            value: u32::from_be_bytes(value),
            echo: u32::from_be_bytes(echo),
        }
    }
}

/// What a segment's options say, as far as we care.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// Maximum segment size was given (RFC 9293, section 3.7.1).
    pub(crate) mss: bool,
    /// Window scale was offered (RFC 7323, section 2).
    pub(crate) window_scale: bool,
    /// SACK-permitted was offered (RFC 2018).
    pub(crate) sack_permitted: bool,
    /// Timestamps.
    pub(crate) timestamps: Option<Timestamps>,
}

mod kind {
    pub(super) const END: u8 = 0;
    pub(super) const NOP: u8 = 1;
    pub(super) const MSS: u8 = 2;
    pub(super) const WINDOW_SCALE: u8 = 3;
    pub(super) const SACK_PERMITTED: u8 = 4;
    pub(super) const TIMESTAMPS: u8 = 8;
}

impl Options {
    /// Reads options up to the first malformed or repeated one; the rest is ignored.
    #[inline(always)]
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        Self::of_linux(bytes).unwrap_or_else(|| Self::of_any(bytes))
    }

    /// Reads the options of a SYN or a later segment if they stand just as Linux writes them.
    #[inline(always)]
    fn of_linux(bytes: &[u8]) -> Option<Self> {
        use kind::{MSS, NOP, SACK_PERMITTED as SACK, TIMESTAMPS, WINDOW_SCALE};
        let (stamps, syn) = match *bytes {
            [] => return Some(Self::default()),
            [NOP, NOP, TIMESTAMPS, 10, ref stamps @ ..] => (stamps, false),
            [MSS, 4, _, _, SACK, 2, TIMESTAMPS, 10, ref stamps @ .., NOP, WINDOW_SCALE, 3, _] => {
                (stamps, true)
            }
            _ => return None,
        };
        let &[a, b, c, d, e, f, g, h] = stamps else {
            return None;
        };
        Some(Self {
            mss: syn,
            window_scale: syn,
            sack_permitted: syn,
            timestamps: Some(Timestamps::read([a, b, c, d], [e, f, g, h])),
        })
    }

    #[inline(never)]
    fn of_any(mut bytes: &[u8]) -> Self {
        let mut options = Self::default();
        while let Some(rest) = options.read(bytes) {
            bytes = rest;
        }
        options
    }

    /// Reads one option; returns what follows it, or `None` where reading has to end.
    fn read<'a>(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let (&kind, rest) = bytes.split_first()?;
        match kind {
            kind::END => return None,
            kind::NOP => return Some(rest),
            _ => {}
        }
        let (&length, _) = rest.split_first()?;
        let body = bytes.get(2..usize::from(length))?;
        self.note(kind, body)?;
        bytes.get(usize::from(length)..)
    }

    /// Notes an option whose content is `body`; `None` where it is malformed or repeated.
    fn note(&mut self, kind: u8, body: &[u8]) -> Option<()> {
        match (kind, body) {
            (kind::MSS, [_, _]) => once(&mut self.mss),
            (kind::WINDOW_SCALE, [_]) => once(&mut self.window_scale),
            (kind::SACK_PERMITTED, []) => once(&mut self.sack_permitted),
            (kind::TIMESTAMPS, &[a, b, c, d, e, f, g, h]) => {
                let read = Timestamps::read([a, b, c, d], [e, f, g, h]);
                let seen = self.timestamps.replace(read);
                match seen {
                    None => Some(()),
                    // The first one counts.
                    Some(first) => {
                        self.timestamps = Some(first);
                        None
                    }
                }
            }
            (kind::MSS | kind::WINDOW_SCALE | kind::SACK_PERMITTED | kind::TIMESTAMPS, _) => None,
            _ => Some(()),
        }
    }
}

/// Sets `seen`; `None` where it was set already.
fn once(seen: &mut bool) -> Option<()> {
    if *seen {
        return None;
    }
    *seen = true;
    Some(())
}

/// The four bytes of option space that hold MSS `mss`.
pub(super) const fn mss_word(mss: u16) -> u32 {
    u32::from_be_bytes([kind::MSS, 4, mss.to_be_bytes()[0], mss.to_be_bytes()[1]])
}

/// Window scale 0, padded: the window of a tarpit needs no scaling.
pub(super) const WINDOW_SCALE_WORD: u32 = u32::from_be_bytes([kind::NOP, kind::WINDOW_SCALE, 3, 0]);

/// SACK-permitted alone, padded.
pub(super) const SACK_WORD: u32 =
    u32::from_be_bytes([kind::NOP, kind::NOP, kind::SACK_PERMITTED, 2]);

/// What precedes the two clocks of timestamps; SACK-permitted rides in what is else padding.
pub(super) const fn timestamps_word(sack_permitted: bool) -> u32 {
    if sack_permitted {
        u32::from_be_bytes([kind::SACK_PERMITTED, 2, kind::TIMESTAMPS, 10])
    } else {
        u32::from_be_bytes([kind::NOP, kind::NOP, kind::TIMESTAMPS, 10])
    }
}

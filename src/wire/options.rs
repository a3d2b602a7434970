// SPDX-License-Identifier: GPL-2.0
//! TCP options: which a segment has, and how a reply's are written.

use super::be32;

/// The TCP timestamps option (RFC 7323, section 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

/// The options of a segment that matter here.
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
        match Self::of_linux(bytes) {
            Some(options) => options,
            None => Self::unpack(Self::of_any(bytes)),
        }
    }

    /// Reads the options of a SYN or a later segment if they have Linux' layout.
    #[inline(always)]
    fn of_linux(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self::default());
        }
        if let Ok(later) = <&[u8; 12]>::try_from(bytes) {
            let timestamps = Some(Timestamps {
                value: be32(later, 4),
                echo: be32(later, 8),
            });
            return (be32(later, 0) == timestamps_word(false)).then_some(Self {
                timestamps,
                ..Self::default()
            });
        }
        let syn = <&[u8; 20]>::try_from(bytes).ok()?;
        let known = be32(syn, 0) | 0xffff == mss_word(0xffff)
            && be32(syn, 4) == timestamps_word(true)
            && be32(syn, 16) | 0xff == WINDOW_SCALE_WORD | 0xff;
        known.then_some(Self {
            mss: true,
            window_scale: true,
            sack_permitted: true,
            timestamps: Some(Timestamps {
                value: be32(syn, 8),
                echo: be32(syn, 12),
            }),
        })
    }

    /// Reads options of any layout. Two numbers come back in registers, so the caller of
    /// [`Self::parse`] keeps its options there, too.
    #[inline(never)]
    fn of_any(mut bytes: &[u8]) -> (u8, u64) {
        let mut options = Self::default();
        while let Some(rest) = options.read(bytes) {
            bytes = rest;
        }
        let Timestamps { value, echo } = options.timestamps.unwrap_or_default();
        let timestamps = (u64::from(value) << 32) | u64::from(echo);
        (options.bits(), timestamps)
    }

    /// The options that [`Self::of_any`] describes.
    #[inline(always)]
    fn unpack((bits, timestamps): (u8, u64)) -> Self {
        let [a, b, c, d, e, f, g, h] = timestamps.to_be_bytes();
        Self {
            mss: bits & bit::MSS != 0,
            window_scale: bits & bit::WINDOW_SCALE != 0,
            sack_permitted: bits & bit::SACK_PERMITTED != 0,
            timestamps: (bits & bit::TIMESTAMPS != 0)
                .then(|| Timestamps::read([a, b, c, d], [e, f, g, h])),
        }
    }

    /// A bit for each option.
    #[inline(always)]
    fn bits(&self) -> u8 {
        let bit = |given: bool, bit: u8| if given { bit } else { 0 };
        bit(self.mss, bit::MSS)
            | bit(self.window_scale, bit::WINDOW_SCALE)
            | bit(self.sack_permitted, bit::SACK_PERMITTED)
            | bit(self.timestamps.is_some(), bit::TIMESTAMPS)
    }

    /// Reads one option; returns what follows it, or `None` if nothing more may be read.
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

    /// Stores an option whose content is `body`; `None` if it is malformed or repeated.
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

/// Sets `seen`; `None` if it was set already.
fn once(seen: &mut bool) -> Option<()> {
    if *seen {
        return None;
    }
    *seen = true;
    Some(())
}

/// A bit for each option that a SYN-ACK can have.
mod bit {
    pub(super) const MSS: u8 = 1;
    pub(super) const WINDOW_SCALE: u8 = 2;
    pub(super) const SACK_PERMITTED: u8 = 4;
    pub(super) const TIMESTAMPS: u8 = 8;
}

/// What a SYN offers, as one number and its TSval, so that a reply is small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offered {
    bits: u8,
    /// TSval; 0 without timestamps.
    pub(crate) value: u32,
}

impl Offered {
    /// Reads the options of a SYN, as [`Options::parse`] does.
    #[inline(always)]
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        // Each case by itself, so that the bits of the first are constants.
        match Options::of_linux(bytes) {
            Some(options) => Self::from(options),
            None => Self::from(Options::unpack(Options::of_any(bytes))),
        }
    }

    /// Whether it offers all options that a SYN-ACK can have, as most SYNs do.
    #[inline(always)]
    pub(crate) const fn all(self) -> bool {
        self.bits == bit::MSS | bit::WINDOW_SCALE | bit::SACK_PERMITTED | bit::TIMESTAMPS
    }

    /// Whether it offers a maximum segment size.
    #[inline(always)]
    pub(crate) const fn mss(self) -> bool {
        self.bits & bit::MSS != 0
    }

    /// Whether it offers window scaling.
    #[inline(always)]
    pub(crate) const fn window_scale(self) -> bool {
        self.bits & bit::WINDOW_SCALE != 0
    }

    /// Whether it permits SACK.
    #[inline(always)]
    pub(crate) const fn sack_permitted(self) -> bool {
        self.bits & bit::SACK_PERMITTED != 0
    }

    /// Whether it offers timestamps.
    #[inline(always)]
    pub(crate) const fn timestamps(self) -> bool {
        self.bits & bit::TIMESTAMPS != 0
    }
}

impl From<Options> for Offered {
    #[inline(always)]
    fn from(options: Options) -> Self {
        Self {
            bits: options.bits(),
            value: options.timestamps.map_or(0, |theirs| theirs.value),
        }
    }
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

/// The word before the two timestamps; SACK-permitted replaces the padding.
pub(super) const fn timestamps_word(sack_permitted: bool) -> u32 {
    if sack_permitted {
        u32::from_be_bytes([kind::SACK_PERMITTED, 2, kind::TIMESTAMPS, 10])
    } else {
        u32::from_be_bytes([kind::NOP, kind::NOP, kind::TIMESTAMPS, 10])
    }
}

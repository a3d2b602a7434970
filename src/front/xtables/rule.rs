// SPDX-License-Identifier: GPL-2.0
//! Rules: checked when they are added, decoded to a mode for each packet.

#![forbid(unsafe_code)]

use super::abi::{self, xt_tarpit_tginfo, xt_tarpit_tginfo_v1};
use crate::policy::Mode;
use core::ffi::CStr;

/// Why a rule is refused, as a sentence for the kernel log.
pub(crate) type Refusal = &'static CStr;

/// A rule of either revision.
pub(crate) trait Rule {
    /// Accepts only what this module supports.
    fn check(&self) -> Result<(), Refusal>;

    /// The mode of a rule that has passed [`Rule::check`].
    fn mode(&self) -> Mode;
}

impl Rule for xt_tarpit_tginfo {
    fn check(&self) -> Result<(), Refusal> {
        match self.variant {
            abi::XT_TARPIT_TARPIT | abi::XT_TARPIT_HONEYPOT | abi::XT_TARPIT_RESET => Ok(()),
            _ => Err(c"revision 0 has the modes tarpit, honeypot and reset only"),
        }
    }

    fn mode(&self) -> Mode {
        match self.variant {
            abi::XT_TARPIT_HONEYPOT => Mode::Honeypot { window: u16::MAX },
            abi::XT_TARPIT_RESET => Mode::Reset,
            _ => Mode::Tarpit { window: 0 },
        }
    }
}

impl Rule for xt_tarpit_tginfo_v1 {
    fn check(&self) -> Result<(), Refusal> {
        if self.flags != 0 || self.reserved != [0; 2] {
            return Err(c"the rule uses a feature that this module lacks: upgrade the module");
        }
        match (self.mode, self.window) {
            (abi::XT_TARPIT_TARPIT | abi::XT_TARPIT_PERSIST, _) | (abi::XT_TARPIT_RESET, 0) => {
                Ok(())
            }
            (abi::XT_TARPIT_HONEYPOT, 0) => Err(c"--honeypot needs a --window from 1 to 65535"),
            (abi::XT_TARPIT_HONEYPOT, _) => Ok(()),
            (abi::XT_TARPIT_RESET, _) => Err(c"--reset has no --window"),
            _ => Err(c"this module does not know the mode of the rule: upgrade the module"),
        }
    }

    fn mode(&self) -> Mode {
        match self.mode {
            abi::XT_TARPIT_HONEYPOT => Mode::Honeypot {
                window: self.window,
            },
            abi::XT_TARPIT_RESET => Mode::Reset,
            abi::XT_TARPIT_PERSIST => Mode::Persist {
                window: self.window,
            },
            _ => Mode::Tarpit {
                window: self.window,
            },
        }
    }
}

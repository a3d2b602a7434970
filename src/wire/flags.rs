// SPDX-License-Identifier: GPL-2.0
//! The control bits (RFC 9293, section 3.1).

/// The eight control bits of a TCP header, as they stand in its 14th byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flags(pub(crate) u8);

impl Flags {
    /// No more data from the sender.
    pub(crate) const FIN: u8 = 0x01;
    /// Synchronize sequence numbers.
    pub(crate) const SYN: u8 = 0x02;
    /// Reset the connection.
    pub(crate) const RST: u8 = 0x04;
    /// The acknowledgement field is valid.
    pub(crate) const ACK: u8 = 0x10;

    const fn has(self, bit: u8) -> bool {
        self.0 & bit != 0
    }

    /// FIN is set.
    pub(crate) const fn fin(self) -> bool {
        self.has(Self::FIN)
    }

    /// SYN is set.
    pub(crate) const fn syn(self) -> bool {
        self.has(Self::SYN)
    }

    /// RST is set.
    pub(crate) const fn rst(self) -> bool {
        self.has(Self::RST)
    }

    /// ACK is set.
    pub(crate) const fn ack(self) -> bool {
        self.has(Self::ACK)
    }

    /// It opens a connection: SYN without ACK and FIN.
    pub(crate) const fn opens(self) -> bool {
        self.syn() && !self.ack() && !self.fin()
    }

    /// No connection has such flags: neither SYN nor ACK, or SYN together with FIN.
    pub(crate) const fn odd(self) -> bool {
        (!self.syn() && !self.ack()) || (self.syn() && self.fin())
    }
}

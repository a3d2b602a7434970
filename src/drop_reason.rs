// SPDX-License-Identifier: GPL-2.0
//! The reasons why a packet is dropped without a reply.

/// Why a packet is dropped without a reply. The variant's name is the counter's label (user ABI).
///
/// A name has at most 15 letters: a tracepoint has no room for more (`TARPIT_WORD` in trace.c).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)] // With one byte, the compiler would read a decision in pieces.
pub(crate) enum DropReason {
    /// Not TCP, a truncated header, or an impossible data offset.
    Malformed,
    /// An IP fragment: the first, a later one, or an atomic one of IPv6.
    Fragment,
    /// IPv4 options, or an IPv6 routing header with segments left.
    IpOptions,
    /// An address is not that of one host: multicast, broadcast, anycast, unspecified.
    NotUnicast,
    /// Received from outside, with a source that is our own, loopback, or fails source validation.
    Martian,
    /// RST is never answered (RFC 9293, section 3.10.7.1).
    IsReset,
    /// Flags that no connection uses: null, xmas and FIN scans, SYN+FIN.
    OddFlags,
    /// The TCP checksum is wrong.
    BadChecksum,
    /// There is no route back to the peer.
    NoRoute,
    /// There was no memory for a reply.
    NoMemory,
    /// The reply does not fit into the MTU of the route back.
    TooBig,
    /// An ACK whose number does not verify.
    Unverified,
    /// A verified segment that the mode does not answer: the peer is held.
    Held,
    /// A SYN+ACK, although we sent no SYN.
    NotOurs,
    /// The last ACK of a connection that the honeypot has closed.
    Finished,
    /// No payload and window 0, as in our own replies.
    WindowShut,
    /// The random pool is not ready, so there is no key yet.
    NoKey,
    /// The rule was reached from a hook that the target does not support.
    OtherHook,
}

impl DropReason {
    /// How many reasons there are.
    pub(crate) const COUNT: usize = Self::ALL.len();

    /// All reasons, in the order of their numbers.
    pub(crate) const ALL: [Self; 18] = [
        Self::Malformed,
        Self::Fragment,
        Self::IpOptions,
        Self::NotUnicast,
        Self::Martian,
        Self::IsReset,
        Self::OddFlags,
        Self::BadChecksum,
        Self::NoRoute,
        Self::NoMemory,
        Self::TooBig,
        Self::Unverified,
        Self::Held,
        Self::NotOurs,
        Self::Finished,
        Self::WindowShut,
        Self::NoKey,
        Self::OtherHook,
    ];

    /// The position in [`Self::ALL`].
    pub(crate) const fn number(self) -> usize {
        self as usize
    }

    /// The name in counters and tracepoints.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "Malformed",
            Self::Fragment => "Fragment",
            Self::IpOptions => "IpOptions",
            Self::NotUnicast => "NotUnicast",
            Self::Martian => "Martian",
            Self::IsReset => "IsReset",
            Self::OddFlags => "OddFlags",
            Self::BadChecksum => "BadChecksum",
            Self::NoRoute => "NoRoute",
            Self::NoMemory => "NoMemory",
            Self::TooBig => "TooBig",
            Self::Unverified => "Unverified",
            Self::Held => "Held",
            Self::NotOurs => "NotOurs",
            Self::Finished => "Finished",
            Self::WindowShut => "WindowShut",
            Self::NoKey => "NoKey",
            Self::OtherHook => "OtherHook",
        }
    }
}

// SPDX-License-Identifier: GPL-2.0
//! The topology of tests/guest/fuzz-edge, and the rules under test.

use std::fmt;

/// An address family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    V4,
    V6,
}

/// The chain of the rule, or what stands in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hook {
    Input,
    Forward,
    Prerouting,
    /// A tarpit device, to which nft sends what comes in by each door.
    Device,
    /// A conntrack helper, which a rule in INPUT sets.
    Helper,
    /// The same in FORWARD.
    HelperForward,
}

/// The mode of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    Tarpit,
    Persist,
    Honeypot,
    Reset,
}

/// A rule under test.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub family: Family,
    pub hook: Hook,
    pub mode: Mode,
    /// The rule's `--window`; 0 in modes without one.
    pub window: u16,
}

impl Rule {
    /// The mode with its window, as the oracle knows it.
    pub fn said(&self) -> oracle::Mode {
        let window = self.window;
        match self.mode {
            Mode::Tarpit => oracle::Mode::Tarpit { window },
            Mode::Persist => oracle::Mode::Persist { window: 0 },
            Mode::Honeypot => oracle::Mode::Honeypot { window },
            Mode::Reset => oracle::Mode::Reset,
        }
    }
}

pub const FAMILIES: [Family; 2] = [Family::V4, Family::V6];
pub const HOOKS: [Hook; 6] = [
    Hook::Input,
    Hook::Forward,
    Hook::Prerouting,
    Hook::Device,
    Hook::Helper,
    Hook::HelperForward,
];
pub const MODES: [Mode; 4] = [Mode::Tarpit, Mode::Persist, Mode::Honeypot, Mode::Reset];

/// The ways by which frames come in. Each has the network of its own number, 10.N.0.0/24 and
/// fd0N::/64, whose host 1 is the tarpit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// A packet socket at the other end of a veth pair, with and without virtio headers.
    Veth,
    /// A TAP device with virtio headers.
    Tap,
    /// A TUN device with virtio headers: no link layer.
    Tun,
    /// A veth pair whose end merges segments (GRO).
    Gro,
    /// The same as a list of segments (GRO with rx-gro-list).
    List,
    /// A TAP device that takes frames in pieces (IFF_NAPI_FRAGS).
    Frags,
}

pub const DOORS: [Door; 6] = [
    Door::Veth,
    Door::Tap,
    Door::Tun,
    Door::Gro,
    Door::List,
    Door::Frags,
];

/// The network without hosts, 10.9.0.0/24 and fd09::/64.
pub const DARK: u8 = 9;
/// The number of the host that sends segments that are not random.
pub const PEER: u64 = 2;
/// The MTU of all devices of the tarpit except that of the unused network.
pub const MTU: usize = 9000;
pub const DARK_MTU: usize = 65535;
pub const MAC: [u8; 6] = [2, 0, 0, 0, 0, 1];
pub const PEER_MAC: [u8; 6] = [2, 0, 0, 0, 0, 2];

impl Door {
    /// Its number, and that of its network.
    pub fn number(self) -> u8 {
        DOORS.iter().position(|door| *door == self).unwrap_or(0) as u8
    }

    /// The tarpit's end of it.
    pub fn device(self) -> &'static str {
        ["t0", "tap1", "tun2", "t3", "t4", "tap5"][usize::from(self.number())]
    }

    /// The peer's end, if that is a device too.
    pub fn peer(self) -> Option<&'static str> {
        match self {
            Self::Veth => Some("p0"),
            Self::Gro => Some("p3"),
            Self::List => Some("p4"),
            Self::Tap | Self::Tun | Self::Frags => None,
        }
    }

    /// Bytes of link layer in front of the IP header.
    pub fn link(self) -> usize {
        if self == Self::Tun {
            0
        } else {
            14
        }
    }

    /// Whether GRO may merge segments.
    pub fn merges(self) -> bool {
        matches!(self, Self::Gro | Self::List)
    }
}

impl Mode {
    /// The name of the mode's option.
    pub fn name(self) -> &'static str {
        ["tarpit", "persist", "honeypot", "reset"][self as usize]
    }
}

impl Hook {
    /// The name of its chain; a device has none.
    pub fn chain(self) -> Option<&'static str> {
        match self {
            Self::Input | Self::Helper => Some("INPUT"),
            Self::Forward | Self::HelperForward => Some("FORWARD"),
            Self::Prerouting => Some("PREROUTING"),
            Self::Device => None,
        }
    }

    /// Whether a conntrack helper answers.
    pub fn helps(self) -> bool {
        matches!(self, Self::Helper | Self::HelperForward)
    }

    /// Whether it sees only what the host forwards.
    pub fn forwards(self) -> bool {
        matches!(self, Self::Forward | Self::HelperForward)
    }
}

impl Family {
    pub fn name(self) -> &'static str {
        ["ipv4", "ipv6"][self as usize]
    }

    pub fn ethertype(self) -> [u8; 2] {
        match self {
            Self::V4 => [8, 0],
            Self::V6 => [0x86, 0xdd],
        }
    }

    /// Bytes of an address.
    pub fn address(self) -> usize {
        match self {
            Self::V4 => 4,
            Self::V6 => 16,
        }
    }

    /// Bytes of an IP header without options.
    pub fn header(self) -> usize {
        match self {
            Self::V4 => 20,
            Self::V6 => 40,
        }
    }
}

/// An address; of IPv4 the first four bytes count.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Address {
    pub family: Family,
    bytes: [u8; 16],
}

impl Address {
    /// Reads an address of the family.
    pub fn new(family: Family, from: &[u8]) -> Self {
        let mut bytes = [0; 16];
        let length = family.address();
        bytes[..length].copy_from_slice(&from[..length]);
        Self { family, bytes }
    }

    /// The host of this number in a network.
    pub fn host(family: Family, network: u8, host: u64) -> Self {
        let mut bytes = [0; 16];
        match family {
            Family::V4 => bytes[..4].copy_from_slice(&[10, network, 0, host as u8]),
            Family::V6 => {
                bytes[..2].copy_from_slice(&[0xfd, network]);
                bytes[8..].copy_from_slice(&host.to_be_bytes());
            }
        }
        Self { family, bytes }
    }

    pub fn octets(&self) -> &[u8] {
        &self.bytes[..self.family.address()]
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.family {
            Family::V4 => {
                let [a, b, c, d] = [0, 1, 2, 3].map(|i| self.bytes[i]);
                write!(f, "{a}.{b}.{c}.{d}")
            }
            Family::V6 => write!(f, "{}", std::net::Ipv6Addr::from(self.bytes)),
        }
    }
}

/// The addresses and ports of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flow {
    pub from: Address,
    pub to: Address,
    pub sport: u16,
    pub dport: u16,
}

impl Flow {
    /// The reverse direction.
    pub fn reversed(self) -> Self {
        Self {
            from: self.to,
            to: self.from,
            sport: self.dport,
            dport: self.sport,
        }
    }
}

// SPDX-License-Identifier: GPL-2.0
//! The host's network as it is now, by rtnetlink, and news that it has changed.

use super::netlink::{self, Item, Link};
use super::sys;
use crate::network::Network;
use crate::range::Prefix;
use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, Read};
use std::net::IpAddr;
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

/// Links, addresses and routes of both families.
const GROUPS: i32 = libc::RTMGRP_LINK
    | libc::RTMGRP_IPV4_IFADDR
    | libc::RTMGRP_IPV4_ROUTE
    | libc::RTMGRP_IPV6_IFADDR
    | libc::RTMGRP_IPV6_ROUTE;

/// All links, addresses and gateways.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    pub links: Vec<Link>,
    pub addresses: Vec<(u32, Prefix)>,
    /// The interface, the gateway, and whether the route is a default route.
    pub gateways: Vec<(Option<u32>, IpAddr, bool)>,
}

impl Survey {
    pub fn read() -> io::Result<Self> {
        let socket = open()?;
        socket.set_read_timeout(Some(Duration::from_secs(5)))?;
        let mut survey = Self::default();
        for (kind, sequence) in netlink::DUMPS.into_iter().zip(1..) {
            socket.send(&netlink::request(kind, sequence))?;
            survey.collect(&socket)?;
        }
        Ok(survey)
    }

    fn collect(&mut self, mut socket: &Socket) -> io::Result<()> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let len = socket.read(&mut buffer)?;
            let dump = netlink::read(buffer.get(..len).unwrap_or_default());
            for item in dump.items {
                match item {
                    Item::Link(link) => self.links.push(link),
                    Item::Address { index, prefix } => self.addresses.push((index, prefix)),
                    Item::Gateway {
                        index,
                        addr,
                        default,
                    } => self.gateways.push((index, addr, default)),
                }
            }
            if dump.failed {
                return Err(io::Error::other("the kernel refuses to list its network"));
            }
            if dump.done {
                return Ok(());
            }
        }
    }

    pub fn link(&self, name: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.name == name)
    }

    pub fn by_index(&self, index: u32) -> Option<&Link> {
        self.links.iter().find(|link| link.index == index)
    }

    pub fn prefixes(&self, index: u32) -> Vec<Prefix> {
        let own = |&(at, prefix): &(u32, Prefix)| (at == index).then_some(prefix);
        self.addresses.iter().filter_map(own).collect()
    }

    /// What the state machine must know. The interface counts as down without the tarpit device.
    pub fn network(&self, interface: &str, device: &str) -> Network {
        let Some(link) = self.link(interface) else {
            return Network::default();
        };
        Network {
            mac: link.mac,
            up: link.is_up() && link.carrier && self.tarpit(device).is_some(),
            prefixes: self.prefixes(link.index),
            own: self.addresses.iter().map(|(_, own)| own.addr).collect(),
            gateways: self.gateways.iter().map(|&(_, addr, _)| addr).collect(),
        }
    }

    /// The tarpit device of this name, if it is one and is up.
    pub fn tarpit(&self, device: &str) -> Option<&Link> {
        self.link(device)
            .filter(|link| link.kind == "tarpit" && link.is_up())
    }
}

impl Link {
    pub fn is_up(&self) -> bool {
        self.flags & libc::IFF_UP.unsigned_abs() != 0
    }
}

fn open() -> io::Result<Socket> {
    let route = Protocol::from(libc::NETLINK_ROUTE);
    Socket::new(Domain::from(libc::AF_NETLINK), Type::RAW, Some(route))
}

/// Says that something has changed, not what.
pub struct News(Socket);

impl News {
    pub fn open() -> io::Result<Self> {
        let socket = open()?;
        socket.set_nonblocking(true)?;
        sys::bind_netlink(&socket, GROUPS.unsigned_abs())?;
        Ok(Self(socket))
    }

    /// Whether there is news since the last call. An overrun is news, too.
    pub fn any(&self) -> bool {
        let (mut buffer, mut any) = (vec![0; 1 << 16], false);
        loop {
            let read = (&self.0).read(&mut buffer);
            match read.map_err(|error| error.raw_os_error()) {
                Ok(len) => any |= len > 0,
                Err(Some(libc::ENOBUFS)) => any = true,
                Err(_) => return any,
            }
        }
    }

    pub fn fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

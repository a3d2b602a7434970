// SPDX-License-Identifier: GPL-2.0
//! What the kernel says of an interface of this network namespace.
#![allow(unsafe_code, clippy::as_conversions)]

use std::io;
use std::mem;
use std::net::{Ipv4Addr, UdpSocket};
use std::os::fd::AsRawFd;
use std::ptr;

/// Of linux/ethtool.h: the flags that ethtool -k shows as lro and rxvlan.
const ETHTOOL_GFLAGS: u32 = 0x25;
const FLAG_RXVLAN: u32 = 1 << 8;
const FLAG_LRO: u32 = 1 << 15;
const SIOCETHTOOL: libc::Ioctl = 0x8946;

/// An interface, by its name.
pub struct Interface {
    pub name: String,
    pub index: i32,
    pub mtu: u32,
    pub rxvlan: bool,
    pub lro: bool,
}

#[repr(C)]
struct Value {
    command: u32,
    data: u32,
}

impl Interface {
    /// Asks for an interface.
    pub fn find(name: &str) -> Result<Self, String> {
        let missing = |_| format!("there is no interface {name} in this network namespace");
        let mut request = request(name).map_err(missing)?;
        ask(libc::SIOCGIFINDEX as libc::Ioctl, &mut request).map_err(missing)?;
        // SAFETY: The kernel has written the index.
        let index = unsafe { request.ifr_ifru.ifru_ifindex };
        ask(libc::SIOCGIFMTU as libc::Ioctl, &mut request).map_err(missing)?;
        // SAFETY: The kernel has written the MTU.
        let mtu = unsafe { request.ifr_ifru.ifru_mtu };
        let flags = flags(&mut request);
        Ok(Self {
            name: name.to_owned(),
            index,
            mtu: mtu.try_into().unwrap_or(0),
            rxvlan: flags & FLAG_RXVLAN != 0,
            lro: flags & FLAG_LRO != 0,
        })
    }
}

/// The index of an interface; 0 if there is none.
pub fn index_of(name: &str) -> u32 {
    Interface::find(name).map_or(0, |interface| interface.index.try_into().unwrap_or(0))
}

/// A device without these flags has none of them.
fn flags(request: &mut libc::ifreq) -> u32 {
    let mut value = Value {
        command: ETHTOOL_GFLAGS,
        data: 0,
    };
    request.ifr_ifru.ifru_data = ptr::from_mut(&mut value).cast();
    match ask(SIOCETHTOOL, request) {
        Ok(()) => value.data,
        Err(_) => 0,
    }
}

fn request(name: &str) -> io::Result<libc::ifreq> {
    // SAFETY: All of it is numbers and pointers, which may be 0.
    let mut request: libc::ifreq = unsafe { mem::zeroed() };
    let room = request.ifr_name.len();
    if name.is_empty() || name.len() >= room {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    for (to, from) in request.ifr_name.iter_mut().zip(name.bytes()) {
        *to = from as libc::c_char;
    }
    Ok(request)
}

fn ask(what: libc::Ioctl, request: &mut libc::ifreq) -> io::Result<()> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    // SAFETY: The kernel reads and writes one ifreq, and one Value where `flags` says so.
    match unsafe { libc::ioctl(socket.as_raw_fd(), what, ptr::from_mut(request)) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

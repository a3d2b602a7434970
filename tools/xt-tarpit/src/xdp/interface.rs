// SPDX-License-Identifier: GPL-2.0
//! What the kernel says of an interface of this network namespace.
#![allow(unsafe_code, clippy::as_conversions)]

use rustix::io::Errno;
use rustix::net::netdevice::{index_to_name, name_to_index};
use std::io;
use std::mem;
use std::net::{Ipv4Addr, UdpSocket};
use std::os::fd::AsRawFd;
use std::ptr;

/// Of linux/ethtool.h.
const ETHTOOL_GSTRINGS: u32 = 0x1b;
const ETHTOOL_GSSET_INFO: u32 = 0x37;
const ETHTOOL_GFEATURES: u32 = 0x3a;
const ETH_SS_FEATURES: u32 = 4;
/// The words of 32 bits in a name, and in a block of 32 features, of which the third has those that
/// are on.
const NAME: usize = 8;
const BLOCK: usize = 4;
const SIOCETHTOOL: libc::Ioctl = 0x8946;

/// An interface.
pub struct Interface {
    pub name: String,
    pub index: u32,
    pub mtu: u32,
    /// The features that are on, by the names that ethtool -k shows.
    pub features: Vec<String>,
}

impl Interface {
    /// Asks for an interface.
    pub fn find(name: &str) -> Result<Self, String> {
        let failed = |error| format!("cannot ask for the interface {name}: {error}");
        let index = index_of(name)?
            .ok_or_else(|| format!("there is no interface {name} in this network namespace"))?;
        let mut request = request(name);
        ask(libc::SIOCGIFMTU as libc::Ioctl, &mut request).map_err(failed)?;
        // SAFETY: The kernel has written the MTU.
        let mtu = unsafe { request.ifr_ifru.ifru_mtu };
        Ok(Self {
            name: name.to_owned(),
            index,
            mtu: mtu.try_into().unwrap_or(0),
            features: features(&mut request).map_err(failed)?,
        })
    }
}

/// The index of an interface, if there is one with this name.
pub fn index_of(name: &str) -> Result<Option<u32>, String> {
    let found = socket().and_then(|socket| unless_absent(name_to_index(socket, name)));
    found.map_err(|error| format!("cannot ask for the interface {name}: {error}"))
}

/// The name of the interface with an index, if there is one.
pub fn name_of(index: u32) -> Result<Option<String>, String> {
    let found = socket().and_then(|socket| unless_absent(index_to_name(socket, index)));
    found.map_err(|error| format!("cannot ask for interface {index}: {error}"))
}

fn unless_absent<T>(found: Result<T, Errno>) -> io::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Errno::NODEV | Errno::NXIO) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A socket to ask for interfaces.
fn socket() -> io::Result<UdpSocket> {
    UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))
}

/// The names of the features that are on.
fn features(interface: &mut libc::ifreq) -> io::Result<Vec<String>> {
    let [low, high] = halves(1 << ETH_SS_FEATURES);
    let mut sizes = [ETHTOOL_GSSET_INFO, 0, low, high, 0];
    ethtool(interface, &mut sizes)?;
    let [.., features] = sizes;
    let (count, blocks) = (features as usize, features.div_ceil(32));

    let mut names = vec![0; 3 + count * NAME];
    names.splice(..3, [ETHTOOL_GSTRINGS, ETH_SS_FEATURES, features]);
    ethtool(interface, &mut names)?;
    let mut bits = vec![0; 2 + blocks as usize * BLOCK];
    bits.splice(..2, [ETHTOOL_GFEATURES, blocks]);
    ethtool(interface, &mut bits)?;

    let on = bits.into_iter().skip(4).step_by(BLOCK);
    let on = on.flat_map(|word| (0..32).map(move |bit| (word >> bit) & 1 == 1));
    let names = names.get(3..).unwrap_or_default().chunks(NAME);
    Ok(names
        .zip(on)
        .filter(|(_, on)| *on)
        .map(|(name, _)| text(name))
        .collect())
}

/// The words of a number as it lies in memory.
fn halves(number: u64) -> [u32; 2] {
    let [a, b, c, d, e, f, g, h] = number.to_ne_bytes();
    [[a, b, c, d], [e, f, g, h]].map(u32::from_ne_bytes)
}

/// The text in some words, up to its 0.
fn text(words: &[u32]) -> String {
    let bytes = words.iter().flat_map(|word| word.to_ne_bytes());
    let bytes: Vec<u8> = bytes.take_while(|byte| *byte != 0).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Runs a command of ethtool, whose words the kernel reads and writes.
fn ethtool(interface: &mut libc::ifreq, command: &mut [u32]) -> io::Result<()> {
    interface.ifr_ifru.ifru_data = command.as_mut_ptr().cast();
    ask(SIOCETHTOOL, interface)
}

/// A request for an interface, whose name is short enough: it exists.
fn request(name: &str) -> libc::ifreq {
    // SAFETY: All of it is numbers and pointers, which may be 0.
    let mut request: libc::ifreq = unsafe { mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(name.bytes()) {
        *to = from as libc::c_char;
    }
    request
}

fn ask(what: libc::Ioctl, request: &mut libc::ifreq) -> io::Result<()> {
    let socket = socket()?;
    // SAFETY: The kernel reads and writes one ifreq, and what `ethtool` says.
    match unsafe { libc::ioctl(socket.as_raw_fd(), what, ptr::from_mut(request)) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

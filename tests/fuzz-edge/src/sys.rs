// SPDX-License-Identifier: GPL-2.0
//! All system calls: sockets, devices, namespaces, clocks.

use std::ffi::CString;
use std::io::{Error, Result};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

const PACKET_VNET_HDR: i32 = 15;
const PACKET_IGNORE_OUTGOING: i32 = 23;
const TUNSETIFF: u64 = 0x4004_54ca;
const BUFFER: i32 = 1 << 24;

/// The use of a packet socket.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Sends only.
    Send,
    /// Sends frames with a virtio header.
    SendOffloaded,
    /// Receives incoming packets without sharing them.
    Hear,
    /// Receives both directions, which shares each packet.
    Tap,
}

fn check(result: i32) -> Result<i32> {
    if result < 0 {
        Err(Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// Moves this thread into a network namespace of `ip netns`.
pub fn enter(namespace: &str) -> Result<()> {
    let file = std::fs::File::open(format!("/run/netns/{namespace}"))?;
    // SAFETY: The file is open.
    check(unsafe { libc::setns(file.as_raw_fd(), libc::CLONE_NEWNET) }).map(drop)
}

/// A packet socket on a device of the present namespace.
pub fn packet_socket(device: &str, purpose: Use) -> Result<OwnedFd> {
    let hears = matches!(purpose, Use::Hear | Use::Tap);
    let kind = libc::SOCK_RAW | if hears { libc::SOCK_NONBLOCK } else { 0 };
    // SAFETY: socket() takes no pointers, and we own the returned descriptor.
    let socket = unsafe { OwnedFd::from_raw_fd(check(libc::socket(libc::AF_PACKET, kind, 0))?) };
    let fd = socket.as_raw_fd();
    match purpose {
        Use::SendOffloaded => option(fd, libc::SOL_PACKET, PACKET_VNET_HDR, 1)?,
        Use::Hear => option(fd, libc::SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)?,
        Use::Send | Use::Tap => {}
    }
    option(fd, libc::SOL_SOCKET, libc::SO_RCVBUFFORCE, BUFFER)?;
    option(fd, libc::SOL_SOCKET, libc::SO_SNDBUFFORCE, BUFFER)?;
    let name = CString::new(device)?;
    // SAFETY: The name ends with a zero.
    let index = unsafe { libc::if_nametoindex(name.as_ptr()) };
    if index == 0 {
        return Err(Error::last_os_error());
    }
    // SAFETY: All zeroes are a valid address.
    let mut address: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
    address.sll_family = libc::AF_PACKET as u16;
    address.sll_protocol = if hears {
        (libc::ETH_P_ALL as u16).to_be()
    } else {
        0
    };
    address.sll_ifindex = index as i32;
    let size = std::mem::size_of_val(&address) as u32;
    // SAFETY: The address is that long.
    check(unsafe { libc::bind(fd, (&raw const address).cast(), size) })?;
    Ok(socket)
}

fn option(fd: i32, level: i32, name: i32, value: i32) -> Result<()> {
    // SAFETY: The value is four bytes long.
    check(unsafe { libc::setsockopt(fd, level, name, (&raw const value).cast(), 4) }).map(drop)
}

/// The user's end of a TUN or TAP device with virtio headers.
pub fn tun(device: &str, flags: i32) -> Result<OwnedFd> {
    let path = c"/dev/net/tun".as_ptr();
    // SAFETY: The path ends with a zero, and we own the returned descriptor.
    let file =
        unsafe { OwnedFd::from_raw_fd(check(libc::open(path, libc::O_RDWR | libc::O_NONBLOCK))?) };
    // SAFETY: All zeroes are a valid request.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (slot, byte) in request.ifr_name.iter_mut().zip(device.bytes()) {
        *slot = byte as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (flags | libc::IFF_NO_PI | libc::IFF_VNET_HDR) as i16;
    // SAFETY: The request is what TUNSETIFF takes.
    check(unsafe { libc::ioctl(file.as_raw_fd(), TUNSETIFF as _, &raw const request) })?;
    Ok(file)
}

/// Sends the pieces as one frame; false if the kernel refuses it.
pub fn send(fd: &OwnedFd, pieces: &[&[u8]]) -> bool {
    let vectors: Vec<libc::iovec> = pieces
        .iter()
        .map(|piece| libc::iovec {
            iov_base: piece.as_ptr().cast_mut().cast(),
            iov_len: piece.len(),
        })
        .collect();
    // SAFETY: The vectors point to valid slices, which are only read.
    unsafe { libc::writev(fd.as_raw_fd(), vectors.as_ptr(), vectors.len() as i32) >= 0 }
}

/// The next waiting frame, if any.
pub fn receive<'a>(fd: &OwnedFd, buffer: &'a mut [u8]) -> Option<&'a [u8]> {
    // SAFETY: The buffer is that long.
    let got = unsafe { libc::read(fd.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len()) };
    buffer.get(..usize::try_from(got).ok()?)
}

/// Waits until one of them has a frame; false after so many milliseconds.
pub fn wait<'a>(fds: impl Iterator<Item = &'a OwnedFd>, milliseconds: i32) -> bool {
    let mut polls: Vec<libc::pollfd> = fds
        .map(|fd| libc::pollfd {
            fd: fd.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        })
        .collect();
    // SAFETY: There are that many of them.
    unsafe { libc::poll(polls.as_mut_ptr(), polls.len() as u64, milliseconds) > 0 }
}

/// Milliseconds since boot.
pub fn milliseconds() -> u64 {
    // SAFETY: All zeroes are a valid time, and it is only written to.
    let now = unsafe {
        let mut now: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(libc::CLOCK_BOOTTIME, &raw mut now);
        now
    };
    now.tv_sec as u64 * 1000 + now.tv_nsec as u64 / 1_000_000
}

/// Runs on one processor, so that replies come in the order of the frames.
pub fn stay_on_one_processor() -> Result<()> {
    // SAFETY: All zeroes are an empty set, which is that long.
    check(unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(0, &mut set);
        libc::sched_setaffinity(0, std::mem::size_of_val(&set), &raw const set)
    })
    .map(drop)
}

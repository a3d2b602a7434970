// SPDX-License-Identifier: GPL-2.0
//! The system calls that have no safe form elsewhere.
#![allow(unsafe_code, clippy::as_conversions)]

use crate::time::{Ms, Time};
use socket2::{SockAddr, SockAddrStorage, Socket};
use std::io;
use std::mem::size_of;
use std::os::fd::{AsRawFd, RawFd};

/// The time since boot, which goes on while the host sleeps.
pub fn now() -> Time {
    let mut at = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `at` is valid for writing. With a valid clock the call cannot fail.
    unsafe { libc::clock_gettime(libc::CLOCK_BOOTTIME, &mut at) };
    let ms = |value: i64, divisor| u64::try_from(value).unwrap_or(0) / divisor;
    Time::at(
        ms(at.tv_sec, 1)
            .saturating_mul(1_000)
            .saturating_add(ms(at.tv_nsec, 1_000_000)),
    )
}

/// Waits until one of them can be read, or until the time has passed.
pub fn wait(fds: &[RawFd], timeout: Ms) -> io::Result<()> {
    let mut polled: Vec<libc::pollfd> = fds
        .iter()
        .map(|&fd| libc::pollfd {
            fd,
            events: libc::POLLIN,
            revents: 0,
        })
        .collect();
    let timeout = i32::try_from(timeout).unwrap_or(i32::MAX);
    // SAFETY: The pointer and the length are those of `polled`.
    let result = unsafe { libc::poll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, timeout) };
    match result {
        -1 => Err(io::Error::last_os_error()).or_else(|error| match error.kind() {
            io::ErrorKind::Interrupted => Ok(()),
            _ => Err(error),
        }),
        _ => Ok(()),
    }
}

/// Binds a packet socket to an interface.
pub fn bind_packet(socket: &Socket, index: u32) -> io::Result<()> {
    let address = libc::sockaddr_ll {
        sll_family: libc::AF_PACKET as u16,
        sll_protocol: (libc::ETH_P_ALL as u16).to_be(),
        sll_ifindex: i32::try_from(index).map_err(io::Error::other)?,
        sll_hatype: 0,
        sll_pkttype: 0,
        sll_halen: 0,
        sll_addr: [0; 8],
    };
    socket.bind(&address_of(address))
}

/// Subscribes a netlink socket to groups.
pub fn bind_netlink(socket: &Socket, groups: u32) -> io::Result<()> {
    // SAFETY: All zeros are a valid value of this structure.
    let mut address: libc::sockaddr_nl = unsafe { std::mem::zeroed() };
    address.nl_family = libc::AF_NETLINK as u16;
    address.nl_groups = groups;
    socket.bind(&address_of(address))
}

/// A socket address of any family.
fn address_of<T: Copy>(value: T) -> SockAddr {
    const { assert!(size_of::<T>() <= size_of::<SockAddrStorage>()) };
    let mut storage = SockAddrStorage::zeroed();
    // SAFETY: The storage is large enough for the value, and aligned for any socket address.
    unsafe { std::ptr::from_mut(&mut storage).cast::<T>().write(value) };
    // SAFETY: The storage holds a socket address of this length.
    unsafe { SockAddr::new(storage, size_of::<T>() as libc::socklen_t) }
}

/// The socket does not receive what this host sends.
pub fn ignore_outgoing(socket: &Socket) -> io::Result<()> {
    let on: libc::c_int = 1;
    // SAFETY: The pointer and the length are those of `on`.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_PACKET,
            libc::PACKET_IGNORE_OUTGOING,
            std::ptr::from_ref(&on).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        )
    };
    match result {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// How many frames the socket has lost since the last call.
pub fn lost_frames(socket: &Socket) -> io::Result<u32> {
    let mut stats = libc::tpacket_stats {
        tp_packets: 0,
        tp_drops: 0,
    };
    let mut len = size_of::<libc::tpacket_stats>() as libc::socklen_t;
    // SAFETY: The pointers are valid for writing, and `len` is the size of `stats`.
    let result = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_PACKET,
            libc::PACKET_STATISTICS,
            std::ptr::from_mut(&mut stats).cast(),
            &mut len,
        )
    };
    match result {
        0 => Ok(stats.tp_drops),
        _ => Err(io::Error::last_os_error()),
    }
}

// SPDX-License-Identifier: GPL-2.0
//! The two sockets that hear the LAN.
//!
//! One hears ARP, neighbour discovery and DHCP, and must lose nothing. The other hears other
//! packets of IP, of which a sample is enough; a flood cannot delay the first one.

use super::filter;
use super::sys;
use socket2::{Domain, Protocol, SockFilter, Socket, Type};
use std::io::{self, Read};
use std::os::fd::{AsRawFd, RawFd};

const QUEUE: usize = 4 << 20;

pub struct PacketSocket(Socket);

impl PacketSocket {
    /// Hears ARP, neighbour discovery and DHCP.
    pub fn signals(index: u32) -> io::Result<Self> {
        Self::open(index, &filter::signals(), QUEUE)
    }

    /// Hears all of IP, up to the addresses.
    pub fn traffic(index: u32) -> io::Result<Self> {
        Self::open(index, &filter::traffic(), QUEUE / 64)
    }

    fn open(index: u32, filter: &[SockFilter], queue: usize) -> io::Result<Self> {
        // Protocol 0 hears nothing until it is bound, so that the filter is there before.
        let socket = Socket::new(Domain::PACKET, Type::RAW, Some(Protocol::from(0)))?;
        socket.attach_filter(filter)?;
        socket.set_recv_buffer_size(queue)?;
        socket.set_nonblocking(true)?;
        sys::ignore_outgoing(&socket)?;
        sys::bind_packet(&socket, index)?;
        Ok(Self(socket))
    }

    /// The next frame, if one has come.
    pub fn receive<'a>(&self, buffer: &'a mut [u8]) -> io::Result<Option<&'a [u8]>> {
        match (&self.0).read(buffer) {
            Ok(len) => Ok(buffer.get(..len)),
            Err(error) => match error.raw_os_error() {
                Some(libc::EAGAIN | libc::EINTR | libc::ENETDOWN) => Ok(None),
                _ => Err(error),
            },
        }
    }

    pub fn send(&self, frame: &[u8]) -> io::Result<()> {
        self.0.send(frame).map(|_| ())
    }

    pub fn lost(&self) -> io::Result<u32> {
        sys::lost_frames(&self.0)
    }

    pub fn fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

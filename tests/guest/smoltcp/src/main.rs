// SPDX-License-Identifier: GPL-2.0
//! How long TCP clients of smoltcp are held.
//!
//! ```text
//! smoltcp-client TAP ADDRESS/PREFIX HOST SECONDS
//! ```
//!
//! It is the host ADDRESS at the other end of the TAP device. All kinds of clients connect at once,
//! to the ports 1, 2, …, and each prints a line `KIND SECONDS WORD` at its end: `gone` if the stack
//! gave up, `held` after SECONDS, `refused` if it never was connected.

#![forbid(unsafe_code)]

use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::{wait, Device, Medium, TunTapInterface};
use smoltcp::socket::tcp::{Socket, SocketBuffer, State};
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::{EthernetAddress, IpAddress, IpCidr};
use std::{env, error::Error, os::fd::AsRawFd, process::ExitCode};

/// What a client does.
struct Kind {
    name: &'static str,
    writes: bool,
    /// Seconds between keepalives, and until the stack gives up a silent peer.
    keepalive: Option<u64>,
    timeout: Option<u64>,
}

const KINDS: [Kind; 4] = [
    Kind {
        name: "wait",
        writes: false,
        keepalive: None,
        timeout: None,
    },
    Kind {
        name: "write",
        writes: true,
        keepalive: None,
        timeout: None,
    },
    Kind {
        name: "keepalive",
        writes: false,
        keepalive: Some(20),
        timeout: Some(60),
    },
    Kind {
        name: "keepalive-write",
        writes: true,
        keepalive: Some(20),
        timeout: Some(60),
    },
];

/// A running client.
struct Client {
    kind: &'static Kind,
    socket: SocketHandle,
    connected: bool,
    done: bool,
}

impl Client {
    /// Starts to connect.
    fn start(
        kind: &'static Kind,
        port: u16,
        host: IpAddress,
        interface: &mut Interface,
        sockets: &mut SocketSet<'_>,
    ) -> Result<Self, Box<dyn Error>> {
        let buffer = || SocketBuffer::new(vec![0; 4096]);
        let mut socket = Socket::new(buffer(), buffer());
        socket.set_keep_alive(kind.keepalive.map(Duration::from_secs));
        socket.set_timeout(kind.timeout.map(Duration::from_secs));
        socket.connect(interface.context(), (host, port), 40_000 + port)?;
        let socket = sockets.add(socket);
        Ok(Self {
            kind,
            socket,
            connected: false,
            done: false,
        })
    }

    /// Writes once it is connected; returns when and how it ended.
    fn step(&mut self, sockets: &mut SocketSet<'_>, now: Instant, end: Instant) {
        let socket = sockets.get_mut::<Socket<'_>>(self.socket);
        if !self.connected && socket.may_send() {
            self.connected = true;
            if self.kind.writes && socket.send_slice(&[0; 1000]) != Ok(1000) {
                self.finish("failed", now);
            }
        }
        match (socket.state(), self.connected) {
            (State::Closed, true) => self.finish("gone", now),
            (State::Closed, false) => self.finish("refused", now),
            _ if now >= end => self.finish("held", now),
            _ => {}
        }
    }

    fn finish(&mut self, word: &str, now: Instant) {
        if !self.done {
            println!("{} {} {word}", self.kind.name, now.secs());
        }
        self.done = true;
    }
}

/// The host at the other end of the device.
fn interface(device: &mut impl Device, own: IpCidr) -> Interface {
    let address = EthernetAddress([0x02, 0, 0, 0, 0, 0x02]);
    let mut interface = Interface::new(Config::new(address.into()), device, Instant::ZERO);
    interface.update_ip_addrs(|all| {
        // There is room for two at least.
        let _ = all.push(own);
    });
    interface
}

fn run(tap: &str, own: &str, host: &str, seconds: &str) -> Result<(), Box<dyn Error>> {
    let own: IpCidr = own.parse().map_err(|()| "this is no ADDRESS/PREFIX")?;
    let host: IpAddress = host.parse().map_err(|()| "this HOST is no address")?;
    let end = Instant::from_secs(seconds.parse::<i64>()?);
    let mut device = TunTapInterface::new(tap, Medium::Ethernet)?;
    let mut interface = interface(&mut device, own);
    let mut sockets = SocketSet::new(Vec::new());
    let mut clients = Vec::new();
    for (port, kind) in (1..).zip(&KINDS) {
        clients.push(Client::start(
            kind,
            port,
            host,
            &mut interface,
            &mut sockets,
        )?);
    }
    let began = std::time::Instant::now();
    while clients.iter().any(|client| !client.done) {
        let now = Instant::from_micros(i64::try_from(began.elapsed().as_micros())?);
        interface.poll(now, &mut device, &mut sockets);
        for client in &mut clients {
            client.step(&mut sockets, now, end);
        }
        let rest = if end > now { end - now } else { Duration::ZERO };
        let delay = interface
            .poll_delay(now, &sockets)
            .map_or(rest, |delay| delay.min(rest));
        wait(device.as_raw_fd(), Some(delay))?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let [tap, own, host, seconds] = words.as_slice() else {
        eprintln!("smoltcp-client: say TAP ADDRESS/PREFIX HOST SECONDS");
        return ExitCode::FAILURE;
    };
    match run(tap, own, host, seconds) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("smoltcp-client: {error}");
            ExitCode::FAILURE
        }
    }
}

// SPDX-License-Identifier: GPL-2.0
//! What the daemon opens when it starts.

use super::nft::Nft;
use super::packet::PacketSocket;
use super::ruleset::Table;
use super::survey::Survey;
use crate::config::Config;
use crate::frame;
use crate::time::Ms;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv6Addr, UdpSocket};
use std::os::unix::net::UnixStream;
use tracing::warn;

/// The first line of the journal.
pub fn banner(config: &Config, dry_run: bool) -> String {
    let ranges = &config.settings.ranges;
    let ranges: Vec<String> = ranges.iter().map(ToString::to_string).collect();
    let mode = match dry_run {
        true => " (dry run: nothing is answered)",
        false => "",
    };
    let interface = &config.interface;
    format!(
        "taking unused addresses of {} on {interface}{mode}",
        ranges.join(", ")
    )
}

/// The table of nftables, with the number of the tarpit device that its rules name.
pub fn table(config: &Config, survey: &Survey) -> Result<(Nft, Table, u32), String> {
    let link = survey.link(&config.interface);
    let table = Table {
        interface: config.interface.clone(),
        device: config.device.clone(),
        mac: link.map_or_else(Default::default, |link| link.mac),
        max: config.settings.max,
    };
    let mut nft = Nft::open()?;
    nft.run(&table.create())
        .map_err(|error| format!("nftables refuses the table: {error}"))?;
    let index = survey.tarpit(&config.device).map_or(0, |link| link.index);
    Ok((nft, table, index))
}

/// The sockets for signals and for other traffic.
pub fn sockets(interface: &str, index: u32) -> Result<(PacketSocket, PacketSocket), String> {
    let open = || Ok((PacketSocket::signals(index)?, PacketSocket::traffic(index)?));
    open().map_err(|error: io::Error| {
        format!("cannot hear {interface}: {error}; the daemon needs CAP_NET_RAW")
    })
}

/// A stream that has a byte when a signal ends the daemon.
pub fn end() -> io::Result<UnixStream> {
    let (end, writer) = UnixStream::pair()?;
    for signal in [SIGTERM, SIGINT] {
        signal_hook::low_level::pipe::register(signal, writer.try_clone()?)?;
    }
    Ok(end)
}

/// How often systemd must hear that the daemon is alive, if it wants to.
pub fn watchdog() -> Option<Ms> {
    let mut microseconds = 0;
    sd_notify::watchdog_enabled(false, &mut microseconds).then_some(microseconds / 1_000 / 3)
}

/// Joins the groups in which questions about the ranges of IPv6 are sent: a switch may forward
/// them only to members.
pub fn groups(config: &Config, index: u32) -> Option<UdpSocket> {
    let ranges = config
        .settings
        .ranges
        .iter()
        .filter(|range| range.is_ipv6());
    let groups: BTreeSet<Ipv6Addr> = ranges
        .flat_map(|range| range.iter())
        .filter_map(|addr| match addr {
            IpAddr::V6(addr) => Some(frame::solicited_node(addr)),
            IpAddr::V4(_) => None,
        })
        .collect();
    if groups.is_empty() {
        return None;
    }
    let socket = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).ok()?;
    for group in &groups {
        if let Err(error) = socket.join_multicast_v6(group, index) {
            warn!("cannot join {group}: {error}");
        }
    }
    Some(socket)
}

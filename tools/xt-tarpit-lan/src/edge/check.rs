// SPDX-License-Identifier: GPL-2.0
//! Whether it is safe to run here: each refusal is one sentence that says what to do.

use super::netlink::Link;
use super::survey::Survey;
use crate::config::Config;
use crate::network::Why;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::IpAddr;

const LOOPBACK: u32 = 0x8;
const POINT_TO_POINT: u32 = 0x10;
const NOARP: u32 = 0x80;

/// The settings of the kernel that matter; each of them is on or off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sysctls {
    pub proxy_arp: bool,
    pub proxy_ndp: bool,
    pub forwarding: bool,
}

impl Sysctls {
    pub fn read(interface: &str) -> Self {
        let on = |path: &str| {
            ["all", interface].iter().any(|name| {
                let path = format!("/proc/sys/net/{}", path.replace('*', name));
                std::fs::read_to_string(path).is_ok_and(|text| text.trim() != "0")
            })
        };
        let of_interface =
            |path: String| std::fs::read_to_string(path).is_ok_and(|text| text.trim() != "0");
        Self {
            proxy_arp: on("ipv4/conf/*/proxy_arp") || on("ipv4/conf/*/proxy_arp_pvlan"),
            proxy_ndp: on("ipv6/conf/*/proxy_ndp"),
            forwarding: ["ipv4", "ipv6"].iter().any(|family| {
                of_interface(format!(
                    "/proc/sys/net/{family}/conf/{interface}/forwarding"
                ))
            }),
        }
    }
}

/// Why the daemon does not start here.
pub fn refuse(config: &Config, survey: &Survey, sysctls: Sysctls) -> Result<(), String> {
    let name = &config.interface;
    let link = survey
        .link(name)
        .ok_or_else(|| format!("there is no interface {name}; set interface to one of ip link"))?;
    refuse_link(link, survey)?;
    if survey.tarpit(&config.device).is_none() {
        let device = &config.device;
        return Err(format!(
            "there is no tarpit device {device} that is up; run: ip link add {device} type tarpit \
             && ip link set {device} up"
        ));
    }
    let ipv6 = config.settings.ranges.iter().any(|range| range.is_ipv6());
    for (on, family, setting) in [
        (sysctls.proxy_arp, "ipv4", "proxy_arp"),
        (sysctls.proxy_ndp && ipv6, "ipv6", "proxy_ndp"),
    ] {
        if on {
            return Err(format!(
                "{setting} is on, so the kernel answers for other hosts; run: sysctl -w \
                 net.{family}.conf.all.{setting}=0 net.{family}.conf.{name}.{setting}=0"
            ));
        }
    }
    let mut routes = survey.gateways.iter();
    let leads_out = routes.any(|&(index, _, default)| default && index == Some(link.index));
    if sysctls.forwarding && !leads_out && !config.router {
        return Err(format!(
            "this host forwards packets and has no gateway on {name}, so it seems to be the LAN's \
             router; set router = true if it may hold addresses there"
        ));
    }
    refuse_ranges(config, survey)
}

fn refuse_link(link: &Link, survey: &Survey) -> Result<(), String> {
    let name = &link.name;
    if link.flags & LOOPBACK != 0 {
        return Err(format!(
            "{name} is a loopback device; name the interface of a LAN"
        ));
    }
    if link.flags & (POINT_TO_POINT | NOARP) != 0 || !link.ethernet {
        return Err(format!("{name} has no ARP; name an Ethernet interface"));
    }
    match link.master.and_then(|index| survey.by_index(index)) {
        Some(master) if master.kind != "vrf" => {
            let master = &master.name;
            Err(format!(
                "{name} is a port of {master}; set interface = \"{master}\""
            ))
        }
        _ => Ok(()),
    }
}

fn refuse_ranges(config: &Config, survey: &Survey) -> Result<(), String> {
    let name = &config.interface;
    let index = survey.link(name).map_or(0, |link| link.index);
    let prefixes = survey.prefixes(index);
    for range in &config.settings.ranges {
        let inside = prefixes
            .iter()
            .any(|own| own.contains(range.first()) && own.contains(range.last()));
        if !inside {
            return Err(format!(
                "{range} is outside the networks of {name} ({}); name a range inside one",
                list(&prefixes)
            ));
        }
    }
    Ok(())
}

/// What the daemon would do, and why not for the rest.
pub fn plan(config: &Config, survey: &Survey) -> String {
    let network = survey.network(&config.interface, &config.device);
    let settings = &config.settings;
    let mut text = String::new();
    let mut free = 0_u64;
    for range in &settings.ranges {
        let mut not: BTreeMap<Why, Vec<IpAddr>> = BTreeMap::new();
        let mut here = 0_u64;
        for addr in range.iter() {
            match network.source_for(settings, addr) {
                Ok(_) => here = here.saturating_add(1),
                Err(why) => not.entry(why).or_default().push(addr),
            }
        }
        free = free.saturating_add(here);
        let _ = writeln!(
            text,
            "{range}: {here} of {} may be taken if unused",
            range.len()
        );
        for (why, addrs) in not {
            let more = addrs.len().saturating_sub(8);
            let some: Vec<&IpAddr> = addrs.iter().take(8).collect();
            let rest = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            let _ = writeln!(text, "  not {}{rest}: {why}", list(&some));
        }
    }
    let most = u64::try_from(settings.max).unwrap_or(u64::MAX).min(free);
    let _ = writeln!(
        text,
        "at most {most} at once, with {} packets of ARP and neighbour discovery a second",
        settings.arp_rate
    );
    text
}

fn list<T: ToString>(items: &[T]) -> String {
    if items.is_empty() {
        return "none".to_string();
    }
    let texts: Vec<String> = items.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests;

// SPDX-License-Identifier: GPL-2.0
//! The rule under test, the taps, and the module's counters.

use crate::lab::{Door, Family, Hook, Rule, MODES};
use crate::sys::{self, Use};
use std::error::Error;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};

/// The environment of the frames. The thread is in the tarpit's namespace.
pub struct Setting {
    /// The module's count of replies before the rule was added.
    counted: u64,
    rules: u64,
    tap: Option<OwnedFd>,
    tcpdump: Option<Child>,
}

impl Setting {
    pub fn new() -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            counted: 0,
            rules: 0,
            tap: None,
            tcpdump: None,
        })
    }

    /// Adds the rule, and rules that drop all packets of the other family and in the other chains.
    pub fn lay(&mut self, rule: &Rule) -> Result<(), Box<dyn Error>> {
        for (family, tool) in [(Family::V4, "iptables"), (Family::V6, "ip6tables")] {
            restore(tool, &table(rule, family == rule.family))?;
        }
        self.counted = counted(rule)?;
        self.rules += 1;
        if let Some(mut tcpdump) = self.tcpdump.take() {
            tcpdump.kill()?;
            tcpdump.wait()?;
        }
        // For every fifth rule, because a start takes a second; over both families this covers each
        // mode and each hook.
        if self.rules % 5 == 2 {
            self.tcpdump = Some(tcpdump()?);
        }
        Ok(())
    }

    /// Shares the packets of the way in with a tap, every third time.
    pub fn listen(&mut self, door: Door, round: u64) -> Result<(), Box<dyn Error>> {
        if (self.rules + u64::from(door.number()) + round) % 3 == 0 {
            self.tap = Some(sys::packet_socket(door.device(), Use::Tap)?);
        }
        Ok(())
    }

    /// Closing the tap frees its packets.
    pub fn forget(&mut self) {
        self.tap = None;
    }

    /// Checks that the module has counted exactly the replies that were seen.
    pub fn compare(&self, rule: &Rule, seen: u64) -> Result<(), Box<dyn Error>> {
        let counted = counted(rule)? - self.counted;
        if counted == seen {
            return Ok(());
        }
        Err(format!("{rule:?}: {seen} replies were seen, {counted} counted").into())
    }
}

impl Drop for Setting {
    fn drop(&mut self) {
        if let Some(tcpdump) = &mut self.tcpdump {
            let _ = tcpdump.kill();
        }
    }
}

/// A ruleset for iptables-restore. The host itself forwards, accepts and sends nothing, so that
/// only the tarpit's replies leave.
fn table(rule: &Rule, ours: bool) -> String {
    let mut line = format!("-A {} -j TARPIT --{}", rule.hook.name(), rule.mode.name());
    let default = if rule.mode == MODES[2] { 65535 } else { 0 };
    if rule.window != default {
        let _ = write!(line, " --window {}", rule.window);
    }
    let early = ours && rule.hook == Hook::Prerouting;
    let late = ours && !early;
    let early = if early { line.as_str() } else { "" };
    let late = if late { line.as_str() } else { "" };
    format!(
        "*raw\n:PREROUTING ACCEPT\n:OUTPUT ACCEPT\n{early}\nCOMMIT\n\
         *filter\n:INPUT DROP\n:FORWARD DROP\n:OUTPUT ACCEPT\n\
         -A OUTPUT ! -p tcp -j DROP\n{late}\nCOMMIT\n"
    )
}

fn restore(tool: &str, rules: &str) -> Result<(), Box<dyn Error>> {
    let mut command = Command::new(format!("{tool}-restore"));
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    child
        .stdin
        .take()
        .ok_or("no pipe")?
        .write_all(rules.as_bytes())?;
    if child.wait()?.success() {
        return Ok(());
    }
    Err(format!("{tool}-restore refuses\n{rules}").into())
}

/// Replies of the rule's mode and family, as the module counts them.
fn counted(rule: &Rule) -> Result<u64, Box<dyn Error>> {
    let (family, mode) = (rule.family.name(), rule.mode.name());
    let name = format!("xt_tarpit_replies_total{{family=\"{family}\",mode=\"{mode}\"}} ");
    let text = std::fs::read_to_string("/proc/thread-self/net/xt_TARPIT")?;
    let line = text.lines().find_map(|line| line.strip_prefix(&name));
    Ok(line.ok_or_else(|| format!("no line {name}"))?.parse()?)
}

/// Starts a tcpdump of all devices.
fn tcpdump() -> Result<Child, Box<dyn Error>> {
    let mut command = Command::new("tcpdump");
    command.args(["-i", "any", "-n", "-s", "128", "-w", "/dev/null"]);
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    let mut lines = BufReader::new(child.stderr.take().ok_or("no pipe")?).lines();
    while let Some(line) = lines.next() {
        if line?.contains("listening on") {
            return Ok(child);
        }
    }
    Err("tcpdump does not begin".into())
}

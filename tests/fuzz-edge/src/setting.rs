// SPDX-License-Identifier: GPL-2.0
//! The rule under test, the taps, and the module's counters.

use crate::lab::{Door, Family, Hook, Mode, Rule, DOORS, MODES};
use crate::sys::{self, Use};
use std::error::Error;
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
        feed("nft", &["-f", "-"], NOTHING)?;
        // Connection tracking ends a moment after its last rule.
        std::thread::sleep(std::time::Duration::from_secs(1));
        for (family, tool) in [(Family::V4, "iptables"), (Family::V6, "ip6tables")] {
            let rules = table(rule, family == rule.family);
            feed(&format!("{tool}-restore"), &[], &rules)?;
        }
        if rule.hook == Hook::Device {
            change_device(rule)?;
        }
        feed("nft", &["-f", "-"], &nft(rule))?;
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
/// only the tarpit's replies leave. A helper answers what the rules have accepted.
fn table(rule: &Rule, ours: bool) -> String {
    let (mut early, mut late) = (String::new(), String::new());
    if let (Some(chain), true, false) = (rule.hook.chain(), ours, rule.hook.helps()) {
        let line = format!("-A {chain} -j TARPIT --{}", words(rule, " --window"));
        match rule.hook {
            Hook::Prerouting => early = line,
            _ => late = line,
        }
    }
    let policy = |hook| {
        if ours && rule.hook == hook {
            "ACCEPT"
        } else {
            "DROP"
        }
    };
    let (input, forward) = (policy(Hook::Helper), policy(Hook::HelperForward));
    format!(
        "*raw\n:PREROUTING ACCEPT\n:OUTPUT ACCEPT\n{early}\nCOMMIT\n\
         *filter\n:INPUT {input}\n:FORWARD {forward}\n:OUTPUT ACCEPT\n\
         -A OUTPUT ! -p tcp -j DROP\n{late}\nCOMMIT\n"
    )
}

/// The mode and, unless it is the default, the window.
fn words(rule: &Rule, option: &str) -> String {
    let default = if rule.mode == MODES[2] { 65535 } else { 0 };
    match rule.window == default {
        true => rule.mode.name().to_owned(),
        false => format!("{}{option} {}", rule.mode.name(), rule.window),
    }
}

/// Gives the device the rule's mode. It changes in between, since a window stays as long as it.
fn change_device(rule: &Rule) -> Result<(), Box<dyn Error>> {
    let _ = Command::new("ip")
        .args("link add tarpit0 type tarpit".split(' '))
        .output()?;
    let lines = format!(
        "link set tarpit0 up\nlink change tarpit0 type tarpit {}\n\
         link change tarpit0 type tarpit {}\n",
        if rule.mode == MODES[1] {
            "reset"
        } else {
            "persist"
        },
        words(rule, " window"),
    );
    feed("ip", &["-batch", "-"], &lines)
}

/// Deletes the tables of nft.
const NOTHING: &str = "table netdev edge { }\ndelete table netdev edge\n\
                       table inet edge { }\ndelete table inet edge\n";

/// The rules of nft for a device or a helper.
fn nft(rule: &Rule) -> String {
    let protocol = ["ip", "ip6"][rule.family as usize];
    let devices: Vec<_> = DOORS.iter().map(|door| door.device()).collect();
    let helper = match rule.mode {
        Mode::Tarpit => "tarpit".to_owned(),
        mode => format!("tarpit-{}", mode.name()),
    };
    match (rule.hook, rule.hook.chain()) {
        (Hook::Device, _) => format!(
            "table netdev edge {{ chain c {{\n\
             type filter hook ingress devices = {{ {} }} priority -300\n\
             meta protocol {protocol} fwd to \"tarpit0\"\n}}\n}}\n",
            devices.join(", ")
        ),
        (hook, Some(chain)) if hook.helps() => format!(
            "table inet edge {{ ct helper hold {{ type \"{helper}\" protocol tcp; }}\nchain c {{\n\
             type filter hook {} priority -10\nmeta protocol != {protocol} accept\n\
             meta l4proto tcp ct state new ct status ! confirmed ct helper set \"hold\" accept\n\
             drop\n}}\n}}\n",
            chain.to_lowercase()
        ),
        _ => String::new(),
    }
}

/// Runs a program with this input.
fn feed(program: &str, arguments: &[&str], input: &str) -> Result<(), Box<dyn Error>> {
    let mut command = Command::new(program);
    let mut child = command.args(arguments).stdin(Stdio::piped()).spawn()?;
    let mut pipe = child.stdin.take().ok_or("no pipe")?;
    pipe.write_all(input.as_bytes())?;
    drop(pipe);
    if child.wait()?.success() {
        return Ok(());
    }
    Err(format!("{program} refuses\n{input}").into())
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

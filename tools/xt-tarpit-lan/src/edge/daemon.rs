// SPDX-License-Identifier: GPL-2.0
//! The loop: frames, news and commands go in, then time; what the state machine decides comes out.

use super::check::{refuse, Sysctls};
use super::control::{Control, Report};
use super::journal;
use super::memory;
use super::nft::Nft;
use super::packet::PacketSocket;
use super::report::Status;
use super::ruleset::{Table, LIFETIME};
use super::start;
use super::survey::{News, Survey};
use super::sys;
use crate::config::Config;
use crate::frame::{self, Out};
use crate::machine::{Action, Machine};
use crate::time::{Ms, Time, MINUTE, SECOND};
use sd_notify::NotifyState;
use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use tracing::info;

/// How often the elements are refreshed, the metrics written, and the hosts remembered.
const REFRESH: Ms = LIFETIME * SECOND / 3;
const METRICS: Ms = 15 * SECOND;
const REMEMBER: Ms = 5 * MINUTE;
/// How many signals (ARP, neighbour discovery, DHCP) are read before the state machine runs. If
/// more wait, reading continues right after it.
const SIGNALS: usize = 4_096;
/// How many other frames are read: a sample of them is enough.
const SAMPLE: usize = 64;

/// Runs until a signal ends it.
pub fn run(config: Config, dry_run: bool) -> Result<(), String> {
    let mut daemon = Daemon::start(config, dry_run)?;
    let _ = sd_notify::notify(false, &[NotifyState::Ready]);
    let result = daemon.work();
    let _ = sd_notify::notify(false, &[NotifyState::Stopping]);
    daemon.remember();
    result
}

struct Daemon {
    config: Config,
    dry_run: bool,
    index: u32,
    machine: Machine,
    signals: PacketSocket,
    traffic: PacketSocket,
    news: News,
    control: Control,
    end: UnixStream,
    /// The table, unless it is a dry run, with what its rules name now.
    nft: Option<(Nft, Table, u32)>,
    taken: BTreeSet<IpAddr>,
    /// Keeps the membership in the groups in which questions about IPv6 addresses are sent.
    _groups: Option<UdpSocket>,
    refresh_at: Time,
    metrics_at: Time,
    remember_at: Time,
    watchdog: Option<Ms>,
    alive_at: Time,
}

impl Daemon {
    fn start(config: Config, dry_run: bool) -> Result<Self, String> {
        let news = News::open().map_err(text)?;
        let survey = Survey::read().map_err(text)?;
        refuse(&config, &survey, Sysctls::read(&config.interface))?;
        let index = survey.link(&config.interface).map_or(0, |link| link.index);
        let control = Control::open(&config.control)?;
        let nft = match dry_run {
            true => None,
            false => Some(start::table(&config, &survey)?),
        };
        let (signals, traffic) = start::sockets(&config.interface, index)?;
        let now = sys::now();
        let network = survey.network(&config.interface, &config.device);
        let mut machine = Machine::new(now, config.settings.clone(), network);
        memory::load(&config, &mut machine, now);
        info!("{}", start::banner(&config, dry_run));
        Ok(Self {
            dry_run,
            index,
            machine,
            signals,
            traffic,
            news,
            control,
            end: start::end().map_err(text)?,
            nft,
            taken: BTreeSet::new(),
            _groups: start::groups(&config, index),
            refresh_at: now,
            metrics_at: now,
            remember_at: now.plus(REMEMBER),
            watchdog: start::watchdog(),
            alive_at: now,
            config,
        })
    }

    fn work(&mut self) -> Result<(), String> {
        loop {
            let all_read = self.hear()?;
            let now = sys::now();
            if self.news.any() {
                self.survey(now)?;
            }
            self.serve(now);
            // Silence is known only when all frames up to now are read.
            if all_read {
                self.machine.tick(now);
            }
            self.carry_out()?;
            self.chores(now)?;
            let pause = if all_read { self.pause() } else { 0 };
            let end = self.end.as_raw_fd();
            let fds = [
                self.signals.fd(),
                self.traffic.fd(),
                self.news.fd(),
                self.control.fd(),
                end,
            ];
            sys::wait(&fds, pause).map_err(|error| error.to_string())?;
            if ended(&self.end) {
                return Ok(());
            }
        }
    }

    /// Reads what was heard, and says whether that is all.
    fn hear(&mut self) -> Result<bool, String> {
        let mut buffer = [0; 2_048];
        let fail = |error: io::Error| format!("cannot hear the LAN: {error}");
        let now = sys::now();
        let mut all = false;
        for _ in 0..SIGNALS {
            let Some(bytes) = self.signals.receive(&mut buffer).map_err(fail)? else {
                all = true;
                break;
            };
            if let Some(heard) = frame::read(bytes) {
                self.machine.hear(now, &heard);
            }
        }
        for _ in 0..SAMPLE {
            let Some(bytes) = self.traffic.receive(&mut buffer).map_err(fail)? else {
                break;
            };
            if let Some(heard) = frame::read(bytes) {
                self.machine.hear(now, &heard);
            }
        }
        if self.signals.lost().map_err(fail)? > 0 {
            self.machine.lost(now);
        }
        Ok(all)
    }

    /// Reads the network after it has changed.
    fn survey(&mut self, now: Time) -> Result<(), String> {
        let survey = Survey::read().map_err(|error| error.to_string())?;
        let (interface, device) = (&self.config.interface, &self.config.device);
        let network = survey.network(interface, device);
        let gone = survey
            .link(interface)
            .is_none_or(|link| link.index != self.index);
        let (up, mac) = (network.up, network.mac);
        self.machine.network(now, network);
        if gone {
            self.carry_out()?;
            return Err(format!("{} is gone", self.config.interface));
        }
        let index = survey.tarpit(device).map(|link| link.index);
        if let (true, Some(index), Some((nft, table, known))) = (up, index, &mut self.nft) {
            if (table.mac, *known) != (mac, index) {
                nft.run(&table.delete())?;
                table.mac = mac;
                nft.run(&table.create())?;
                *known = index;
                self.fill()?;
            }
        }
        Ok(())
    }

    fn serve(&mut self, now: Time) {
        let (interface, dry_run) = (self.config.interface.as_str(), self.dry_run);
        self.control
            .serve(now, &mut self.machine, &|machine, kind| {
                let status = Status::new(machine, now, interface, dry_run);
                match kind {
                    Report::Text => status.text(),
                    Report::Json => {
                        serde_json::to_string_pretty(&status).unwrap_or_default() + "\n"
                    }
                    Report::Prometheus => status.metrics(),
                }
            });
    }

    /// Changes the set, then sends, then writes the journal. Memory has changed already, so an
    /// address that was given back is not answered, whatever nftables says.
    fn carry_out(&mut self) -> Result<(), String> {
        let (mut changed, mut frames, mut notes) = (false, vec![], vec![]);
        for action in self.machine.drain() {
            match action {
                Action::Take(addr) => changed |= self.taken.insert(addr),
                Action::Release(addr) => changed |= self.taken.remove(&addr),
                Action::Send(out) => frames.push(out),
                Action::Note(note) => notes.push(note),
            }
        }
        if changed {
            self.fill()?;
        }
        for out in frames {
            self.send(&out);
        }
        for note in notes {
            journal::write(&note);
        }
        Ok(())
    }

    fn fill(&mut self) -> Result<(), String> {
        self.refresh_at = sys::now().plus(REFRESH);
        match &mut self.nft {
            Some((nft, table, _)) => nft.run(&table.fill(self.taken.iter())),
            None => Ok(()),
        }
    }

    /// Sends a frame. A frame that cannot be sent counts as one that is lost on the way.
    fn send(&self, out: &Out) {
        let asks = matches!(out, Out::Ask { .. });
        if let Some(frame) = frame::write(self.machine.network_now().mac, out) {
            if asks || !self.dry_run {
                let _ = self.signals.send(&frame);
            }
        }
    }

    /// What is done from time to time.
    fn chores(&mut self, now: Time) -> Result<(), String> {
        if now >= self.refresh_at {
            self.fill()?;
        }
        if now >= self.metrics_at {
            self.metrics_at = now.plus(METRICS);
            let status = Status::new(&self.machine, now, &self.config.interface, self.dry_run);
            memory::write_metrics(&self.config, &status.metrics());
        }
        if now >= self.remember_at {
            self.remember();
        }
        if let Some(interval) = self.watchdog {
            if now >= self.alive_at {
                self.alive_at = now.plus(interval);
                let _ = sd_notify::notify(false, &[NotifyState::Watchdog]);
            }
        }
        Ok(())
    }

    fn remember(&mut self) {
        let now = sys::now();
        self.remember_at = now.plus(REMEMBER);
        memory::save(&self.config, &self.machine, now);
    }

    /// The time until something is due.
    fn pause(&self) -> Ms {
        let now = sys::now();
        let alive = self.watchdog.map(|_| self.alive_at);
        let chores = [self.refresh_at, self.metrics_at, self.remember_at];
        let due = chores.into_iter().chain(alive).chain(self.machine.next());
        due.map(|due| due.since(now)).min().unwrap_or(SECOND)
    }
}

fn text(error: io::Error) -> String {
    error.to_string()
}

/// Whether a signal has come.
fn ended(stream: &UnixStream) -> bool {
    let _ = stream.set_nonblocking(true);
    let mut byte = [0];
    matches!(io::Read::read(&mut &*stream, &mut byte), Ok(1))
}

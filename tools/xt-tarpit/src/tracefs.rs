// SPDX-License-Identifier: GPL-2.0
//! An instance of tracefs with only our tracepoints enabled, which goes when it is dropped.
//!
//! An instance has buffers of its own, so nothing that others trace changes.

use crate::event::Decoder;
use crate::ring::Layout;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

const ROOTS: [&str; 2] = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];
const PREFIX: &str = "xt-tarpit-top.";
const EVENTS: &str = "events/xt_tarpit";

/// The memory of all buffers, and of one processor's at most.
const BUFFERS_KB: usize = 16 << 10;
const BUFFER_KB: usize = 2 << 10;
/// The sub-buffers of a processor that are read before the next one's turn.
const TURN: usize = 1024;

pub struct Instance {
    dir: PathBuf,
    layout: Layout,
    pipes: Vec<File>,
    page: Vec<u8>,
    /// None while the module is away.
    decoder: Option<Decoder>,
    /// Events that were overwritten before they were read.
    pub lost: u64,
}

impl Instance {
    /// Makes the instance and enables the tracepoints in it.
    pub fn new() -> Result<Self, String> {
        let root = root()?;
        remove_stale(&root.join("instances"));
        if !root.join(EVENTS).exists() {
            return Err("the module xt_TARPIT is not loaded; add a TARPIT rule, \
                        or run modprobe xt_TARPIT"
                .to_owned());
        }
        let header = read(&root.join("events/header_page"))?;
        let layout = Layout::read(&header).ok_or_else(|| unknown("events/header_page"))?;
        let dir = root
            .join("instances")
            .join(format!("{PREFIX}{}", std::process::id()));
        fs::create_dir(&dir).map_err(|error| sentence(&dir, &error))?;
        let mut instance = Self {
            dir,
            layout,
            pipes: Vec::new(),
            page: vec![0; layout.size()],
            decoder: None,
            lost: 0,
        };
        instance.open()?;
        Ok(instance)
    }

    fn open(&mut self) -> Result<(), String> {
        let processors = processors(&self.dir.join("per_cpu"))?;
        let share = BUFFERS_KB
            .checked_div(processors.len())
            .unwrap_or(BUFFER_KB);
        let size = share.clamp(64, BUFFER_KB).to_string();
        write(&self.dir.join("buffer_size_kb"), &size)?;
        for processor in processors {
            let path = processor.join("trace_pipe_raw");
            let mut options = OpenOptions::new();
            let pipe = options
                .read(true)
                .custom_flags(libc::O_NONBLOCK)
                .open(&path);
            self.pipes
                .push(pipe.map_err(|error| sentence(&path, &error))?);
        }
        self.enable()
    }

    /// Enables the tracepoints, and reads the layout of their records.
    fn enable(&mut self) -> Result<(), String> {
        let events = self.dir.join(EVENTS);
        let format = |event: &str| read(&events.join(event).join("format"));
        let decoder = Decoder::read(&format("reply")?, &format("ignored")?);
        self.decoder = Some(decoder.ok_or_else(|| unknown("the tracepoints"))?);
        write(&events.join("enable"), "1")
    }

    /// Whether the tracepoints report the bytes of payload.
    pub fn has_payload(&self) -> bool {
        self.decoder.as_ref().is_some_and(Decoder::has_payload)
    }

    /// Whether the module is still loaded. If it was loaded again, enables its new tracepoints.
    pub fn is_live(&mut self) -> bool {
        let live = match read(&self.dir.join(EVENTS).join("enable")) {
            Ok(state) if state.trim() == "1" => true,
            Ok(_) => self.enable().is_ok(),
            Err(_) => false,
        };
        if !live {
            self.decoder = None;
        }
        live
    }

    /// Hands each record that is there to `each`.
    pub fn drain(&mut self, mut each: impl FnMut(&Decoder, &[u8])) -> Result<(), String> {
        for pipe in &mut self.pipes {
            for _ in 0..TURN {
                let length = match pipe.read(&mut self.page) {
                    Ok(0) => break,
                    Ok(length) => length,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(error) => return Err(sentence(&self.dir, &error)),
                };
                let bytes = self.page.get(..length).unwrap_or(&[]);
                let Some(page) = self.layout.page(bytes) else {
                    continue;
                };
                self.lost = self.lost.saturating_add(page.lost);
                if let Some(decoder) = &self.decoder {
                    page.for_each(|record| each(decoder, record));
                }
            }
        }
        Ok(())
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // An instance with an open pipe is busy.
        self.pipes.clear();
        let _ = write(&self.dir.join(EVENTS).join("enable"), "0");
        let _ = fs::remove_dir(&self.dir);
    }
}

/// Where tracefs is mounted.
fn root() -> Result<PathBuf, String> {
    for root in ROOTS.map(Path::new) {
        match fs::metadata(root.join("instances")) {
            Ok(_) => return Ok(root.to_owned()),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(sentence(root, &error)),
        }
    }
    Err("tracefs is not mounted; run mount -t tracefs tracefs /sys/kernel/tracing".to_owned())
}

/// Removes the instances of runs that were killed. One that is in use is busy, and stays.
fn remove_stale(instances: &Path) {
    for entry in fs::read_dir(instances).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        if pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            let _ = fs::remove_dir(entry.path());
        }
    }
}

fn processors(dir: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(dir).map_err(|error| sentence(dir, &error))?;
    Ok(entries.flatten().map(|entry| entry.path()).collect())
}

/// Reads a file of tracefs. Some give what they have in one read, and nothing to a second one; so
/// the first read must take all.
fn read(path: &Path) -> Result<String, String> {
    let mut bytes = vec![0; 1 << 16];
    let length = File::open(path)
        .and_then(|mut file| file.read(&mut bytes))
        .map_err(|error| sentence(path, &error))?;
    bytes.truncate(length);
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| sentence(path, &error))
}

fn unknown(what: &str) -> String {
    format!("this kernel describes {what} in a way that xt-tarpit does not know; report it")
}

fn sentence(path: &Path, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::PermissionDenied => {
            "only root may read tracepoints, and no one on a locked-down \
                                        kernel; run it with sudo"
                .to_owned()
        }
        _ => format!("{} cannot be used: {error}", path.display()),
    }
}

// SPDX-License-Identifier: GPL-2.0
//! `xt-tarpit top`: the loop, on a terminal or for other programs.

use crate::json::{self, What};
use crate::line::{addresses, sort, Column, Line};
use crate::prometheus;
use crate::screen;
use crate::status::Status;
use crate::table::Millis;
use crate::view::{After, Key, View};
use crate::watch::{Limits, Watch};
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::DefaultTerminal;
use rustix::event::{PollFd, PollFlags};
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::os::unix::fs::{fchown, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How long to wait for a key, or for more events.
const PAUSE: Duration = Duration::from_millis(50);
/// How often the screen is drawn if no key is pressed, in milliseconds.
const REDRAW: Millis = 500;

/// Where the reports go.
pub struct Reports {
    pub json: bool,
    pub prometheus: Option<PathBuf>,
    /// How many addresses the file has.
    pub addresses: usize,
    pub interval: Millis,
}

/// Runs until a key or a signal ends it.
pub fn run(limits: &Limits, reports: &Reports) -> Result<(), String> {
    let screen = !reports.json && reports.prometheus.is_none();
    if screen && !(io::stdout().is_terminal() && io::stdin().is_terminal()) {
        return Err("top needs a terminal; use --json or --prometheus without one".to_owned());
    }
    let stop = signals()?;
    let mut watch = Watch::new(limits)?;
    if !screen {
        return report(&mut watch, reports, &stop);
    }
    let mut terminal =
        ratatui::try_init().map_err(|error| format!("the terminal cannot be used: {error}"))?;
    let result = show(&mut terminal, &mut watch, &stop);
    // The instance of tracefs goes first, because it must not stay. A terminal that has gone cannot
    // be restored: errors are ignored, and ratatui's own drop would panic.
    drop(watch);
    let _ = terminal.show_cursor();
    let _ = ratatui::try_restore();
    std::mem::forget(terminal);
    result
}

/// Set by the signals that end a program.
fn signals() -> Result<Arc<AtomicBool>, String> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop))
            .map_err(|error| format!("signals cannot be caught: {error}"))?;
    }
    Ok(stop)
}

fn show(
    terminal: &mut DefaultTerminal,
    watch: &mut Watch,
    stop: &AtomicBool,
) -> Result<(), String> {
    let lost = |error: io::Error| format!("the terminal is gone: {error}");
    let mut view = View::default();
    let mut drawn = Millis::MIN;
    while !stop.load(Ordering::Relaxed) {
        watch.poll(|_, _| {})?;
        view.has_bytes = watch.has_payload();
        if watch.now().saturating_sub(drawn) >= REDRAW {
            let now = watch.snapshot();
            let notice = watch.notice();
            terminal
                .draw(|frame| screen::draw(frame, &mut view, &now, notice))
                .map_err(lost)?;
            drawn = watch.now();
        }
        match pressed().map_err(lost)? {
            None => {}
            Some(None) => drawn = Millis::MIN,
            Some(Some(key)) => {
                let page = screen::page(terminal.size().map_err(lost)?.height);
                if view.key(key, page, || watch.snapshot()) == After::Quit {
                    break;
                }
                drawn = Millis::MIN;
            }
        }
    }
    Ok(())
}

/// A key, or something else that needs a new screen, or nothing. If the terminal has gone, this is
/// an error, because crossterm would never stop reading its end.
fn pressed() -> io::Result<Option<Option<Key>>> {
    let stdin = io::stdin();
    let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
    let wait = i32::try_from(PAUSE.as_millis()).unwrap_or(50);
    match rustix::event::poll(&mut fds, wait) {
        Ok(_) => {}
        // A signal has come, and the loop checks for it.
        Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let [fd] = fds;
    if fd.revents().intersects(PollFlags::HUP | PollFlags::ERR) {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    if !event::poll(Duration::ZERO)? {
        return Ok(None);
    }
    Ok(match event::read()? {
        Event::Key(key) if key.kind == KeyEventKind::Release => None,
        Event::Key(key) => Some(translated(key)),
        _ => Some(None),
    })
}

fn translated(key: KeyEvent) -> Option<Key> {
    Some(match key.code {
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Key::Interrupt,
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        KeyCode::Backspace => Key::Backspace,
        _ => return None,
    })
}

/// Writes reports until a signal, or until the reader of the JSON has gone.
fn report(watch: &mut Watch, reports: &Reports, stop: &AtomicBool) -> Result<(), String> {
    let mut out = Output::new(reports);
    let mut due = reports.interval;
    let mut last = Millis::MIN;
    while !stop.load(Ordering::Relaxed) && !out.closed {
        watch.poll(|what, line| out.peer(what, &line))?;
        let now = watch.now();
        if now >= due {
            due = now.saturating_add(reports.interval);
            let lines = watch.lines();
            let changed = |line: &&Line| now.saturating_sub(line.last) >= last;
            lines
                .iter()
                .filter(changed)
                .for_each(|line| out.peer(What::Update, line));
            out.status(&watch.status());
            out.file(&lines, &watch.status())?;
            last = now;
        }
        std::thread::sleep(PAUSE);
    }
    std::mem::replace(&mut out.result, Ok(()))
}

/// The JSON on standard output and the file for Prometheus.
struct Output<'a> {
    reports: &'a Reports,
    closed: bool,
    result: Result<(), String>,
}

impl<'a> Output<'a> {
    fn new(reports: &'a Reports) -> Self {
        Self {
            reports,
            closed: false,
            result: Ok(()),
        }
    }

    fn peer(&mut self, what: What, line: &Line) {
        if self.reports.json {
            self.write(json::peer(SystemTime::now(), what, line));
        }
    }

    fn status(&mut self, status: &Status) {
        if self.reports.json {
            self.write(json::status(SystemTime::now(), status));
        }
    }

    fn write(&mut self, line: serde_json::Result<String>) {
        let written = line
            .map_err(io::Error::from)
            .and_then(|line| writeln!(io::stdout(), "{line}"));
        match written {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::BrokenPipe => self.closed = true,
            Err(error) => {
                self.closed = true;
                self.result = Err(format!("standard output cannot be written: {error}"));
            }
        }
    }

    /// Replaces the file for Prometheus, which never has half of a report.
    fn file(&self, lines: &[Line], status: &Status) -> Result<(), String> {
        let Some(path) = &self.reports.prometheus else {
            return Ok(());
        };
        let mut all = addresses(lines);
        sort(&mut all, Column::Held, true);
        all.truncate(self.reports.addresses);
        let new = beside(path);
        write_new(&new, &prometheus::text(&all, status))
            .and_then(|()| fs::rename(&new, path))
            .map_err(|error| {
                let _ = fs::remove_file(&new);
                format!("{} cannot be written: {error}", path.display())
            })
    }
}

/// Writes a file that only root and the group of its directory can read: an attacker that reads it
/// learns which of its connections are held.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let _ = fs::remove_file(path);
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o640)
        .open(path)?;
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let group = fs::metadata(directory.unwrap_or(Path::new(".")))?.gid();
    fchown(&file, None, Some(group))?;
    file.write_all(text.as_bytes())
}

/// The file is removed when the program ends, because it would still list peers that have left.
impl Drop for Output<'_> {
    fn drop(&mut self) {
        if let Some(path) = &self.reports.prometheus {
            let _ = fs::remove_file(path);
        }
    }
}

/// A name that node_exporter does not read.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", std::process::id()));
    PathBuf::from(name)
}

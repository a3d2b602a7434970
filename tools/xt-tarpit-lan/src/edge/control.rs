// SPDX-License-Identifier: GPL-2.0
//! The control socket: one line is a command, the answer is its text.

use crate::machine::Machine;
use crate::time::Time;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Shutdown};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How long the daemon waits for a client that sends nothing or does not read the answer.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long a client waits for the daemon.
const CLIENT_PATIENCE: Duration = Duration::from_secs(10);
/// How many times a client sends a command that the daemon does not read.
const TRIES: usize = 20;

pub struct Control {
    listener: UnixListener,
    path: PathBuf,
}

/// What a client asks for that the state machine does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    Text,
    Json,
    Prometheus,
}

impl Control {
    /// Listens at the path. A socket that a dead daemon has left is removed; one that a living
    /// daemon answers is not.
    pub fn open(path: &Path) -> Result<Self, String> {
        let fail = |error: io::Error| format!("cannot listen at {}: {error}", path.display());
        if UnixStream::connect(path).is_ok() {
            let path = path.display();
            return Err(format!(
                "another daemon answers at {path}; set control to another path"
            ));
        }
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fail(error)),
            _ => {}
        }
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory).map_err(fail)?;
        }
        let listener = UnixListener::bind(path).map_err(fail)?;
        listener.set_nonblocking(true).map_err(fail)?;
        Ok(Self {
            listener,
            path: path.to_path_buf(),
        })
    }

    pub fn fd(&self) -> RawFd {
        self.listener.as_raw_fd()
    }

    /// Serves the clients that wait. `report` makes the texts.
    pub fn serve(
        &self,
        now: Time,
        machine: &mut Machine,
        report: &dyn Fn(&Machine, Report) -> String,
    ) {
        while let Ok((client, _)) = self.listener.accept() {
            // A client that fails harms only itself.
            let _ = serve_one(client, |line| answer(line, now, machine, report));
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

fn serve_one(mut client: UnixStream, answer: impl FnOnce(&str) -> String) -> io::Result<()> {
    client.set_nonblocking(false)?;
    client.set_read_timeout(Some(PATIENCE))?;
    client.set_write_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    (&client).take(256).read_to_string(&mut line)?;
    client.write_all(answer(line.trim_end()).as_bytes())
}

fn answer(
    line: &str,
    now: Time,
    machine: &mut Machine,
    report: &dyn Fn(&Machine, Report) -> String,
) -> String {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let result = match (verb, rest, rest.parse()) {
        ("status", "text", _) => Ok(report(machine, Report::Text)),
        ("status", "json", _) => Ok(report(machine, Report::Json)),
        ("status", "prometheus", _) => Ok(report(machine, Report::Prometheus)),
        (_, _, Ok(addr)) => change(verb, addr, now, machine)
            .map(|text| format!("{addr} {text}\n"))
            .map_err(|text| format!("{addr}: {text}\n")),
        _ => Err(format!("{rest} is not an address\n")),
    };
    match result {
        Ok(text) => format!("ok\n{text}"),
        Err(text) => format!("error\n{text}"),
    }
}

fn change(verb: &str, addr: IpAddr, now: Time, machine: &mut Machine) -> Result<String, String> {
    let ranges = &machine.settings().ranges;
    if !ranges.iter().any(|range| range.contains(addr)) {
        return Err("it is in no range of the configuration".to_string());
    }
    let text = match verb {
        "release" => {
            machine.release(now, addr);
            "is left alone for a while"
        }
        "exclude" => {
            machine.exclude(now, addr);
            "is left alone until the daemon ends; set exclude to keep it so"
        }
        "capture" => {
            let result = machine.capture(now, addr);
            result.map_err(|refusal| refusal.to_string())?;
            "is asked for; it is taken if it stays silent"
        }
        _ => return Err(format!("there is no command {verb}")),
    };
    Ok(text.to_string())
}

/// Sends a command to the daemon and returns its answer. On a busy host the daemon may stop waiting
/// before the command comes, so the client sends it again.
pub fn ask(path: &Path, line: &str) -> Result<String, String> {
    let fail = |error: io::Error| {
        let path = path.display();
        format!("no daemon answers at {path} ({error}); is xt-tarpit-lan.service started?")
    };
    let mut text = String::new();
    for _ in 0..TRIES {
        text = ask_once(path, line).map_err(fail)?;
        if !text.is_empty() {
            break;
        }
        thread::sleep(PATIENCE);
    }
    match text.split_once('\n') {
        Some(("ok", rest)) => Ok(rest.to_string()),
        Some(("error", rest)) => Err(rest.trim_end().to_string()),
        _ => Err("the daemon's answer is not complete".to_string()),
    }
}

/// The daemon's answer; nothing if it has not read the command.
fn ask_once(path: &Path, line: &str) -> io::Result<String> {
    let mut stream = UnixStream::connect(path)?;
    let mut text = String::new();
    let said = stream
        .set_read_timeout(Some(CLIENT_PATIENCE))
        .and_then(|()| stream.write_all(line.as_bytes()))
        .and_then(|()| stream.shutdown(Shutdown::Write))
        .and_then(|()| stream.read_to_string(&mut text));
    match said.map_err(|error| error.kind()) {
        Err(io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset) => Ok(String::new()),
        Err(kind) => Err(kind.into()),
        Ok(_) => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_the_daemon_has_not_read_is_sent_again() {
        let path = std::env::temp_dir().join(format!("xt-tarpit-lan-{}", std::process::id()));
        let listener = UnixListener::bind(&path).unwrap();
        let daemon = thread::spawn(move || {
            drop(listener.accept());
            let (client, _) = listener.accept().unwrap();
            serve_one(client, |line| format!("ok\n{line} is done\n")).unwrap();
        });
        assert_eq!(ask(&path, "release").unwrap(), "release is done\n");
        daemon.join().unwrap();
        fs::remove_file(&path).unwrap();
    }
}

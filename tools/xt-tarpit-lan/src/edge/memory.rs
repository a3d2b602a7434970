// SPDX-License-Identifier: GPL-2.0
//! The files: hosts that are left alone, for the next start, and metrics.

use crate::config::Config;
use crate::frame::Mac;
use crate::machine::Machine;
use crate::time::{Ms, Time};
use std::fmt::Write;
use std::fs::Permissions;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{fs, io};
use tracing::warn;

/// Seconds since 1970, which go on while the daemon does not run.
fn seconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// A line of the file: an address, its owner or -, and until when it is left alone.
fn parse(line: &str) -> Option<(IpAddr, Option<Mac>, u64)> {
    let mut words = line.split(' ');
    let (addr, owner, until) = (words.next()?, words.next()?, words.next()?);
    let owner = match owner {
        "-" => None,
        owner => Some(owner.parse().ok()?),
    };
    Some((addr.parse().ok()?, owner, until.parse().ok()?))
}

/// Leaves alone what the last run left alone, for the rest of the time.
pub fn load(config: &Config, machine: &mut Machine, now: Time) {
    let Some(path) = &config.state_file else {
        return;
    };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                complain(path, &error);
            }
            return;
        }
    };
    let clock = seconds();
    for (addr, owner, until) in text.lines().filter_map(parse) {
        let left: Ms = until.saturating_sub(clock).saturating_mul(1_000);
        machine.remember(now, addr, owner, left);
    }
}

pub fn save(config: &Config, machine: &Machine, now: Time) {
    let Some(path) = &config.state_file else {
        return;
    };
    let clock = seconds();
    let mut text = String::new();
    for (addr, owner, left) in machine.hosts(now) {
        let owner = owner.map_or("-".to_string(), |mac| mac.to_string());
        let _ = writeln!(
            text,
            "{addr} {owner} {}",
            clock.saturating_add(left / 1_000)
        );
    }
    write(path, &text, 0o600);
}

/// Writes the metrics. Other users, such as node_exporter, may read them.
pub fn write_metrics(config: &Config, text: &str) {
    if let Some(path) = &config.metrics_file {
        write(path, text, 0o644);
    }
}

/// Replaces a file, so that a reader sees the old text or the new one. It has this mode, whatever
/// the umask.
fn write(path: &Path, text: &str, mode: u32) {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let written = fs::write(&new, text)
        .and_then(|()| fs::set_permissions(&new, Permissions::from_mode(mode)))
        .and_then(|()| fs::rename(&new, path));
    if let Err(error) = written {
        complain(path, &error);
    }
}

fn complain(path: &Path, error: &io::Error) {
    warn!("{}: {error}", path.display());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_and_others_are_skipped() {
        let addr = "192.0.2.7".parse().unwrap();
        let mac = Mac([2, 0, 0, 0, 0, 1]);
        assert_eq!(
            parse("192.0.2.7 02:00:00:00:00:01 77"),
            Some((addr, Some(mac), 77))
        );
        assert_eq!(parse("192.0.2.7 - 77"), Some((addr, None, 77)));
        for line in [
            "",
            "x",
            "192.0.2.7",
            "192.0.2.7 -",
            "192.0.2.7 - x",
            "192.0.2.7 02 7",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }

    #[test]
    fn a_file_has_its_mode_whatever_the_umask() {
        let path = std::env::temp_dir().join(format!("xt-tarpit-lan-mode-{}", std::process::id()));
        for mode in [0o604, 0o600] {
            write(&path, "text", mode);
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                mode
            );
        }
        fs::remove_file(&path).unwrap();
    }
}

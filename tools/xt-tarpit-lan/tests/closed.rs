// SPDX-License-Identifier: GPL-2.0
//! The program goes on if nothing reads its lines, as when journald ends.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

#[test]
fn a_line_that_cannot_be_written_is_lost() {
    let (reader, writer) = UnixStream::pair().unwrap();
    drop(reader);
    let status = Command::new(env!("CARGO_BIN_EXE_xt-tarpit-lan"))
        .args(["check", "--config", "/nonexistent"])
        .stderr(Stdio::from(OwnedFd::from(writer)))
        .status();
    assert_eq!(status.unwrap().code(), Some(1));
}

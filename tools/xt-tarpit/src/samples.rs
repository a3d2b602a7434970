// SPDX-License-Identifier: GPL-2.0
//! Descriptions and records as the kernel writes them, for the tests of other modules.

use std::net::{IpAddr, SocketAddr};

pub const HEADER_PAGE: &str = "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;
\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;
\tfield: char overwrite;\toffset:8;\tsize:1;\tsigned:0;
\tfield: char data;\toffset:16;\tsize:4080;\tsigned:1;
";

pub const REPLY: &str = "name: reply
ID: 1701
format:
\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

\tfield:u8 saddr[sizeof(struct sockaddr_in6)];\toffset:8;\tsize:28;\tsigned:0;
\tfield:u8 daddr[sizeof(struct sockaddr_in6)];\toffset:36;\tsize:28;\tsigned:0;
\tfield:char mode[16];\toffset:64;\tsize:16;\tsigned:1;
\tfield:s64 age;\toffset:80;\tsize:8;\tsigned:1;

print fmt: \"src=%pISpc dest=%pISpc mode=%s age=%lld\", REC->saddr, REC->daddr, REC->mode
";

pub const IGNORED: &str = "name: ignored
ID: 1702
format:
\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

\tfield:u8 saddr[sizeof(struct sockaddr_in6)];\toffset:8;\tsize:28;\tsigned:0;
\tfield:u8 daddr[sizeof(struct sockaddr_in6)];\toffset:36;\tsize:28;\tsigned:0;
\tfield:char mode[16];\toffset:64;\tsize:16;\tsigned:1;
\tfield:char reason[16];\toffset:80;\tsize:16;\tsigned:1;
\tfield:s64 age;\toffset:96;\tsize:8;\tsigned:1;
";

/// A sub-buffer with these bytes as its data.
pub fn page(data: &[u8], flags: u64) -> Vec<u8> {
    let length = u64::try_from(data.len()).unwrap();
    let mut bytes = vec![0; 8];
    bytes.extend((length | flags).to_ne_bytes());
    bytes.extend(data);
    bytes
}

fn word(kind: u32, delta: u32) -> [u8; 4] {
    if cfg!(target_endian = "little") {
        ((delta << 5) | kind).to_ne_bytes()
    } else {
        ((kind << 27) | delta).to_ne_bytes()
    }
}

/// A record as the ring buffer stores it: up to 112 bytes have their length in the first word.
pub fn record(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap();
    let mut all = Vec::new();
    if length <= 112 {
        all.extend(word(length / 4, 7));
    } else {
        all.extend(word(0, 7));
        all.extend((length + 4).to_ne_bytes());
    }
    all.extend(bytes);
    all
}

/// A time extend (30) or an absolute time stamp (31).
pub fn time(kind: u32) -> Vec<u8> {
    [word(kind, 5), [9; 4]].concat()
}

/// A record that was discarded, of this many bytes in all.
pub fn discarded(length: u32) -> Vec<u8> {
    let mut all = word(29, 1).to_vec();
    all.extend((length - 4).to_ne_bytes());
    all.resize(usize::try_from(length).unwrap(), 0xee);
    all
}

/// The padding that ends a sub-buffer.
pub fn end() -> Vec<u8> {
    word(29, 0).to_vec()
}

fn sockaddr(address: SocketAddr) -> Vec<u8> {
    let mut bytes = Vec::new();
    match address.ip() {
        IpAddr::V4(ip) => {
            bytes.extend(2u16.to_ne_bytes());
            bytes.extend(address.port().to_be_bytes());
            bytes.extend(ip.octets());
        }
        IpAddr::V6(ip) => {
            bytes.extend(10u16.to_ne_bytes());
            bytes.extend(address.port().to_be_bytes());
            bytes.extend([0; 4]);
            bytes.extend(ip.octets());
        }
    }
    bytes.resize(28, 0);
    bytes
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(16, 0);
    bytes
}

fn event(id: u16, source: SocketAddr, destination: SocketAddr) -> Vec<u8> {
    let mut bytes = id.to_ne_bytes().to_vec();
    bytes.resize(8, 0);
    bytes.extend(sockaddr(source));
    bytes.extend(sockaddr(destination));
    bytes
}

/// A record of xt_tarpit:reply.
pub fn reply(source: SocketAddr, destination: SocketAddr, mode: &str, age: i64) -> Vec<u8> {
    let mut bytes = event(1701, source, destination);
    bytes.extend(text(mode));
    bytes.extend(age.to_ne_bytes());
    bytes
}

/// A record of xt_tarpit:ignored.
pub fn ignored(
    source: SocketAddr,
    destination: SocketAddr,
    (mode, reason): (&str, &str),
    age: i64,
) -> Vec<u8> {
    let mut bytes = event(1702, source, destination);
    bytes.extend(text(mode));
    bytes.extend(text(reason));
    bytes.extend(age.to_ne_bytes());
    bytes
}

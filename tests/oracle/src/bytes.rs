// SPDX-License-Identifier: GPL-2.0
//! Numbers in network order, the Internet checksum, and the names of bits.

pub const FIN: u8 = 1;
pub const SYN: u8 = 2;
pub const RST: u8 = 4;
pub const PSH: u8 = 8;
pub const ACK: u8 = 16;
pub const URG: u8 = 32;
pub const TCP: u8 = 6;

pub const HOP_BY_HOP: u8 = 0;
pub const ROUTING: u8 = 43;
pub const FRAGMENT: u8 = 44;
pub const DESTINATION: u8 = 60;

/// The 16-bit number at `at`.
pub fn be16(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

/// The 32-bit number at `at`.
pub fn be32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Writes a number in network order.
pub fn put(bytes: &mut [u8], at: usize, number: &[u8]) {
    bytes[at..at + number.len()].copy_from_slice(number);
}

/// The one's complement sum in 16 bits, eight bytes at a time, because this takes most of the time.
pub fn sum(bytes: &[u8], start: u32) -> u32 {
    let mut sum = u128::from(start);
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        if let Ok(word) = word.try_into() {
            sum += u128::from(u64::from_be_bytes(word));
        }
    }
    let mut last = [0; 8];
    last[..words.remainder().len()].copy_from_slice(words.remainder());
    sum += u128::from(u64::from_be_bytes(last));
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u32
}

/// The sum over a TCP segment and its pseudo-header: 0xffff if the checksum in it is right.
pub fn tcp_sum(from: &[u8], to: &[u8], segment: &[u8]) -> u32 {
    let start = sum(from, sum(to, 0)) + u32::from(TCP);
    let length = segment.len() as u32;
    sum(segment, start + (length >> 16) + (length & 0xffff))
}

/// The checksum that makes `sum` right.
pub fn complement(sum: u32) -> [u8; 2] {
    (!(sum as u16)).to_be_bytes()
}

// SPDX-License-Identifier: GPL-2.0
//! The wire format, both ways: segments are parsed, replies are emitted.
//!
//! Pure and total: each function has a result for every input and no path to a panic.

#![forbid(unsafe_code)]

pub(crate) mod checksum;
pub(crate) mod echo;
pub(crate) mod flags;
pub(crate) mod frame;
pub(crate) mod ip;
pub(crate) mod link;
pub(crate) mod options;
pub(crate) mod raw;
pub(crate) mod reply;
pub(crate) mod segment;
pub(crate) mod seq;
pub(crate) mod tcp;

pub(crate) use flags::Flags;
pub(crate) use ip::{Addresses, Family};
pub(crate) use options::{Options, Timestamps};
pub(crate) use reply::{Ack, PathInfo, Reply, Rst, SynAck};
pub(crate) use segment::{Flow, Segment};
pub(crate) use seq::Seq;

/// The `N` bytes at `offset`; `None` if the slice ends before them.
fn array<const N: usize>(bytes: &[u8], offset: usize) -> Option<&[u8; N]> {
    bytes.get(offset..)?.first_chunk()
}

/// Reads a number of two bytes at `offset` of a header. Outside the header it reads 0, but no
/// caller has such an offset.
///
/// With a fixed header and a fixed offset this is one load: the compiler sees that it is inside.
#[inline(always)]
fn be16<const N: usize>(header: &[u8; N], offset: usize) -> u16 {
    match array(header, offset) {
        Some(bytes) => u16::from_be_bytes(*bytes),
        None => 0,
    }
}

/// Reads a number of four bytes, as [`be16`] reads one of two.
#[inline(always)]
fn be32<const N: usize>(header: &[u8; N], offset: usize) -> u32 {
    match array(header, offset) {
        Some(bytes) => u32::from_be_bytes(*bytes),
        None => 0,
    }
}

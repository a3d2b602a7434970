// SPDX-License-Identifier: GPL-2.0
//! The rules of every reply, whatever the segment, the mode and the numbers are. `read` checks the
//! rules of its headers.

use crate::policy::Mode;
use crate::raw::{emit, family_of, ACK, FIN, RST, SYN, WAY};
use crate::read::{self, Read};
use crate::wire::{Options, Reply, Segment};
use etherparse::TcpOptionElement as Element;

/// The size of the buffer, larger than any reply.
pub const ROOM: usize = 128;

/// Emits the reply of a `mode` rule to a segment of `length` bytes; returns its bytes.
pub fn answer<'a>(
    (mode, segment, length): (Mode, &Segment<'_>, u32),
    reply: &Reply,
    buffer: &'a mut [u8; ROOM],
) -> &'a [u8] {
    *buffer = [0xa5; ROOM];
    let back = segment.flow().reversed();
    let family = family_of(&back.addresses);
    let bytes = emit(reply, &back, WAY, buffer).len();
    assert!(bytes as u32 <= length, "larger than its segment");
    assert!(buffer[bytes..].iter().all(|byte| *byte == 0xa5));
    let read = read::read(family, &buffer[..bytes]);
    assert_eq!(read.flow, back);
    assert_eq!(read.hop_limit, WAY.hop_limit);
    assert!(!segment.flags().rst(), "a reset is answered");
    check_flags(segment, &read);
    assert_eq!(read.window, window(mode, read.flags));
    let has = segment.options();
    assert!(read
        .options
        .iter()
        .all(|option| fits(option, &has, read.flags)));
    &buffer[..bytes]
}

/// A SYN-ACK answers a SYN and nothing else does; a bare RST has its number from an ACK.
fn check_flags(segment: &Segment<'_>, read: &Read) {
    let (syn, ack) = (segment.flags().syn(), segment.flags().ack());
    let good = match (read.flags, syn, ack) {
        (flags, true, false) if flags == SYN | ACK => read.ack == segment.seq().plus(1).0,
        (ACK, false, true) => read.seq == segment.ack().0,
        (flags, false, true) if flags == FIN | ACK => {
            segment.flags().fin() && read.seq == segment.ack().0
        }
        (RST, _, true) => read.seq == segment.ack().0 && read.ack == 0,
        (flags, _, false) if flags == RST | ACK => {
            read.seq == 0 && read.ack == segment.seq().plus(segment.len()).0
        }
        _ => false,
    };
    assert!(good, "{read:?}");
}

fn window(mode: Mode, flags: u8) -> u16 {
    match mode {
        _ if flags & RST != 0 => 0,
        Mode::Tarpit { window } => {
            assert_eq!(flags, SYN | ACK, "tarpit says nothing else");
            window
        }
        Mode::Honeypot { window } => window,
        Mode::Persist { window } if flags & SYN != 0 => window,
        Mode::Persist { .. } => 0,
        Mode::Reset => panic!("--reset sends only resets"),
    }
}

/// Whether a reply with `flags` may carry an option that the segment `has`.
fn fits(option: &Element, has: &Options, flags: u8) -> bool {
    let syn = flags & SYN != 0;
    match option {
        _ if flags & RST != 0 => false,
        Element::Timestamp(_, echo) => has.timestamps.is_some_and(|t| t.value == *echo),
        Element::MaximumSegmentSize(mss) => syn && has.mss && *mss == WAY.mss,
        Element::WindowScale(shift) => syn && has.window_scale && *shift == 0,
        Element::SelectiveAcknowledgementPermitted => syn && has.sack_permitted,
        _ => false,
    }
}

// SPDX-License-Identifier: GPL-2.0
//! Writes any reply that the types allow: all its bytes are written and no others, and etherparse
//! reads it back; a buffer of a wrong length is harmless.

use crate::input::Input;
use crate::raw::{family_of, ACK, FIN, RST, SYN};
use crate::read::{self, Read};
use crate::wire::{options::Offered, Ack, Flow, Options, PathInfo, Reply, Rst, SynAck};
use etherparse::TcpOptionElement as Element;

const ROOM: usize = 128;

pub fn emit(data: &[u8]) {
    let mut input = Input(data);
    let (kind, wrong) = (input.byte(), usize::from(input.byte()));
    let (flow, way) = (input.flow(), input.way());
    let reply = any_reply(kind, &mut input);
    let length = reply.length(family_of(&flow.addresses));
    let once = write((&reply, &flow, way), length, 0x00);
    let again = write((&reply, &flow, way), length, 0xff);
    assert_eq!(once, again, "a byte is not written");
    check((&reply, way), &flow, &once);
    if wrong < ROOM {
        write((&reply, &flow, way), wrong, 0xa5);
    }
}

/// Writes to `length` bytes between poisoned ones; returns them.
fn write((reply, flow, way): (&Reply, &Flow, PathInfo), length: usize, poison: u8) -> Vec<u8> {
    let mut buffer = [poison; ROOM + 16];
    reply.emit(flow, way, &mut buffer[8..8 + length]);
    let outside = buffer[..8].iter().chain(&buffer[8 + length..]);
    assert!(outside.into_iter().all(|byte| *byte == poison));
    buffer[8..8 + length].to_vec()
}

fn any_reply(kind: u8, input: &mut Input<'_>) -> Reply {
    let (seq, number, window) = (input.seq(), input.seq(), input.short());
    let timestamps = input.timestamps();
    let acknowledge = Ack {
        seq,
        ack: number,
        window,
        timestamps,
    };
    match kind & 3 {
        0 => Reply::SynAck(SynAck {
            seq,
            ack: number,
            window,
            offered: Offered::from(Options {
                mss: kind & 4 != 0,
                window_scale: kind & 8 != 0,
                sack_permitted: kind & 16 != 0,
                timestamps,
            }),
            clock: input.word(),
        }),
        1 => Reply::Ack(acknowledge),
        2 => Reply::FinAck(acknowledge),
        _ => Reply::Rst(Rst {
            seq,
            ack: (kind & 4 != 0).then_some(number),
        }),
    }
}

fn check((reply, way): (&Reply, PathInfo), flow: &Flow, bytes: &[u8]) {
    let read = read::read(family_of(&flow.addresses), bytes);
    let (flags, seq, ack, window) = header(reply);
    let wanted = Read {
        flow: *flow,
        hop_limit: way.hop_limit,
        seq,
        ack,
        flags,
        window,
        options: options(reply, way),
    };
    assert_eq!(read, wanted);
}

fn header(reply: &Reply) -> (u8, u32, u32, u16) {
    match reply {
        Reply::SynAck(r) => (SYN | ACK, r.seq.0, r.ack.0, r.window),
        Reply::Ack(r) => (ACK, r.seq.0, r.ack.0, r.window),
        Reply::FinAck(r) => (FIN | ACK, r.seq.0, r.ack.0, r.window),
        Reply::Rst(r) => match r.ack {
            Some(ack) => (RST | ACK, r.seq.0, ack.0, 0),
            None => (RST, r.seq.0, 0, 0),
        },
    }
}

/// Options in Linux' order.
fn options(reply: &Reply, way: PathInfo) -> Vec<Element> {
    match reply {
        Reply::SynAck(SynAck { offered, clock, .. }) => {
            let mss = offered
                .mss()
                .then_some(Element::MaximumSegmentSize(way.mss));
            let sack = Element::SelectiveAcknowledgementPermitted;
            let sack = offered.sack_permitted().then_some(sack);
            let stamps = Element::Timestamp(*clock, offered.value);
            let stamps = offered.timestamps().then_some(stamps);
            let scale = offered.window_scale().then_some(Element::WindowScale(0));
            [mss, sack, stamps, scale].into_iter().flatten().collect()
        }
        Reply::Ack(Ack { timestamps, .. }) | Reply::FinAck(Ack { timestamps, .. }) => {
            let stamps = timestamps.map(|t| Element::Timestamp(t.value, t.echo));
            stamps.into_iter().collect()
        }
        Reply::Rst(_) => Vec::new(),
    }
}

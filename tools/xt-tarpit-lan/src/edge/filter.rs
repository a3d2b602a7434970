// SPDX-License-Identifier: GPL-2.0
//! Classic BPF: which frames the kernel hands to the two sockets.

use socket2::SockFilter;

const LD_WORD: u16 = 0x20;
const LD_HALF: u16 = 0x28;
const LD_BYTE: u16 = 0x30;
/// Loads from an offset behind the header of IPv4, whose length `LDX_HEADER` has loaded.
const LD_HALF_BEHIND: u16 = 0x48;
const LDX_HEADER: u16 = 0xb1;
const AND: u16 = 0x54;
const EQUAL: u16 = 0x15;
const ANY_BIT: u16 = 0x45;
const RETURN: u16 = 0x06;
/// The tag of the VLAN, which the kernel keeps beside the frame, and whether there is one. Before
/// Linux 6.2 the tag stays when a frame comes to the VLAN's device, and only its presence goes.
const VLAN_TAG: u32 = 0xffff_f000 + 44;
const VLAN_PRESENT: u32 = 0xffff_f000 + 48;
const VLAN_ID: u32 = 0xfff;

const ARP: u32 = 0x0806;
const IPV4: u32 = 0x0800;
const IPV6: u32 = 0x86dd;

#[derive(Clone, Copy, PartialEq, Eq)]
enum To {
    Next,
    Accept,
    Drop,
    At(&'static str),
}
use To::{Accept, At, Drop, Next};

enum Step {
    Load(u16, u32),
    If(u16, u32, To, To),
    Label(&'static str),
}
use Step::{If, Label, Load};

/// ARP; UDP between the ports 67 and 68; neighbour solicitations and advertisements. Frames of a
/// VLAN belong to the device of the VLAN.
pub fn signals() -> Vec<SockFilter> {
    assemble(
        0xffff,
        &[
            Load(LD_WORD, VLAN_PRESENT),
            If(EQUAL, 0, At("untagged"), Next),
            Load(LD_WORD, VLAN_TAG),
            Load(AND, VLAN_ID),
            If(EQUAL, 0, Next, Drop),
            Label("untagged"),
            Load(LD_HALF, 12),
            If(EQUAL, ARP, Accept, Next),
            If(EQUAL, IPV6, At("IPv6"), Next),
            If(EQUAL, IPV4, Next, Drop),
            Load(LD_BYTE, 23),
            If(EQUAL, 17, Next, Drop),
            Load(LD_HALF, 20),
            If(ANY_BIT, 0x1fff, Drop, Next),
            Load(LDX_HEADER, 14),
            Load(LD_HALF_BEHIND, 14),
            If(EQUAL, 67, At("to"), Next),
            If(EQUAL, 68, Next, Drop),
            Label("to"),
            Load(LD_HALF_BEHIND, 16),
            If(EQUAL, 67, Accept, Next),
            If(EQUAL, 68, Accept, Drop),
            Label("IPv6"),
            Load(LD_BYTE, 20),
            If(EQUAL, 58, Next, Drop),
            Load(LD_BYTE, 54),
            If(EQUAL, 135, Accept, Next),
            If(EQUAL, 136, Accept, Drop),
        ],
    )
}

/// All of IPv4 and IPv6, cut behind the addresses.
pub fn traffic() -> Vec<SockFilter> {
    assemble(
        64,
        &[
            Load(LD_WORD, VLAN_PRESENT),
            If(EQUAL, 0, At("untagged"), Next),
            Load(LD_WORD, VLAN_TAG),
            Load(AND, VLAN_ID),
            If(EQUAL, 0, Next, Drop),
            Label("untagged"),
            Load(LD_HALF, 12),
            If(EQUAL, IPV4, Accept, Next),
            If(EQUAL, IPV6, Accept, Drop),
        ],
    )
}

/// The program with the numbers of its jumps. An accepted frame is cut to `length`.
fn assemble(length: u32, steps: &[Step]) -> Vec<SockFilter> {
    let mut labels = vec![];
    let mut count: u8 = 0;
    for step in steps {
        match step {
            Label(name) => labels.push((At(name), count)),
            _ => count = count.saturating_add(1),
        }
    }
    labels.push((Accept, count));
    labels.push((Drop, count.saturating_add(1)));
    let mut program: Vec<SockFilter> = vec![];
    for step in steps {
        let here = u8::try_from(program.len())
            .unwrap_or(u8::MAX)
            .saturating_add(1);
        let distance = |to: &To| {
            let found = labels.iter().find(|(label, _)| label == to);
            found.map_or(0, |&(_, at)| at.saturating_sub(here))
        };
        match step {
            Load(code, k) => program.push(SockFilter::new(*code, 0, 0, *k)),
            If(code, k, yes, no) => {
                program.push(SockFilter::new(*code, distance(yes), distance(no), *k));
            }
            Label(_) => {}
        }
    }
    program.push(SockFilter::new(RETURN, 0, 0, length));
    program.push(SockFilter::new(RETURN, 0, 0, 0));
    program
}

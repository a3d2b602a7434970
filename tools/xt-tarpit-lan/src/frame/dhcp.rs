// SPDX-License-Identifier: GPL-2.0
//! DHCP (RFC 2131): which address a client asks for, is given, or declines.

use super::bytes::Bytes;
use super::What;
use std::net::Ipv4Addr;

pub const PORTS: [u16; 2] = [67, 68];
const COOKIE: [u8; 4] = [99, 130, 83, 99];
const PAD: u8 = 0;
const REQUESTED_ADDRESS: u8 = 50;
const MESSAGE_TYPE: u8 = 53;
const END: u8 = 255;

const DISCOVER: u8 = 1;
const OFFER: u8 = 2;
const REQUEST: u8 = 3;
const DECLINE: u8 = 4;
const ACK: u8 = 5;
const INFORM: u8 = 8;

/// Reads what follows the header of UDP.
pub fn read(mut bytes: Bytes) -> Option<What> {
    bytes.skip(12)?; // operation, hardware, transaction, seconds, flags
    let (client, yours) = (bytes.v4()?, bytes.v4()?);
    bytes.skip(4 + 4 + 16 + 64 + 128)?; // server, relay, hardware address, names
    if bytes.array()? != COOKIE {
        return None;
    }
    let (kind, requested) = options(bytes)?;
    let asked = requested.filter(|addr| !addr.is_unspecified());
    let of_client = Some(client).filter(|addr| !addr.is_unspecified());
    match kind {
        DISCOVER => Some(What::Discover),
        REQUEST | INFORM => asked.or(of_client).map(What::Lease),
        DECLINE => asked.or(of_client).map(What::Decline),
        OFFER | ACK => Some(yours)
            .filter(|addr| !addr.is_unspecified())
            .or(of_client)
            .map(What::Lease),
        _ => None,
    }
}

/// The message type and the requested address, from the first option of each kind.
fn options(mut bytes: Bytes) -> Option<(u8, Option<Ipv4Addr>)> {
    let (mut kind, mut requested) = (None, None);
    while let Some(option) = bytes.u8() {
        match option {
            PAD => continue,
            END => break,
            _ => {}
        }
        // What a damaged option hides is lost, but not what precedes it.
        let Some(value) = bytes.u8().and_then(|len| bytes.slice(len.into())) else {
            break;
        };
        let mut value = Bytes(value);
        match option {
            MESSAGE_TYPE if kind.is_none() => kind = value.u8(),
            REQUESTED_ADDRESS if requested.is_none() => requested = value.v4(),
            _ => {}
        }
    }
    kind.map(|kind| (kind, requested))
}

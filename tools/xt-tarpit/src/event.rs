// SPDX-License-Identifier: GPL-2.0
//! The records of the tracepoints `xt_tarpit:reply` and `xt_tarpit:ignored`.

use crate::format::{event_id, Fields, Span};
use crate::plain::plain;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A word of a record: a mode or a reason.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Word([u8; 16]);

impl Word {
    /// The bytes up to the first zero, 16 at most.
    pub fn new(bytes: &[u8]) -> Self {
        let mut word = [0; 16];
        let end = bytes.iter().position(|&byte| byte == 0);
        let text = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or(&[]);
        for (to, from) in word.iter_mut().zip(text) {
            *to = *from;
        }
        Self(word)
    }

    pub fn is(self, text: &str) -> bool {
        self == Self::new(text.as_bytes())
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.0.iter().position(|&byte| byte == 0).unwrap_or(16);
        let text = String::from_utf8_lossy(self.0.get(..end).unwrap_or(&[]));
        f.pad(&plain(&text, 16))
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A connection of a peer with an address of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub peer: SocketAddr,
    pub host: SocketAddr,
}

/// What the module did with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    pub key: Key,
    pub mode: Word,
    /// Why it got no reply; `None` if it got one.
    pub reason: Option<Word>,
    /// The milliseconds since we last answered the peer. Only verified peers have one.
    pub age: Option<i64>,
    /// The bytes of payload, if the tracepoint reports them.
    pub payload: Option<u64>,
}

/// Where the fields are in the records of one tracepoint.
#[derive(Debug)]
struct Shape {
    id: u64,
    peer: Span,
    host: Span,
    mode: Span,
    reason: Option<Span>,
    age: Span,
    payload: Option<Span>,
}

/// Reads the records of both tracepoints.
#[derive(Debug)]
pub struct Decoder {
    kind: Span,
    shapes: [Shape; 2],
}

impl Decoder {
    /// From the files `format` of both. Addresses are those of the packet: of a reply, the peer is
    /// the destination.
    pub fn read(reply: &str, ignored: &str) -> Option<Self> {
        let kind = Fields::read(reply).get("common_type")?;
        let shapes = [
            shape(reply, "daddr", "saddr")?,
            shape(ignored, "saddr", "daddr")?,
        ];
        Some(Self { kind, shapes })
    }

    /// Whether the tracepoints report the bytes of payload.
    pub fn has_payload(&self) -> bool {
        self.shapes.iter().any(|shape| shape.payload.is_some())
    }

    pub fn decode(&self, record: &[u8]) -> Option<Event> {
        let kind = self.kind.unsigned(record)?;
        let shape = self.shapes.iter().find(|shape| shape.id == kind)?;
        let key = Key {
            peer: address(shape.peer.of(record)?)?,
            host: address(shape.host.of(record)?)?,
        };
        let mode = Word::new(shape.mode.of(record)?);
        let reason = match shape.reason {
            Some(span) => Some(Word::new(span.of(record)?)),
            None => None,
        };
        let age = i64::try_from(shape.age.unsigned(record)?).ok();
        let payload = shape.payload.and_then(|span| span.unsigned(record));
        Some(Event {
            key,
            mode,
            reason,
            age,
            payload,
        })
    }
}

fn shape(text: &str, peer: &str, host: &str) -> Option<Shape> {
    let fields = Fields::read(text);
    Some(Shape {
        id: event_id(text)?,
        peer: fields.get(peer)?,
        host: fields.get(host)?,
        mode: fields.get("mode")?,
        reason: fields.get("reason"),
        age: fields.get("age").filter(|span| span.size == 8)?,
        payload: fields.get("payload"),
    })
}

/// A `struct sockaddr_in` or `sockaddr_in6`.
fn address(bytes: &[u8]) -> Option<SocketAddr> {
    let family = Span { offset: 0, size: 2 }.unsigned(bytes)?;
    let port = u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?);
    let address = match family {
        2 => IpAddr::V4(Ipv4Addr::from(*bytes.get(4..)?.first_chunk::<4>()?)),
        10 => IpAddr::V6(Ipv6Addr::from(*bytes.get(8..)?.first_chunk::<16>()?)),
        _ => return None,
    };
    Some(SocketAddr::new(address, port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use proptest::prelude::*;

    fn decoder() -> Decoder {
        Decoder::read(samples::REPLY, samples::IGNORED).unwrap()
    }

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_peer_is_where_a_reply_goes() {
        let record = samples::reply(at("198.51.100.1:23"), at("192.0.2.7:51734"), "persist", -1);
        let event = decoder().decode(&record).unwrap();
        assert_eq!(event.key.peer, at("192.0.2.7:51734"));
        assert_eq!(event.key.host, at("198.51.100.1:23"));
        assert!(event.mode.is("persist"));
        assert_eq!((event.reason, event.age, event.payload), (None, None, None));
    }

    #[test]
    fn the_peer_is_where_an_ignored_packet_comes_from() {
        let (peer, host) = (at("[2001:db8::7]:9"), at("[fd00::1]:23"));
        let record = samples::ignored(peer, host, ("tarpit", "Held"), 31);
        let event = decoder().decode(&record).unwrap();
        assert_eq!((event.key.peer, event.key.host), (peer, host));
        assert_eq!(event.reason, Some(Word::new(b"Held")));
        assert_eq!(event.age, Some(31));
    }

    #[test]
    fn a_field_of_payload_is_read_where_there_is_one() {
        let more = "\tfield:u32 payload;\toffset:104;\tsize:4;\tsigned:0;\n";
        let decoder =
            Decoder::read(samples::REPLY, &format!("{}{more}", samples::IGNORED)).unwrap();
        let mut record = samples::ignored(at("192.0.2.7:1"), at("192.0.2.8:2"), ("a", "b"), 0);
        record.extend(1460u32.to_ne_bytes());
        assert_eq!(decoder.decode(&record).unwrap().payload, Some(1460));
        assert!(decoder.has_payload());
        assert!(!self::decoder().has_payload());
    }

    #[test]
    fn records_of_other_events_and_short_ones_are_skipped() {
        let mut record = samples::reply(at("192.0.2.7:1"), at("192.0.2.8:2"), "tarpit", 5);
        assert!(decoder().decode(&record[..record.len() - 1]).is_none());
        record[0] ^= 0x40;
        assert!(decoder().decode(&record).is_none());
    }

    #[test]
    fn a_format_without_a_field_is_refused() {
        let missing = samples::IGNORED.replace("daddr", "other");
        assert!(Decoder::read(samples::REPLY, &missing).is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_without_a_panic(
            mut record in proptest::collection::vec(any::<u8>(), 0..130), id in 1701u16..1703,
        ) {
            for (to, from) in record.iter_mut().zip(id.to_ne_bytes()) {
                *to = from;
            }
            if let Some(event) = decoder().decode(&record) {
                prop_assert!(event.age.is_none_or(|age| age >= 0));
                prop_assert!(event.mode.to_string().chars().all(|c| !c.is_control()));
            }
        }
    }
}

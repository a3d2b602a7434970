// SPDX-License-Identifier: GPL-2.0
//! Connections that were up before the rule: which segments fit them, and the reply of `--persist`.

use super::raw::{decide, Raw, Seen, ACK, FAMILIES, FIN, KEYED, MODES, RST, SYN, TIMESTAMPS};
use super::strategies;
use crate::counters::CounterUpdate;
use crate::drop_reason::DropReason::{self, BadChecksum, Held, Unverified, WindowShut};
use crate::policy::{self, live::Tracked, Mode};
use crate::wire::{Ack, Reply, Seq, Timestamps};
use proptest::prelude::*;

const PERSIST: Mode = Mode::Persist { window: 0 };
/// Our side has acknowledged all before this number, and sent all before [`NEXT`]. A segment that
/// is a little later is beyond the wrap.
const UNA: u32 = u32::MAX - 20;
const NEXT: u32 = 0x7fff_fff0;

fn tracked(our_window: u32, peer_window: u32) -> Tracked {
    Tracked {
        una: Seq(UNA),
        next: Seq(NEXT),
        our_window,
        peer_window,
    }
}

/// A segment of the peer whose numbers are so far from those of the connection.
fn segment(seq: i64, ack: i64, payload: u32) -> Raw {
    Raw {
        seq: (i64::from(UNA) + seq) as u32,
        ack: (i64::from(NEXT) + ack) as u32,
        payload,
        window: 500,
        ..Raw::new(FAMILIES[0])
    }
}

fn reply(raw: &Raw, mode: Mode, tracked: Tracked) -> Result<Reply, DropReason> {
    let seen = Seen::good().with(tracked);
    raw.parsed(|segment| decide(mode, segment, &KEYED, &seen))
}

/// The numbers of the ACK that the segment gets.
fn ack(raw: &Raw) -> Result<(u32, u32), DropReason> {
    let reply = reply(raw, PERSIST, tracked(64_000, 64_000))?;
    let Reply::Ack(Ack {
        seq, ack, window, ..
    }) = reply
    else {
        panic!("{reply:?}")
    };
    assert_eq!(window, 0);
    Ok((seq.0, ack.0))
}

#[test]
fn content_and_keepalives_get_an_ack_of_what_our_side_has_acknowledged() {
    assert_eq!(ack(&segment(-1, 0, 0)), Ok((NEXT, UNA)), "a keepalive");
    assert_eq!(ack(&segment(-2, 0, 0)), Ok((NEXT, UNA)), "an older one");
    assert_eq!(ack(&segment(-1, 0, 1)), Ok((NEXT + 1, UNA)), "with a byte");
    assert_eq!(ack(&segment(0, 0, 1000)), Ok((NEXT + 1, UNA)), "data");
    assert_eq!(
        ack(&segment(30, 0, 1000)),
        Ok((NEXT + 1, UNA)),
        "later data"
    );
    let mut fin = segment(0, -7, 0);
    fin.flags = FIN | ACK;
    assert_eq!(ack(&fin), Ok((NEXT - 6, UNA)), "FIN, and a late ACK");
}

#[test]
fn content_with_window_0_gets_the_number_that_it_acknowledges() {
    let mut raw = segment(0, 0, 10);
    raw.window = 0;
    assert_eq!(ack(&raw), Ok((NEXT, UNA)));
}

#[test]
fn an_empty_ack_at_una_or_later_and_one_with_window_0_get_silence() {
    assert_eq!(ack(&segment(0, 0, 0)), Err(Held));
    assert_eq!(ack(&segment(1, 0, 0)), Err(Held));
    assert_eq!(ack(&segment(900, 0, 0)), Err(Held));
    for flags in [ACK, FIN | ACK] {
        let mut raw = segment(-1, 0, 0);
        (raw.flags, raw.window) = (flags, 0);
        assert_eq!(ack(&raw), Err(WindowShut), "as our own replies");
    }
}

#[test]
fn timestamps_are_the_peers_own_exchanged() {
    let mut raw = segment(-1, 0, 0);
    let timestamps = |raw: &Raw| match reply(raw, PERSIST, tracked(1, 1)) {
        Ok(Reply::Ack(ack)) => ack.timestamps,
        other => panic!("{other:?}"),
    };
    assert_eq!(timestamps(&raw), None);
    raw.options = TIMESTAMPS.to_vec();
    let exchanged = Timestamps {
        value: 0x5566_7788,
        echo: 0x1122_3344,
    };
    assert_eq!(timestamps(&raw), Some(exchanged));
}

#[test]
fn the_windows_are_exact() {
    let fits = |seq, ack, ours, theirs| {
        let raw = segment(seq, ack, 1);
        reply(&raw, PERSIST, tracked(ours, theirs)).is_ok()
    };
    for ours in [1, 1000, 64_000, 1 << 30] {
        let room = i64::from(ours);
        assert!(fits(-1 - room, 0, ours, 1) && fits(room, 0, ours, 1));
        assert!(!fits(-2 - room, 0, ours, 1) && !fits(room + 1, 0, ours, 1));
    }
    // ACKs may be 66,000 bytes late even if the peer's window is smaller.
    for (theirs, late) in [
        (0, 66_000),
        (66_000, 66_000),
        (66_001, 66_001),
        (1 << 20, 1 << 20),
    ] {
        assert!(fits(0, 0, 1000, theirs) && fits(0, -late, 1000, theirs));
        assert!(!fits(0, 1, 1000, theirs) && !fits(0, -late - 1, 1000, theirs));
    }
    // TCP has no larger window, whatever is tracked.
    assert!(fits(1 << 30, -(1 << 30), u32::MAX, u32::MAX));
    assert!(!fits((1 << 30) + 1, 0, u32::MAX, u32::MAX));
    assert!(!fits(0, -(1 << 30) - 1, u32::MAX, u32::MAX));
}

#[test]
fn other_modes_and_flags_do_not_know_such_connections() {
    for mode in MODES {
        let mut raw = segment(0, 0, 10);
        let with = reply(&raw, mode, tracked(1000, 1000));
        let alike = matches!(mode, Mode::Persist { .. });
        assert_eq!(with == raw.decide(mode, &KEYED), !alike, "{mode:?}");
        for flags in [RST, RST | ACK, SYN, SYN | ACK, FIN, 0] {
            raw.flags = flags;
            let with = reply(&raw, mode, tracked(1000, 1000));
            assert_eq!(with, raw.decide(mode, &KEYED), "{mode:?} {flags}");
        }
    }
}

#[test]
fn what_does_not_fit_is_unverified_before_its_checksum_is_read() {
    let damaged = |raw: &Raw| {
        let seen = Seen::damaged().with(tracked(1000, 1000));
        raw.parsed(|segment| decide(PERSIST, segment, &KEYED, &seen))
    };
    assert_eq!(damaged(&segment(0, 1, 10)), Err(Unverified));
    assert_eq!(damaged(&segment(0, 0, 10)), Err(BadChecksum));
}

#[test]
fn a_cookie_that_verifies_counts_before_what_is_tracked() {
    let mut raw = segment(0, 0, 10);
    raw.ack = raw
        .number(PERSIST, raw.seq.wrapping_sub(1), &KEYED)
        .iss
        .0
        .wrapping_add(1);
    let with = reply(
        &raw,
        PERSIST,
        Tracked {
            next: Seq(raw.ack),
            ..tracked(1000, 1000)
        },
    );
    assert_eq!(with, raw.decide(PERSIST, &KEYED));
}

#[test]
fn a_reply_has_counters_of_its_own_and_silence_none() {
    let update = |raw: &Raw| {
        raw.parsed(|segment| {
            let all = policy::classify(PERSIST, segment, &KEYED, || Some(tracked(1000, 1000)));
            let peer = all.expect("fits");
            let decision = policy::decide(PERSIST, segment, &peer, &KEYED);
            assert!(matches!(peer, policy::Classified::Live(_)));
            policy::observe(segment, &peer, &decision, &KEYED)
                .map(|activity| CounterUpdate::new(PERSIST, &activity).expect("counted"))
        })
    };
    let data = update(&segment(0, 0, 10)).expect("data counts");
    assert_eq!((data.age, data.payload), (0, 10));
    assert_eq!(data.kind, data.first + 2);
    assert_eq!(
        update(&segment(-1, 0, 0)).expect("a keepalive counts").kind,
        data.kind
    );
    assert_eq!(update(&segment(0, 0, 0)), None);
}

fn any_tracked() -> impl Strategy<Value = Tracked> {
    let number = || strategies::number().prop_map(Seq);
    (number(), number(), any::<u32>(), any::<u32>()).prop_map(
        |(una, next, our_window, peer_window)| Tracked {
            una,
            next,
            our_window,
            peer_window,
        },
    )
}

proptest! {
    #![proptest_config(strategies::config())]

    /// Whatever is tracked, no reply acknowledges more than our side has, and none is answered in
    /// turn by another host that also tracks the connection.
    #[test]
    fn no_reply_takes_anything_or_causes_another(
        raw in strategies::raw(), here in any_tracked(), there in any_tracked(),
    ) {
        if let Ok(Reply::Ack(ack)) = reply(&raw, PERSIST, here) {
            if ack.ack == here.una {
                prop_assert_eq!(ack.window, 0);
                let back = Raw {
                    seq: ack.seq.0,
                    ack: ack.ack.0,
                    window: ack.window,
                    payload: 0,
                    flags: ACK,
                    ..raw.clone()
                };
                prop_assert!(reply(&back, PERSIST, there).is_err());
            }
        }
    }
}

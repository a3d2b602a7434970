// SPDX-License-Identifier: GPL-2.0

use super::*;
use crate::geoip::Country;
use proptest::prelude::*;

fn table(size: usize) -> Table {
    Table::new(NonZeroUsize::new(size).unwrap())
}

fn event(peer: u16, reason: &str, age: i64) -> Event {
    Event {
        key: Key {
            peer: ([192, 0, 2, 7], peer).into(),
            host: ([198, 51, 100, 1], 23).into(),
        },
        mode: Word::new(b"persist"),
        reason: (!reason.is_empty()).then(|| Word::new(reason.as_bytes())),
        age: (age >= 0).then_some(age),
        payload: None,
    }
}

fn put(table: &mut Table, event: Event, now: Millis) -> Change {
    table.update(&event, (now, 1), || None)
}

fn only(table: &Table) -> Row {
    assert_eq!(table.len(), 1);
    *table.rows().next().unwrap().1
}

#[test]
fn a_handshake_makes_a_row_and_probes_count() {
    let mut table = table(4);
    assert!(put(&mut table, event(1, "Held", 30), 1000).new);
    assert!(!put(&mut table, event(1, "", 200), 1200).new);
    assert!(!put(&mut table, event(1, "", 400), 1600).new);
    let row = only(&table);
    assert_eq!((row.since, row.last, row.probes), (970, 1600, 2));
    assert!(!row.at_least && !row.estimated);
}

#[test]
fn who_was_held_before_the_start_is_held_for_at_least_the_age() {
    let mut table = table(4);
    put(&mut table, event(1, "", 120_000), 5000);
    let row = only(&table);
    assert_eq!((row.since, row.probes), (-115_000, 1));
    assert!(row.at_least);
}

#[test]
fn what_proves_no_handshake_makes_no_row() {
    let mut table = table(4);
    put(&mut table, event(1, "", -1), 0);
    put(&mut table, event(1, "Unverified", -1), 0);
    put(&mut table, event(1, "IsReset", -1), 0);
    let mut reset = event(1, "", 5);
    reset.mode = Word::new(b"reset");
    put(&mut table, reset, 0);
    assert!(table.is_empty());
    assert_eq!(table.totals, Totals::default());
}

#[test]
fn a_reply_without_an_age_counts_for_a_peer_that_is_known() {
    let mut table = table(4);
    put(&mut table, event(1, "Held", -1), 0);
    put(&mut table, event(1, "", -1), 200);
    assert_eq!((only(&table).probes, only(&table).last), (1, 200));
}

#[test]
fn a_connection_that_was_up_before_the_rule_has_no_age() {
    let mut table = table(4);
    let mut live = event(1, "", -1);
    live.mode = Word::new(b"live");
    put(&mut table, live, 100);
    let row = only(&table);
    assert_eq!((row.since, row.probes, row.at_least), (100, 1, true));
    assert!(row.mode.is("live"));
    assert!(put(&mut table, event(1, "IsReset", -1), 200).gone.is_some());
}

#[test]
fn a_reset_and_the_last_ack_end_a_row() {
    for (reason, why) in [("IsReset", Why::Reset), ("Finished", Why::Closed)] {
        let mut table = table(4);
        put(&mut table, event(1, "Held", 1), 0);
        let gone = put(&mut table, event(1, reason, -1), 9).gone.unwrap();
        assert_eq!((gone.why, gone.key.peer.port()), (why, 1));
        assert!(table.is_empty());
    }
}

#[test]
fn the_least_recent_row_leaves_a_full_table() {
    let mut table = table(2);
    put(&mut table, event(1, "Held", 1), 0);
    put(&mut table, event(2, "Held", 1), 1);
    put(&mut table, event(1, "", 1), 2);
    let gone = put(&mut table, event(3, "Held", 1), 3).gone.unwrap();
    assert_eq!((gone.key.peer.port(), gone.why), (2, Why::Evicted));
    assert_eq!((table.len(), table.totals.evicted), (2, 1));
}

#[test]
fn a_quiet_row_expires() {
    let mut table = table(4);
    put(&mut table, event(1, "Held", 1), 0);
    put(&mut table, event(2, "Held", 1), 500);
    assert_eq!(table.expire(1000, 1000), None);
    assert_eq!(table.expire(1001, 1000).unwrap().key.peer.port(), 1);
    assert_eq!(table.expire(1001, 1000), None);
    assert_eq!(table.totals.quiet, 1);
}

#[test]
fn samples_count_by_their_weight_and_say_so() {
    let mut table = table(4);
    let mut probe = event(1, "", 7);
    probe.payload = Some(100);
    table.update(&event(1, "Held", 1), (0, 1), || None);
    table.update(&probe, (1, 5), || None);
    let row = only(&table);
    assert_eq!((row.probes, row.bytes), (5, Some(500)));
    assert!(row.estimated);
}

#[test]
fn the_country_is_asked_once() {
    let mut table = table(4);
    let mut asked = 0;
    for now in 0..3 {
        table.update(&event(1, "Held", 1), (now, 1), || {
            asked += 1;
            Country::new("DE")
        });
    }
    assert_eq!(asked, 1);
    assert_eq!(only(&table).country, Country::new("DE"));
}

fn events() -> impl Strategy<Value = Vec<(Event, u64)>> {
    let reason = prop_oneof![
        Just(""),
        Just("Held"),
        Just("IsReset"),
        Just("Finished"),
        Just("Unverified")
    ];
    let one = (0u16..20, reason, -1i64..i64::MAX, any::<u64>())
        .prop_map(|(peer, reason, age, weight)| (event(peer, reason, age), weight));
    proptest::collection::vec(one, 0..200)
}

proptest! {
    #[test]
    fn rows_are_bounded_and_none_leaves_uncounted(all in events(), size in 1usize..8) {
        let mut table = table(size);
        let mut left = 0u64;
        for (now, (event, weight)) in (0i64..).zip(&all) {
            let change = table.update(event, (now, *weight), || None);
            left += u64::from(change.gone.is_some());
            left += u64::from(table.expire(now, 50).is_some());
            prop_assert!(table.len() <= size);
        }
        let totals = table.totals;
        prop_assert_eq!(totals.reset + totals.closed + totals.quiet + totals.evicted, left);
        prop_assert_eq!(u64::try_from(table.len()).unwrap() + left, totals.held);
    }

    #[test]
    fn rows_are_listed_by_their_last_packet(all in events()) {
        let mut table = table(8);
        for (now, (event, _)) in (0i64..).zip(&all) {
            put(&mut table, *event, now);
        }
        let last: Vec<Millis> = table.rows().map(|(_, row)| row.last).collect();
        prop_assert!(last.is_sorted_by(|a, b| a >= b));
    }
}

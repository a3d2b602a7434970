// SPDX-License-Identifier: GPL-2.0
//! The text of the metrics, as Prometheus reads it.

use super::counting::{text, text_of};
use std::collections::BTreeSet;

#[test]
fn each_metric_has_its_help_and_its_type_once_and_before_its_samples() {
    let text = text();
    assert!(text.ends_with('\n') && !text.contains("\n\n"));
    let mut lines = text.lines().peekable();
    let mut seen = BTreeSet::new();
    while let Some(line) = lines.next() {
        let help = line.strip_prefix("# HELP ").expect("help opens a metric");
        let (name, sentence) = help.split_once(' ').expect("a sentence");
        assert!(sentence.ends_with('.') && !sentence.contains('\\'));
        assert!(seen.insert(name.to_owned()), "twice: {name}");
        assert!(name.bytes().all(|b| b == b'_' || b.is_ascii_lowercase()));
        let histogram = name == "xt_tarpit_probe_age_seconds";
        assert_eq!(name.ends_with("_total"), !histogram);
        let kind = if histogram { "histogram" } else { "counter" };
        assert_eq!(lines.next(), Some(format!("# TYPE {name} {kind}").as_str()));
        let of_this = |line: &&str| {
            let rest = line.strip_prefix(name);
            rest.is_some_and(|rest| {
                rest.starts_with(['{', ' ']) || (histogram && rest.starts_with('_'))
            })
        };
        assert!(lines.next_if(of_this).is_some(), "no sample: {name}");
        while lines.next_if(of_this).is_some() {}
    }
    assert_eq!(seen.len(), 13);
}

#[test]
fn numbers_are_written_as_the_standard_library_writes_them() {
    let mut numbers = vec![u64::MAX, u64::MAX / 1000, 0, 7];
    let powers = (0..20).map(|exponent| 10_u64.pow(exponent));
    numbers.extend(powers.flat_map(|power| [power - 1, power, power + 1]));
    for number in numbers {
        let text = text_of(|_| number);
        let seconds = format!("{}.{:03}", number / 1000, number % 1000);
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (series, value) = line.rsplit_once(' ').expect("a value");
            let in_seconds = series.contains("_seconds_total") || series.contains("_seconds_sum");
            let adds_up = series.contains("_bucket") || series.contains("_count");
            if in_seconds {
                assert_eq!(value, seconds, "{series}");
            } else if !adds_up && !series.starts_with("xt_tarpit_probes_total") {
                assert_eq!(value, number.to_string(), "{series}");
            }
        }
    }
}

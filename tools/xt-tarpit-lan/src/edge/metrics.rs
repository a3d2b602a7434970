// SPDX-License-Identifier: GPL-2.0
//! The metrics of `metrics-file` and `status --prometheus`, in Prometheus' text format.

use crate::machine::{Counters, Reason, Suppressed};
use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::encoding::{EncodeMetric, MetricEncoder};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;
use serde::Serializer;
use std::{fmt, iter};

/// A counter: its name without the common start and end, its help, and its values.
#[derive(Debug)]
pub struct Counter {
    name: &'static str,
    help: &'static str,
    values: Values,
}

/// The value of a counter, or one for each reason.
#[derive(Clone, Debug)]
struct Values(Vec<(Option<&'static str>, u64)>);

impl EncodeMetric for Values {
    fn encode(&self, mut encoder: MetricEncoder) -> fmt::Result {
        for &(reason, value) in &self.0 {
            let labels: Vec<_> = reason
                .map(|reason| ("reason", reason))
                .into_iter()
                .collect();
            ConstCounter::new(value).encode(encoder.encode_family(&labels)?)?;
        }
        Ok(())
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Counter
    }
}

/// The counters and their help, in the order of their values below.
const HELP: [(&str, &str); 8] = [
    ("captures", "Addresses that were taken"),
    (
        "questions",
        "ARP requests and neighbour solicitations that were sent",
    ),
    ("answers", "Answers that were sent for taken addresses"),
    ("handovers", "Peers that were told of a new owner"),
    ("conflicts", "Owners that were found for taken addresses"),
    ("alarms", "Conflict alarms"),
    ("releases", "Addresses that were given back, by reason"),
    (
        "suppressed",
        "Questions that were not answered or followed, by reason",
    ),
];

pub fn counters(counters: &Counters) -> Vec<Counter> {
    let of = |value: Option<&u64>| value.copied().unwrap_or(0);
    let releases = Reason::ALL.map(|why| (Some(why.word()), of(counters.releases.get(&why))));
    let suppressed =
        Suppressed::ALL.map(|why| (Some(why.word()), of(counters.suppressed.get(&why))));
    let one = |value| vec![(None, value)];
    let values = [
        one(counters.captures),
        one(counters.questions),
        one(counters.answers),
        one(counters.handovers),
        one(counters.conflicts),
        one(counters.alarms),
        releases.into(),
        suppressed.into(),
    ];
    HELP.into_iter()
        .zip(values.map(Values))
        .map(|((name, help), values)| Counter { name, help, values })
        .collect()
}

/// The counters by the names of their metrics, without the common start.
pub fn by_name<S: Serializer>(counters: &[Counter], serializer: S) -> Result<S::Ok, S::Error> {
    let values = |counter: &Counter| {
        let name = counter.name;
        counter
            .values
            .0
            .clone()
            .into_iter()
            .map(move |(reason, value)| match reason {
                Some(reason) => (format!("{name}_total{{reason=\"{reason}\"}}"), value),
                None => (format!("{name}_total"), value),
            })
    };
    serializer.collect_map(counters.iter().flat_map(values))
}

/// The text for node_exporter's textfile collector.
pub fn text(interface: &str, taken: usize, alarm: bool, counters: &[Counter]) -> String {
    let label = ("interface".into(), interface.to_string().into());
    let mut registry = Registry::with_prefix_and_labels("xt_tarpit_lan", iter::once(label));
    let taken = ConstGauge::new(taken);
    registry.register("taken", "Addresses that are taken now", taken);
    let alarm = ConstGauge::new(u64::from(alarm));
    registry.register("alarm", "1 while the conflict alarm is on", alarm);
    for counter in counters {
        registry.register(counter.name, counter.help, counter.values.clone());
    }
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = encode(&mut text, &registry);
    text
}

#[cfg(test)]
mod tests;

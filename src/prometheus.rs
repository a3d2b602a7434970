// SPDX-License-Identifier: GPL-2.0
//! Lines of Prometheus' text exposition format 0.0.4.

#![forbid(unsafe_code)]

/// Receives the text in pieces. Writing cannot fail.
pub(crate) trait Sink {
    /// Appends `text`, which is UTF-8.
    fn write(&mut self, text: &[u8]);
}

/// Writes the head of a counter.
pub(crate) fn counter(out: &mut impl Sink, name: &str, help: &str) {
    head(out, name, "counter", help);
}

/// Writes the head of a metric: what it means, and its type.
pub(crate) fn head(out: &mut impl Sink, name: &str, kind: &str, help: &str) {
    for text in [
        "# HELP ",
        name,
        " ",
        help,
        "\n# TYPE ",
        name,
        " ",
        kind,
        "\n",
    ] {
        out.write(text.as_bytes());
    }
}

/// The value of a label or a sample. `core::fmt` is not used: it needs symbols of the core library,
/// which a kernel built without Rust does not have.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    /// A word.
    Text(&'a str),
    /// A whole number.
    Number(u64),
    /// Milliseconds, written as seconds.
    Seconds(u64),
}

/// Writes a line: `name{label="value",...} value`.
pub(crate) fn sample(
    out: &mut impl Sink,
    name: &str,
    labels: &[(&str, Value<'_>)],
    value: Value<'_>,
) {
    out.write(name.as_bytes());
    let mut before: &[u8] = b"{";
    for (label, value) in labels {
        out.write(before);
        out.write(label.as_bytes());
        out.write(b"=\"");
        write_value(out, *value);
        before = b"\",";
    }
    let after: &[u8] = if labels.is_empty() { b" " } else { b"\"} " };
    out.write(after);
    write_value(out, value);
    out.write(b"\n");
}

fn write_value(out: &mut impl Sink, value: Value<'_>) {
    match value {
        Value::Text(text) => out.write(text.as_bytes()),
        Value::Number(number) => write_digits(out, number, 1),
        Value::Seconds(milliseconds) => {
            write_digits(out, milliseconds / 1000, 1);
            out.write(b".");
            write_digits(out, milliseconds % 1000, 3);
        }
    }
}

/// Writes a decimal number with at least `least` digits.
fn write_digits(out: &mut impl Sink, mut rest: u64, least: usize) {
    let mut digits = [b'0'; 20];
    let mut count = 0_usize;
    for digit in digits.iter_mut().rev() {
        let value = u8::try_from(rest % 10).unwrap_or(0);
        *digit = b'0'.wrapping_add(value);
        rest /= 10;
        count = count.wrapping_add(1);
        if rest == 0 && count >= least {
            break;
        }
    }
    let unused = digits.len().wrapping_sub(count);
    out.write(digits.get(unused..).unwrap_or(&digits));
}

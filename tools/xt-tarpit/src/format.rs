// SPDX-License-Identifier: GPL-2.0
//! The descriptions that tracefs gives of its binary records: an event's file `format`, and
//! `events/header_page`.
//!
//! Both list fields by name, offset and size, which differ between kernels. So nothing here is
//! at a fixed offset.

/// Bytes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub offset: usize,
    pub size: usize,
}

impl Span {
    /// These bytes of a record, if it is long enough.
    pub fn of(self, record: &[u8]) -> Option<&[u8]> {
        record.get(self.offset..self.offset.checked_add(self.size)?)
    }

    /// These bytes as an unsigned number of the kernel's byte order.
    pub fn unsigned(self, record: &[u8]) -> Option<u64> {
        match *self.of(record)? {
            [a] => Some(u64::from(a)),
            [a, b] => Some(u64::from(u16::from_ne_bytes([a, b]))),
            [a, b, c, d] => Some(u64::from(u32::from_ne_bytes([a, b, c, d]))),
            [a, b, c, d, e, f, g, h] => Some(u64::from_ne_bytes([a, b, c, d, e, f, g, h])),
            _ => None,
        }
    }
}

/// The fields of a description.
pub struct Fields(Vec<(String, Span)>);

impl Fields {
    /// Reads all lines of the form `field:TYPE NAME; offset:N; size:N; …`; others are skipped.
    pub fn read(text: &str) -> Self {
        Self(text.lines().filter_map(field).collect())
    }

    pub fn get(&self, name: &str) -> Option<Span> {
        let (_, span) = self.0.iter().find(|(other, _)| other == name)?;
        Some(*span)
    }
}

fn field(line: &str) -> Option<(String, Span)> {
    let mut parts = line.trim().strip_prefix("field:")?.split(';');
    let declaration = parts.next()?;
    let before_array = declaration.split('[').next()?;
    let name = before_array
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .rfind(|word| !word.is_empty())?;
    let (mut offset, mut size) = (None, None);
    for part in parts {
        match part.trim().split_once(':') {
            Some(("offset", number)) => offset = number.parse().ok(),
            Some(("size", number)) => size = number.parse().ok(),
            _ => {}
        }
    }
    let span = Span {
        offset: offset?,
        size: size?,
    };
    Some((name.to_owned(), span))
}

/// The number of an event, which stands at the start of its records.
pub fn event_id(text: &str) -> Option<u64> {
    text.lines()
        .find_map(|line| line.strip_prefix("ID:"))?
        .trim()
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use proptest::prelude::*;

    #[test]
    fn the_format_of_an_event_is_read() {
        let fields = Fields::read(samples::IGNORED);
        let span = |offset, size| Some(Span { offset, size });
        assert_eq!(fields.get("common_type"), span(0, 2));
        assert_eq!(fields.get("saddr"), span(8, 28));
        assert_eq!(fields.get("reason"), span(80, 16));
        assert_eq!(fields.get("age"), span(96, 8));
        assert_eq!(fields.get("payload"), None);
        assert_eq!(event_id(samples::IGNORED), Some(1702));
    }

    #[test]
    fn a_field_without_offset_or_name_is_skipped() {
        let fields = Fields::read("field:int a; size:4;\nfield:[2]; offset:0; size:4;\nfield:");
        assert!(fields.0.is_empty());
        assert_eq!(event_id("ID: twelve"), None);
    }

    #[test]
    fn numbers_have_one_two_four_or_eight_bytes() {
        let number = |size| Span { offset: 1, size }.unsigned(&[0xff; 9]);
        assert_eq!(number(1), Some(0xff));
        assert_eq!(number(2), Some(0xffff));
        assert_eq!(number(4), Some(0xffff_ffff));
        assert_eq!(number(8), Some(u64::MAX));
        assert_eq!(number(3), None);
        assert_eq!(number(9), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in any::<String>(), offset: usize, size: usize) {
            Fields::read(&text);
            event_id(&text);
            let line = format!("field:a b; offset:{offset}; size:{size};");
            let span = Fields::read(&line).get("b").unwrap();
            prop_assert_eq!(span.of(&[0; 4]).is_some(), offset <= 4 && size <= 4 - offset);
        }
    }
}

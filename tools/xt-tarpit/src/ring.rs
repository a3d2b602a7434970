// SPDX-License-Identifier: GPL-2.0
//! The sub-buffers of the kernel's ring buffer, as `per_cpu/cpu*/trace_pipe_raw` gives them.
//!
//! A sub-buffer is a header and records. Each record starts with a word: its low five bits say
//! what it is and how long, the others are a difference in time, which is not used here.

use crate::format::{Fields, Span};

/// The bits of a sub-buffer's `commit` that are its length.
const LENGTH: u64 = (1 << 27) - 1;
/// Records before this sub-buffer were overwritten.
const LOST: u64 = 1 << 31;
/// The number of lost records is stored behind the last record.
const LOST_STORED: u64 = 1 << 30;

const PADDING: u32 = 29;
const TIME_EXTEND: u32 = 30;
const TIME_STAMP: u32 = 31;

/// Where the fields of a sub-buffer are.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    commit: Span,
    data: Span,
}

impl Layout {
    /// Reads tracefs' `events/header_page`.
    pub fn read(text: &str) -> Option<Self> {
        let fields = Fields::read(text);
        Some(Self {
            commit: fields.get("commit")?,
            data: fields.get("data")?,
        })
    }

    /// The size of a sub-buffer.
    pub fn size(&self) -> usize {
        self.data.offset.saturating_add(self.data.size)
    }

    /// A sub-buffer that was read.
    pub fn page<'a>(&self, bytes: &'a [u8]) -> Option<Page<'a>> {
        let commit = self.commit.unsigned(bytes)?;
        let data = bytes.get(self.data.offset..)?;
        let length = usize::try_from(commit & LENGTH).ok()?;
        let (rest, behind) = data.split_at_checked(length)?;
        let lost = match (commit & LOST != 0, commit & LOST_STORED != 0) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => Span { offset: 0, size: 8 }.unsigned(behind).unwrap_or(1),
        };
        Some(Page { rest, lost })
    }
}

/// The records of a sub-buffer.
#[derive(Debug)]
pub struct Page<'a> {
    rest: &'a [u8],
    /// How many records were lost before these, at least.
    pub lost: u64,
}

impl<'a> Iterator for Page<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let (word, rest) = word(self.rest)?;
            let (kind, delta) = split(word);
            let (skip, length) = match kind {
                PADDING if delta == 0 => return self.end(),
                TIME_EXTEND | TIME_STAMP => (4, 0),
                PADDING | 0 => {
                    let (length, _) = self::word(rest)?;
                    (4, usize::try_from(length).ok()?.checked_sub(4)?)
                }
                words => (0, usize::try_from(words).ok()?.checked_mul(4)?),
            };
            let Some((record, after)) = take(rest, skip, length) else {
                return self.end();
            };
            self.rest = after;
            if !matches!(kind, PADDING | TIME_EXTEND | TIME_STAMP) {
                return Some(record);
            }
        }
    }
}

impl Page<'_> {
    fn end<T>(&mut self) -> Option<T> {
        self.rest = &[];
        None
    }
}

/// The record of `length` bytes behind `skip` bytes, and what follows it, aligned to four bytes.
fn take(bytes: &[u8], skip: usize, length: usize) -> Option<(&[u8], &[u8])> {
    let bytes = bytes.get(skip..)?;
    let record = bytes.get(..length)?;
    let after = length.checked_next_multiple_of(4)?;
    Some((record, bytes.get(after..).unwrap_or(&[])))
}

fn word(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (first, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_ne_bytes(*first), rest))
}

/// A C bit field starts at the low end of a little-endian word, and at the high end of a
/// big-endian one.
fn split(word: u32) -> (u32, u32) {
    if cfg!(target_endian = "little") {
        (word & 31, word >> 5)
    } else {
        (word >> 27, word & ((1 << 27) - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, page};
    use proptest::prelude::*;

    fn layout() -> Layout {
        Layout::read(samples::HEADER_PAGE).unwrap()
    }

    fn records(bytes: &[u8]) -> Vec<Vec<u8>> {
        let page = layout().page(bytes).unwrap();
        page.map(<[u8]>::to_vec).collect()
    }

    #[test]
    fn short_and_long_records_are_found_between_time_stamps() {
        let mut data = samples::time(30);
        data.extend(samples::record(&[1; 8]));
        data.extend(samples::time(31));
        data.extend(samples::record(&[2; 200]));
        data.extend(samples::discarded(24));
        data.extend(samples::record(&[3; 112]));
        data.extend(samples::end());
        data.extend(samples::record(&[4; 8]));
        assert_eq!(
            records(&page(&data, 0)),
            vec![vec![1; 8], vec![2; 200], vec![3; 112]]
        );
    }

    #[test]
    fn lost_records_are_counted() {
        let lost = |flags, more: &[u8]| {
            let mut bytes = page(&samples::record(&[1; 8]), flags);
            bytes.extend(more);
            layout().page(&bytes).unwrap().lost
        };
        assert_eq!(lost(0, &[]), 0);
        assert_eq!(lost(LOST, &[]), 1);
        assert_eq!(lost(LOST | LOST_STORED, &[]), 1);
        assert_eq!(lost(LOST | LOST_STORED, &700u64.to_ne_bytes()), 700);
    }

    #[test]
    fn a_length_beyond_the_bytes_is_refused() {
        assert!(layout().page(&page(&[], 900)).is_none());
        assert!(layout().page(&[0; 15]).is_none());
        assert_eq!(layout().size(), 4096);
    }

    proptest! {
        #[test]
        fn any_bytes_end_without_a_panic(
            data in proptest::collection::vec(any::<u8>(), 0..300),
            flags in prop_oneof![Just(0), Just(LOST), Just(LOST | LOST_STORED)],
        ) {
            let bytes = page(&data, flags);
            let all: usize = records(&bytes).iter().map(Vec::len).sum();
            prop_assert!(all <= data.len());
        }

        #[test]
        fn what_was_written_is_read(
            sizes in proptest::collection::vec((1usize..60, any::<u8>()), 0..30),
        ) {
            let written: Vec<Vec<u8>> =
                sizes.iter().map(|&(words, byte)| vec![byte; words * 4]).collect();
            let data: Vec<u8> = written.iter().flat_map(|bytes| samples::record(bytes)).collect();
            prop_assert_eq!(records(&page(&data, 0)), written);
        }
    }
}

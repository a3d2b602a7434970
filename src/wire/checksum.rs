// SPDX-License-Identifier: GPL-2.0
//! The Internet checksum (RFC 1071).

/// A partial sum. Words may be added in any order, but before bytes.
///
/// It is kept in the machine's byte order: the result comes out in the same order (RFC 1071,
/// section 2 (B)), so no word of a packet has to be swapped.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum(u64);

impl Sum {
    /// Adds 32 bits in network order, read as a big-endian number.
    #[must_use]
    #[inline(always)]
    pub(crate) fn word(self, word: u32) -> Self {
        // Before any bytes, 2^32 words would be needed to wrap; a datagram of ours has 20.
        Self(self.0.wrapping_add(u64::from(word.to_be())))
    }

    /// Adds eight bytes.
    #[must_use]
    #[inline(always)]
    fn eight(self, bytes: [u8; 8]) -> Self {
        let (sum, carry) = self.0.overflowing_add(u64::from_ne_bytes(bytes));
        Self(sum.wrapping_add(u64::from(carry)))
    }

    /// Adds four bytes.
    #[must_use]
    #[inline(always)]
    fn four(self, [a, b, c, d]: [u8; 4]) -> Self {
        self.eight([a, b, c, d, 0, 0, 0, 0])
    }

    /// Adds `bytes`; an odd one at the end counts as if a zero followed.
    #[must_use]
    #[inline(always)]
    pub(crate) fn bytes(self, bytes: &[u8]) -> Self {
        // The usual lengths of a TCP header, each without a loop.
        if let Ok(header) = <&[u8; 40]>::try_from(bytes) {
            self.any(header)
        } else if let Ok(header) = <&[u8; 32]>::try_from(bytes) {
            self.any(header)
        } else if let Ok(header) = <&[u8; 20]>::try_from(bytes) {
            self.any(header)
        } else {
            self.any(bytes)
        }
    }

    /// As [`Self::bytes`].
    #[inline(always)]
    fn any(self, bytes: &[u8]) -> Self {
        let mut sum = self;
        let mut rest = bytes;
        // A header with the options of a Linux host is one such block.
        while let Some((block, after)) = rest.split_first_chunk::<32>() {
            let eights = block.chunks_exact(8).filter_map(<[u8]>::first_chunk);
            sum = eights.fold(sum, |sum, eight| sum.eight(*eight));
            rest = after;
        }
        while let Some((eight, after)) = rest.split_first_chunk() {
            sum = sum.eight(*eight);
            rest = after;
        }
        if let Some((four, after)) = rest.split_first_chunk() {
            sum = sum.four(*four);
            rest = after;
        }
        match *rest {
            [] => sum,
            [a] => sum.four([a, 0, 0, 0]),
            [a, b] => sum.four([a, b, 0, 0]),
            [a, b, c, ..] => sum.four([a, b, c, 0]),
        }
    }

    /// Adds each of `words`.
    #[must_use]
    #[inline(always)]
    pub(crate) fn words(self, words: &[u32]) -> Self {
        words.iter().fold(self, |sum, word| sum.word(*word))
    }

    /// The checksum: the complement of the 16-bit one's complement sum.
    #[inline(always)]
    pub(crate) const fn finish(self) -> u16 {
        // The upper half of a number plus itself rotated by half is the sum of the halves with the
        // carry added: one's complement addition.
        let [a, b, c, d, ..] = self.0.wrapping_add(self.0.rotate_left(32)).to_be_bytes();
        let sum = u32::from_be_bytes([a, b, c, d]);
        let [a, b, ..] = sum.wrapping_add(sum.rotate_left(16)).to_be_bytes();
        !u16::from_be(u16::from_be_bytes([a, b]))
    }
}

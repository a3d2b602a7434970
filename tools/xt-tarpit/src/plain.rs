// SPDX-License-Identifier: GPL-2.0
//! Text from elsewhere, made safe for a terminal and a line of a log.

/// Replaces each character that is neither printable nor a space by `?`: control characters,
/// which terminals obey, and those of Unicode that reorder or hide text. The result has at most
/// `limit` characters.
pub fn plain(text: &str, limit: usize) -> String {
    let shown = |c: char| {
        if c.is_control() || is_format(c) {
            '?'
        } else {
            c
        }
    };
    text.chars().take(limit).map(shown).collect()
}

/// Separators of lines, marks of direction, joiners, and the tags beyond the basic plane.
fn is_format(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
    ) || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_escape_sequence_loses_its_escape() {
        assert_eq!(plain("\x1b[2Jpersist\u{9b}H", 20), "?[2Jpersist?H");
        assert_eq!(plain("abc\u{202e}def\n", 20), "abc?def?");
    }

    #[test]
    fn other_scripts_stay() {
        assert_eq!(plain("Österreich 日本", 20), "Österreich 日本");
    }

    proptest! {
        #[test]
        fn nothing_that_a_terminal_obeys_is_left(text in any::<String>(), limit in 0usize..40) {
            let shown = plain(&text, limit);
            prop_assert!(shown.chars().all(|c| !c.is_control() && !is_format(c)));
            prop_assert_eq!(shown.chars().count(), text.chars().count().min(limit));
        }
    }
}

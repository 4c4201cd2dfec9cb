//! Where in a text something is wrong, as a person counts.
//!
//! `markup` and `user_lexicon` put a [`Place`] into their errors. It is counted from a byte when an error is made, not
//! kept up to date while reading.

use std::fmt;

/// A place in a text: its line and column, both from 1, in characters, and the bytes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// Bytes of the whole text before it (UTF-8).
    pub byte: usize,
}

impl Place {
    /// The place of a byte; of one inside of a character, that of the character.
    pub(super) fn of(text: &str, byte: usize) -> Self {
        let byte = text.floor_char_boundary(byte);
        let before = &text[..byte];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            byte,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_counted_in_characters() {
        let text = "ab\nüé x\n";
        let place = |byte| {
            let place = Place::of(text, byte);
            (place.line, place.column, place.byte)
        };
        assert_eq!(place(0), (1, 1, 0));
        assert_eq!(place(3), (2, 1, 3));
        assert_eq!(place(7), (2, 3, 7));
        assert_eq!(place(4), (2, 1, 3), "inside of ü");
        assert_eq!(place(100), (3, 1, 10));
        assert_eq!(Place::of(text, 8).to_string(), "line 2, column 4");
    }
}

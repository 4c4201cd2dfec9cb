//! Looking ahead in text of which the rest may not be there yet.
//!
//! The recognisers in `blocks`, `inline` and `html` look at an [`Ahead`] and say that a construct is there, that it is
//! not, or that it depends on what comes. They never change anything, and what they say once is not changed by more text:
//! on that it rests that a text gives the same output however it is cut into pieces.

/// What a recogniser found, or why not. So `?` passes a miss on.
pub(super) type Look<T> = Result<T, Miss>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Miss {
    /// It is something else, whatever follows.
    No,
    /// What follows decides.
    Open,
}

/// Nothing can be decided before there is more text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait;

/// The text from the place in question on, as far as it may be looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ahead<'a> {
    pub(super) text: &'a str,
    /// Whether `text` ends where the text does, which is as good as a line's end.
    pub(super) ended: bool,
    /// Whether there will be no more to look at, so that what is open is decided as "no".
    pub(super) settled: bool,
}

impl<'a> Ahead<'a> {
    /// The character at a byte, or `None` at the end of the text.
    pub(super) fn char(&self, at: usize) -> Look<Option<char>> {
        match self.text[at..].chars().next() {
            None if !self.ended => Err(Miss::Open),
            next => Ok(next),
        }
    }

    /// The first byte from `at` on whose character is none of these.
    pub(super) fn skip(&self, at: usize, is_one: impl Fn(char) -> bool) -> Look<usize> {
        let rest = self.text[at..].trim_start_matches(is_one);
        if rest.is_empty() && !self.ended {
            return Err(Miss::Open);
        }
        Ok(self.text.len() - rest.len())
    }

    /// The length of the line's end at a byte; 0 at the end of the text.
    pub(super) fn line_end(&self, at: usize) -> Look<usize> {
        match self.char(at)? {
            None => Ok(0),
            Some('\n') => Ok(1),
            Some('\r') if self.char(at + 1)? == Some('\n') => Ok(2),
            Some(_) => Err(Miss::No),
        }
    }

    /// The text from `at` to the end of the line, and the first byte of the line's end.
    pub(super) fn line(&self, at: usize) -> Look<(&'a str, usize)> {
        let end = self.skip(at, |c| c != '\n')?;
        let line = &self.text[at..end];
        let line = line.strip_suffix('\r').unwrap_or(line);
        Ok((line, at + line.len()))
    }

    /// What was found, if anything; or else that it has to wait.
    pub(super) fn decide<T>(&self, look: Look<T>) -> Result<Option<T>, Wait> {
        match look {
            Ok(found) => Ok(Some(found)),
            Err(Miss::Open) if !self.settled => Err(Wait),
            Err(_) => Ok(None),
        }
    }
}

pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

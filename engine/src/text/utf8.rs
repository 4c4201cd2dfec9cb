//! UTF-8 that comes in pieces, made text.
//!
//! A piece may begin and end inside of a character. The text of a stream is decoded twice, for being read
//! (`intake`) and for telling afterwards what of it was heard ([`Transcript`](crate::speech::Transcript)); both decode here,
//! so that a byte has the same place in both.

/// Decodes UTF-8 piece by piece. What is no UTF-8 becomes `U+FFFD`, as [`String::from_utf8_lossy`] does it.
#[derive(Debug, Default)]
pub(crate) struct LossyUtf8 {
    /// The beginning of a character whose other bytes are still to come.
    begun: Vec<u8>,
}

impl LossyUtf8 {
    /// Adds to `text` what these bytes complete.
    pub(crate) fn push(&mut self, bytes: &[u8], text: &mut String) {
        self.begun.extend_from_slice(bytes);
        let bytes = std::mem::take(&mut self.begun);
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            text.push_str(chunk.valid());
            let is_last = chunks.peek().is_none();
            match chunk.invalid() {
                [] => {}
                // Only the last one can be completed: `error_len` of the others is known.
                begun if is_last && is_beginning(begun) => self.begun = begun.to_vec(),
                _ => text.push(char::REPLACEMENT_CHARACTER),
            }
        }
    }

    /// Nothing more will come. A character that was begun never will be one.
    pub(crate) fn finish(&mut self, text: &mut String) {
        if !std::mem::take(&mut self.begun).is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
}

/// Whether these bytes could begin a character.
fn is_beginning(bytes: &[u8]) -> bool {
    // What is wrong whatever follows has a length; what is only incomplete has none.
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

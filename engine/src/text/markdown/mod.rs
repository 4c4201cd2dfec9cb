//! Markdown as language models write it, made into text that can be read aloud while it still comes in.
//!
//! The reader pushes text in pieces of any size into a [`MarkdownFilter`] and gets a [`Plain`] that grows: signs are gone,
//! code and links are spoken, shortened or skipped as [`MarkdownOptions`] say, headings are paragraphs, items and rows of
//! tables begin with "• ", which ends the sentence before it and is not spoken. Text that only happens to hold such signs
//! stays as it is. Whatever the pieces, the output is the same.
//!
//! What later text could still change is held back: an unclosed `[`, a `*` whose next character is unknown, the beginning
//! of a line that may become a fence. At most [`MOST_HELD`] bytes are: a link, a code span, a comment, the head of a table
//! or a fence with its language that needs more is plain text. All but comments, emphasis and code blocks end with their
//! line; a link or a code span may go on in the next one.
//!
//! This is no CommonMark parser, and none of the crates fits: `pulldown-cmark` and `jotdown` have ranges of the source, but
//! want the whole text before they give the first event, and what they take for emphasis in "2*3*4" would be lost in
//! speech. Nor does it ever say an error: there is no Markdown that is wrong.

mod ahead;
mod blocks;
mod filter;
mod html;
mod inline;
mod lines;
#[cfg(test)]
mod tests;
mod writer;

use super::plain::Plain;
pub(super) use filter::{MOST_HELD, MarkdownFilter};

/// Whether something of a text is not read, or read as something else, when it is read as Markdown.
pub fn has_markdown(text: &str, options: MarkdownOptions) -> bool {
    let (mut filter, mut shown) = (MarkdownFilter::new(options), Plain::default());
    filter.push(text, &mut shown);
    filter.finish(&mut shown);
    shown.text() != text
}

/// What is spoken of Markdown's constructs.
///
/// ```
/// use utter::text::{Links, MarkdownOptions};
///
/// let options = MarkdownOptions { links: Links::TextAndAddress, ..MarkdownOptions::default() };
/// assert_ne!(options, MarkdownOptions::default());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MarkdownOptions {
    /// Code inside of a line, as in `` `this` ``.
    pub code_spans: CodeSpans,
    /// Code between fences.
    pub code_blocks: CodeBlocks,
    /// Links that have a text.
    pub links: Links,
}

/// What is spoken of code inside of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum CodeSpans {
    /// The code.
    #[default]
    Spoken,
    /// Nothing.
    Skipped,
}

/// What is spoken of code between fences. Its language never is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum CodeBlocks {
    /// The words "code block", as a paragraph.
    #[default]
    Notice,
    /// The code, line by line.
    Spoken,
    /// Nothing.
    Skipped,
}

/// What is spoken of a link. An address without a text is always spoken; of images only the alternative text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Links {
    /// Its text.
    #[default]
    Text,
    /// Its text, and behind it in parentheses its address, if that is not the text and leads out of the page.
    TextAndAddress,
}

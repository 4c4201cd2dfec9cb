//! Emoji: skipped, or said by their short names in the Unicode CLDR, which the crate `emojis` has.
//!
//! A shade of skin is not said. Emoji that are letters or digits to Unicode ("🅰") are never skipped.

use emojis::SkinTone;

use super::EmojiReading;
use super::reading::Reading;
use super::view::View;

/// Bytes of the longest emoji, a family of several joined signs, are fewer.
const LONGEST: usize = 48;
/// Faces made of marks, without a letter or digit.
const FACES: [&str; 14] = [
    ":-)", ":)", ";-)", ";)", ":-(", ":(", ":'(", ":-/", "^_^", "^^", "-_-", ":-|", ":*", "=)",
];

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let first = view.first()?;
    if first.is_ascii() {
        let face = FACES.iter().find(|face| text.starts_with(**face))?;
        let ends = text[face.len()..]
            .chars()
            .next()
            .is_none_or(|c| c.is_whitespace() || matches!(c, '.' | ',' | '!' | '?' | ')'));
        let begins = view.previous().is_none_or(char::is_whitespace);
        return (begins && ends).then(|| Reading::silence(face.len()));
    }
    if (first as u32) < 0x203c {
        return None;
    }
    let window = &text[..text.floor_char_boundary(LONGEST)];
    let ends = window.char_indices().rev().map(|(at, c)| at + c.len_utf8());
    let (emoji, length) = ends
        .map(|end| (emojis::get(&window[..end]), end))
        .find_map(|(emoji, end)| Some((emoji?, end)))?;
    // Without the sign that asks for a picture it may be plain punctuation.
    let is_picture = emoji.as_str().contains('\u{fe0f}') && !window[..length].contains('\u{fe0f}');
    if is_picture && matches!(first, '\u{2000}'..='\u{25ff}' | '©' | '®') {
        return None;
    }
    match view.emoji {
        EmojiReading::Skipped => {
            (!text[..length].contains(char::is_alphanumeric)).then(|| Reading::silence(length))
        }
        EmojiReading::Named => {
            let plain = emoji.with_skin_tone(SkinTone::Default).unwrap_or(emoji);
            let name = plain
                .name()
                .replace(':', ",")
                .replace(['“', '”', '’', '(', ')', '⊛'], "");
            Some(Reading::new(length, name.replace('-', " ")))
        }
    }
}

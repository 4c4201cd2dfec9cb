//! Written forms into words: numbers, dates, times, money, units, addresses, signs, emoji and what else is not written
//! as it is said.
//!
//! `reader` calls [`expand`] for every sentence, before `normalise`. One pass goes from left to right. At every word or
//! mark the classes in [`CLASSES`] say what they would read there and how far that reaches; the longest reading wins,
//! and of equal ones the one of the earlier class. What no class reads is copied, among it everything that the
//! dictionary reads well by itself: words, plain integers, ordinals like "4th", years.
//!
//! The scanner is written by hand: what a form means hangs on what stands before it as much as on what follows, and a
//! class is a handful of comparisons, for which grammars of a parser library would be no shorter. A class sees
//! [`view::AHEAD`] bytes ahead and [`view::BEHIND`] back, so a sentence takes time in proportion to its length. Every
//! reading keeps the range of the source it stands for. Nothing here knows a sound.

mod abbreviation;
mod acronym;
mod address;
mod clock;
mod code;
mod date;
mod decade;
mod degree;
mod emoji;
mod fixed;
mod flag;
mod fraction;
mod greek;
mod mixed;
mod money;
mod number;
mod numeral;
mod phone;
mod quantity;
mod reading;
mod roman;
mod say_as;
mod sign;
mod spelling;
#[cfg(test)]
mod tests;
mod unit;
mod units;
mod version;
mod view;
mod words;
mod writer;

use super::language::Accent;
use super::plain::Plain;
use reading::Reading;
pub(super) use say_as::say_as;
use view::View;
use writer::Writer;

/// How written forms are read where that is a matter of taste.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WrittenOptions {
    /// What is said for an emoji.
    pub emoji: EmojiReading,
}

/// What is said for an emoji.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmojiReading {
    /// Nothing.
    #[default]
    Skipped,
    /// Its English short name in the Unicode CLDR: "grinning face".
    Named,
}

type Class = fn(&View<'_>) -> Option<Reading>;

/// Every class of written forms. Where two readings are equally long the earlier class has it.
const CLASSES: [Class; 23] = [
    fixed::read,
    emoji::read,
    address::read,
    code::read,
    flag::read,
    phone::read,
    clock::read,
    date::read,
    decade::read,
    money::read,
    degree::read,
    unit::read,
    fraction::read,
    version::read,
    quantity::read,
    number::read,
    roman::read,
    abbreviation::read,
    acronym::read,
    mixed::read,
    mixed::read_after_hyphen,
    greek::read,
    sign::read,
];

/// Replaces the written forms in a sentence by words.
pub(super) fn expand(text: &Plain, accent: Accent, options: &WrittenOptions) -> Plain {
    let mut writer = Writer::new(text);
    let mut view = View::new(text.text(), accent, options.emoji);
    while !view.is_at_end() {
        let length = match longest(&view) {
            Some(reading) => {
                writer.reading(view.at(), &reading);
                reading.length
            }
            None => {
                let length = view.token_length();
                writer.copy(view.at(), length);
                length
            }
        };
        view.advance(length);
    }
    writer.finish()
}

fn longest(view: &View<'_>) -> Option<Reading> {
    let mut best: Option<Reading> = None;
    for class in CLASSES {
        if let Some(reading) = class(view)
            && reading.length > best.as_ref().map_or(0, |best| best.length)
        {
            best = Some(reading);
        }
    }
    best
}

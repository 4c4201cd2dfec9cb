//! What the pronunciation dictionary needs before it can look at a sentence, and no more.
//!
//! The dictionary knows English in ASCII. So quotes and apostrophes are made straight or plain, letters with marks lose
//! them ("Łódź" becomes "Lodz"), other scripts are written in Latin letters so that an English voice can say something
//! that their readers recognise ("Привет" becomes "privet", "北京" becomes "Bei Jing"; `deunicode` has the tables), and
//! what is neither letter, digit nor known mark becomes space. Brackets become parentheses, which also keeps misaki's
//! own `[word](/sound/)` syntax from eating a user's text. Endless runs without a space are given some, because misaki
//! needs time that grows with the cube of a run's parts. The result is always made of ASCII and `“”…—€£`, which is also
//! what keeps misaki from panicking: it cuts words at bytes ("canapéing").
//!
//! Called by `reader` for every sentence. It reads no numbers, dates or markup: those are passes of their own, and they
//! write a [`Plain`] too, which this takes up.

use std::ops::Range;

use deunicode::deunicode_char;

use super::plain::Plain;

/// What a run of letters or digits of which no Latin form is known is read as.
const UNREADABLE: &str = "symbol";
/// A run without a space is divided at this many characters, or else misaki's regular expressions take long.
const LONGEST_RUN: usize = 200;
/// A run without a space is divided after this many changes between letters, digits and others (at a mark from the
/// half on), since the time that misaki takes for a run grows with the cube of them.
const MOST_CHANGES: usize = 24;
/// A mark that is repeated counts this many times.
const MOST_REPEATS: usize = 3;

/// Prepares a sentence.
pub(super) fn normalise(text: &Plain) -> Plain {
    let mut writer = Writer::default();
    let sentence = text.text();
    let mut chars = sentence.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let mut end = at + c.len_utf8();
        if c.is_alphanumeric() {
            while let Some((next, c)) = chars.next_if(|(_, c)| c.is_alphanumeric() || is_invisible(*c)) {
                end = next + c.len_utf8();
            }
            writer.word(text, at..end);
        } else if is_dash(c) {
            let mut dashes = 1;
            while let Some((next, c)) = chars.next_if(|(_, c)| is_dash(*c)) {
                end = next + c.len_utf8();
                dashes += 1;
            }
            let alone = sentence[end..].chars().next().is_none_or(char::is_whitespace);
            writer.dash(is_hyphen(c) && dashes == 1, alone, text.source(at..end));
        } else {
            writer.other(c, text.source(at..end));
        }
    }
    writer.plain
}

/// Writes the plain text and keeps count of the run without a space that is being written.
#[derive(Default)]
struct Writer {
    plain: Plain,
    run: usize,
    changes: usize,
    last: Class,
    repeats: usize,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Class {
    #[default]
    Space,
    Letter,
    Digit,
    Mark(char),
}

impl Writer {
    /// A run of letters and digits, with invisible characters in it.
    fn word(&mut self, text: &Plain, range: Range<usize>) {
        let word = &text.text()[range.clone()];
        let mut written = false;
        let mut start = None;
        let mut vowelless = false;
        let mut apart = false;
        for (at, c) in word.char_indices() {
            let at = range.start + at;
            let source = text.source(at..at + c.len_utf8());
            let latin = Latin::of(c);
            if latin.letters.is_empty() {
                // Perhaps the sign with which Indian scripts cancel the vowel of a consonant.
                vowelless = false;
                if written {
                    self.plain.extend_last(source.end);
                } else {
                    start.get_or_insert(source.start);
                }
                continue;
            }
            let source = start.take().unwrap_or(source.start)..source.end;
            if apart || latin.apart {
                self.space(source.start..source.start);
            }
            apart = latin.apart;
            let consonant = latin.abjad && !latin.letters.ends_with(['a', 'e', 'i', 'o', 'u']);
            if vowelless && consonant {
                // Without the vowels that the script does not write, the word could only be spelled.
                self.push("a", source.start..source.start);
            }
            vowelless = consonant;
            self.push(&latin.letters, source.clone());
            written |= latin.letters.contains(|c: char| c.is_ascii_alphanumeric());
        }
        let source = text.source(range);
        if apart {
            self.space(source.end..source.end);
        }
        if !written {
            self.space(source.start..source.start);
            self.push(UNREADABLE, source.clone());
            self.space(source.end..source.end);
        }
    }

    /// A dash, or several: a hyphen stays inside a word and before a number, everything else is a pause.
    fn dash(&mut self, hyphen: bool, alone: bool, source: Range<usize>) {
        match (hyphen, self.last == Class::Space, alone) {
            _ if self.plain.text().is_empty() && alone => {}
            (true, true, false) | (true, false, false | true) => self.push("-", source),
            (true, true, true) | (false, _, _) => self.push("—", source),
        }
    }

    /// A character that is neither letter nor digit nor dash.
    fn other(&mut self, c: char, source: Range<usize>) {
        if is_invisible(c) {
            self.plain.extend_last(source.end);
            return;
        }
        let mark = match c {
            '[' | '{' | '【' | '〔' | '（' | '［' => '(',
            ']' | '}' | '】' | '〕' | '）' | '］' => ')',
            '‘' | '’' | '‛' | '′' | '＇' | '´' => '\'',
            '„' | '«' | '‟' | '「' | '『' | '《' | '〝' | '“' => '“',
            '»' | '」' | '』' | '》' | '〞' | '”' => '”',
            '‥' | '…' => '…',
            '〜' | '～' => '—',
            '।' | '॥' | '۔' => '.',
            '€' | '£' => c,
            '\u{21}'..='\u{7e}' => c,
            '\u{80}'.. => match ascii_mark(c) {
                Some(mark) => mark,
                None => return self.space(source),
            },
            _ => return self.space(source),
        };
        let mut bytes = [0; 4];
        self.push(mark.encode_utf8(&mut bytes), source.clone());
        if is_wide(c) {
            self.space(source.end..source.end);
        }
    }

    fn space(&mut self, source: Range<usize>) {
        if self.plain.text().is_empty() {
            return;
        }
        if self.last == Class::Space {
            self.plain.extend_space(source.end);
        } else {
            self.plain.push(" ", source);
        }
        (self.run, self.changes, self.repeats, self.last) = (0, 0, 0, Class::Space);
    }

    fn push(&mut self, text: &str, source: Range<usize>) {
        for c in text.chars() {
            let class = match c {
                'a'..='z' | 'A'..='Z' => Class::Letter,
                '0'..='9' => Class::Digit,
                mark => Class::Mark(mark),
            };
            if class == self.last {
                self.repeats += 1;
                if matches!(class, Class::Mark(_)) && self.repeats > MOST_REPEATS {
                    self.plain.extend_last(source.end);
                    continue;
                }
            } else {
                self.repeats = 1;
                self.changes += 1;
            }
            self.last = class;
            let mut bytes = [0; 4];
            self.plain.push(c.encode_utf8(&mut bytes), source.clone());
            self.run += 1;
            let at_mark = matches!(class, Class::Mark(mark) if !matches!(mark, '\'' | '.' | ','));
            let halved = |count: usize, limit: usize| count >= limit || (at_mark && 2 * count >= limit);
            if halved(self.run, LONGEST_RUN) || halved(self.changes, MOST_CHANGES) {
                self.space(source.end..source.end);
            }
        }
    }
}

/// A letter or digit in Latin letters.
struct Latin {
    letters: String,
    /// It stands for a word or syllable of its own, as in Chinese.
    apart: bool,
    /// It belongs to a script that does not write every vowel: Arabic, Hebrew, those of India.
    abjad: bool,
}

impl Latin {
    fn of(c: char) -> Self {
        if c.is_ascii() {
            let letters = if c.is_ascii_alphanumeric() {
                c.to_string()
            } else {
                String::new()
            };
            return Self {
                letters,
                apart: false,
                abjad: false,
            };
        }
        let abjad = matches!(c, '\u{590}'..='\u{dff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
        let ascii = if c.is_alphanumeric() {
            deunicode_char(c).unwrap_or_default()
        } else {
            ""
        };
        let is_kept = |c: &char| c.is_ascii_alphanumeric() || *c == '/';
        let mut letters: String = ascii.chars().filter(is_kept).collect();
        if !letters.contains(|c: char| c.is_ascii_alphanumeric()) {
            letters.clear();
            match c {
                // A schwa, in whichever script.
                _ if ascii == "@" => letters.push('a'),
                // Aleph and ayin, which carry or are a vowel.
                '\u{5d0}'..='\u{5ea}' | '\u{621}'..='\u{64a}' | '\u{671}'..='\u{6d3}' => letters.push('a'),
                // The modifier letter apostrophe.
                '\u{2bc}' => letters.push('\''),
                _ => {}
            }
        }
        if !is_latin(c) {
            letters.make_ascii_lowercase();
        }
        let apart = ascii.ends_with(' ') || letters.contains('/') || ascii.contains(' ');
        Self {
            letters,
            apart,
            abjad,
        }
    }
}

fn is_latin(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{2160}'..='\u{2188}' | '\u{2c60}'..='\u{2c7f}'
        | '\u{a720}'..='\u{a7ff}' | '\u{ff21}'..='\u{ff5a}' | '\u{1d400}'..='\u{1d7ff}')
}

fn is_dash(c: char) -> bool {
    is_hyphen(c) || matches!(c, '\u{2012}'..='\u{2015}' | '⸺' | '⸻' | '﹘')
}

/// Joins the parts of a word, or is a minus.
fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{2212}' | '－')
}

/// Punctuation of scripts that put no space after it.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{3001}'..='\u{303f}' | '\u{ff01}'..='\u{ff64}')
}

/// Characters without a shape of their own: combining marks, joiners, direction and variation marks.
fn is_invisible(c: char) -> bool {
    match c {
        '\u{ad}' | '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' => true,
        '\u{2066}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}' => true,
        '™' | '®' | '©' | '¿' | '¡' => true,
        '\u{300}'.. => {
            !c.is_alphanumeric() && !c.is_whitespace() && c != '\u{200b}' && deunicode_char(c) == Some("")
        }
        _ => false,
    }
}

/// Punctuation of other scripts that has an equal in ASCII.
fn ascii_mark(c: char) -> Option<char> {
    let mut ascii = deunicode_char(c)?.trim().chars();
    match (ascii.next(), ascii.next()) {
        (Some(mark @ ('.' | ',' | ';' | ':' | '!' | '?' | '(' | ')' | '"')), None) => Some(mark),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        normalise(&Plain::verbatim(text, 0)).text().to_string()
    }

    #[test]
    fn english_is_left_alone() {
        for text in [
            "Hello, world.",
            "It's 5 o'clock; well-known (really)...",
            "$5.50 & 10% @ -4",
        ] {
            assert_eq!(plain(text), text);
        }
    }

    #[test]
    fn quotes_dashes_and_brackets_become_what_the_dictionary_knows() {
        assert_eq!(plain("It’s ‘so’ «big»"), "It's 'so' “big”");
        assert_eq!(
            plain("this -- that - those — or—these"),
            "this — that — those — or—these"
        );
        assert_eq!(plain("[word](+1)"), "(word)(+1)");
        assert_eq!(plain("- item"), "item");
        assert_eq!(plain("wow!!!!!!"), "wow!!!");
    }

    #[test]
    fn other_scripts_are_written_in_latin_letters() {
        for (text, expected) in [
            ("Łódź naïve ÉCOLE straße", "Lodz naive ECOLE strasse"),
            ("nai\u{308}ve", "naive"),
            ("Привет, ПОДЪЕЗД", "privet, podezd"),
            ("Ελλάδα", "ellada"),
            ("我在北京。你好", "wo zai bei jing . ni hao"),
            ("مرحبا", "marahaba"),
            ("नमस्ते", "namaste"),
            ("x² ٣", "x2 3"),
            ("ＡＢＣ！", "ABC!"),
        ] {
            assert_eq!(plain(text).trim(), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_spoken_is_space_and_what_should_be_is_named() {
        assert_eq!(plain("ok👍🏽 go\u{0}on\u{e000}!"), "ok go on !");
        assert_eq!(plain("𓀀𓀁 and ь").trim(), "symbol and symbol");
        assert_eq!(plain("Acme™ soft\u{ad}ware"), "Acme software");
    }

    #[test]
    fn every_letter_is_traced_to_its_source() {
        let text = "ьЖ 北e\u{301}ﷺ";
        let plain = normalise(&Plain::verbatim(text, 10));
        let words: Vec<(&str, &str)> = plain
            .text()
            .split_whitespace()
            .map(|word| {
                let start = word.as_ptr() as usize - plain.text().as_ptr() as usize;
                let source = plain.source(start..start + word.len());
                (word, &text[source.start - 10..source.end - 10])
            })
            .collect();
        assert_eq!(words[..3], [("zh", "ьЖ"), ("bei", "北"), ("e", "e\u{301}")]);
        assert_eq!(words[3].1, "ﷺ");
    }

    #[test]
    fn endless_runs_get_spaces() {
        let longest = |text: &str| plain(text).split(' ').map(str::len).max();
        assert_eq!(longest(&"a".repeat(5000)), Some(LONGEST_RUN));
        assert_eq!(longest(&"a1".repeat(5000)), Some(MOST_CHANGES));
        assert_eq!(longest(&"!?".repeat(5000)), Some(MOST_CHANGES / 2));
    }
}

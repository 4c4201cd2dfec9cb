//! Packs a dictionary into a map from words to places, and a file of sounds in which they are.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use misaki_rs::data;
use misaki_rs::lexicon::PhonemeEntry;

use crate::alphabet::{BY_TAG, END, SYMBOLS, TAGS};
use crate::{Result, write_map};

pub fn pack(output: &Path) -> Result<()> {
    write("us_gold", data::load_us_gold(), output)?;
    write("us_silver", data::load_us_silver(), output)?;
    write("gb_gold", data::load_gb_gold(), output)?;
    write("gb_silver", data::load_gb_silver(), output)
}

fn write(name: &str, entries: HashMap<String, PhonemeEntry>, output: &Path) -> Result<()> {
    let mut words: Vec<_> = entries.iter().collect();
    words.sort_by_key(|(word, _)| *word);
    let mut sounds = Vec::new();
    let mut places = Vec::with_capacity(words.len());
    for (word, entry) in words {
        // Places grow with the words, which is what keeps the map small.
        places.push((word.as_str(), sounds.len() as u64));
        match entry {
            PhonemeEntry::Simple(sound) => push(sound, &mut sounds)?,
            PhonemeEntry::Tagged(by_tag) => {
                sounds.push(BY_TAG);
                let mut by_tag: Vec<_> = by_tag.iter().collect();
                by_tag.sort();
                for (tag, sound) in by_tag {
                    let number = TAGS.iter().position(|known| known == tag);
                    let number = number.ok_or_else(|| format!("{tag} is in no table"))?;
                    sounds.push(u8::try_from(number + 1)?);
                    push(sound.as_deref().unwrap_or_default(), &mut sounds)?;
                }
                sounds.push(END);
            }
        }
    }
    write_map(&output.join(format!("{name}.words")), places)?;
    Ok(fs::write(output.join(format!("{name}.sounds")), sounds)?)
}

fn push(sound: &str, sounds: &mut Vec<u8>) -> Result<()> {
    for symbol in sound.chars() {
        let byte = match SYMBOLS.iter().position(|known| *known == symbol) {
            Some(at) => u8::try_from(0x80 + at)?,
            None if symbol.is_ascii_graphic() => u8::try_from(symbol)?,
            None => return Err(format!("{symbol} is in no table").into()),
        };
        sounds.push(byte);
    }
    sounds.push(END);
    Ok(())
}

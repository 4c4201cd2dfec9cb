//! Packs the tables of spaCy's English tokenizer: exceptions, numbers of strings, norms.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use misaki_rs::{norms, spacy_tokenizer_data, symbols};

use crate::hash::string_hash;
use crate::{Result, write_map};

pub fn pack(output: &Path) -> Result<()> {
    let symbols: BTreeMap<&str, u64> = symbols::SYMBOLS.iter().copied().collect();
    let number = |text: &str| symbols.get(text).copied().unwrap_or_else(|| string_hash(text));
    write_map(
        &output.join("symbols.words"),
        symbols.iter().map(|(name, number)| (*name, *number)),
    )?;

    // Where both tables know a string, the base norms, which come last here, are what spaCy takes.
    let tables = norms::EXCEPTION_NORMS.iter().chain(norms::BASE_NORMS);
    let norms: BTreeMap<&str, u64> = tables.map(|(text, norm)| (*text, number(norm))).collect();
    write_map(
        &output.join("norms.words"),
        norms.iter().map(|(text, norm)| (*text, *norm)),
    )?;
    let hashed: BTreeMap<u64, u64> = norms::LEXEME_NORMS
        .iter()
        .map(|(hash, norm)| (*hash, number(norm)))
        .collect();
    let hashed: Vec<u8> = hashed
        .iter()
        .flat_map(|(hash, norm)| [hash.to_le_bytes(), norm.to_le_bytes()])
        .flatten()
        .collect();
    fs::write(output.join("norms.hashed"), hashed)?;
    exceptions(output, number)
}

fn exceptions(output: &Path, number: impl Fn(&str) -> u64) -> Result<()> {
    let exceptions: BTreeMap<_, _> = spacy_tokenizer_data::EXCEPTIONS.iter().copied().collect();
    let mut pieces = Vec::new();
    let mut places = Vec::new();
    for (word, rule) in exceptions {
        if rule.iter().map(|(piece, _)| *piece).collect::<String>() != word {
            return Err(format!("the pieces of {word} are not the word").into());
        }
        places.push((word, pieces.len() as u64));
        pieces.push(u8::try_from(rule.len())?);
        for (piece, norm) in rule {
            pieces.push(u8::try_from(piece.len())?);
            pieces.push(norm.is_some().into());
            pieces.extend(norm.map_or(0, &number).to_le_bytes());
        }
    }
    write_map(&output.join("exceptions.words"), places)?;
    Ok(fs::write(output.join("exceptions.pieces"), pieces)?)
}

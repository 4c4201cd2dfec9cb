//! How the sounds of the dictionaries are written in a file: a byte a symbol, and a number for a part of speech.
//!
//! Both sides use this, `build/dictionary.rs` to write and `dictionary.rs` to read. Symbols of ASCII are themselves; the
//! others have the bytes from 0x80 on. The build fails on a symbol or a part of speech that is in neither table.

/// Ends a sound.
pub const END: u8 = 0;
/// Begins an entry that has a sound for each of several parts of speech; no symbol has this number.
pub const BY_TAG: u8 = 1;

/// The symbols outside of ASCII; the first has byte 0x80.
pub const SYMBOLS: [char; 26] = [
    'æ', 'ð', 'ŋ', 'ɑ', 'ɒ', 'ɔ', 'ə', 'ɛ', 'ɜ', 'ɡ', 'ɪ', 'ɹ', 'ɾ', 'ʃ', 'ʊ', 'ʌ', 'ʒ', 'ʔ', 'ʤ', 'ʧ', 'ˈ',
    'ˌ', 'ː', 'θ', 'ᵊ', 'ᵻ',
];

/// The parts of speech for which an entry may have a sound of its own; the first has byte 1. "None" is before a pause.
pub const TAGS: [&str; 10] = [
    "DEFAULT", "NOUN", "VERB", "ADJ", "ADV", "VBD", "VBN", "VBP", "DT", "None",
];

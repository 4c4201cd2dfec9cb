//! The library of espeak-ng, found at run time: text of one clause in, its phonemes in IPA out.
//!
//! The one place that calls it. espeak-ng keeps its state in global variables and must not be called from two threads, so a
//! process has one [`Library`], behind one lock, for as long as it runs; the front end in `mod.rs` takes the lock for a clause and
//! calls nothing else meanwhile. Nothing of espeak-ng, which is under the GPL, is linked with or shipped: it is the
//! installed one that is used, if somebody asks for it.

use std::ffi::{CStr, CString, c_char, c_int, c_void};

use libloading::Library as Shared;
use parking_lot::Mutex;

use super::error::EspeakError;
use crate::text::language::Language;

/// What the library is called, on the system that this is built for.
pub(super) const NAMES: &[&str] = if cfg!(target_os = "windows") {
    &["libespeak-ng.dll", "espeak-ng.dll"]
} else if cfg!(target_os = "macos") {
    &[
        "libespeak-ng.1.dylib",
        "/opt/homebrew/lib/libespeak-ng.1.dylib",
        "/usr/local/lib/libespeak-ng.1.dylib",
    ]
} else {
    &["libespeak-ng.so.1"]
};

// From espeak-ng/speak_lib.h.
const AUDIO_OUTPUT_RETRIEVAL: c_int = 1;
const INITIALIZE_DONT_EXIT: c_int = 0x8000;
const CHARS_UTF8: c_int = 1;
const PHONEMES_IPA: c_int = 0x02;
const PHONEMES_TIE: c_int = 0x80;
/// What joins the letters of one phoneme ("t^ʃ").
pub(super) const TIE: char = '^';
const MODE: c_int = PHONEMES_IPA | PHONEMES_TIE | ((TIE as c_int) << 8);

type Initialize = unsafe extern "C" fn(c_int, c_int, *const c_char, c_int) -> c_int;
type SetVoiceByName = unsafe extern "C" fn(*const c_char) -> c_int;
type TextToPhonemes = unsafe extern "C" fn(*mut *const c_void, c_int, c_int) -> *const c_char;

/// The loaded library, and the language that it is set to.
pub(super) struct Library {
    set_voice: SetVoiceByName,
    text_to_phonemes: TextToPhonemes,
    language: Option<Language>,
    /// Never unloaded: it lives in [`LOADED`].
    _shared: Shared,
}

/// The one of the process.
static LOADED: Mutex<Option<&'static Mutex<Library>>> = Mutex::new(None);

/// The library of the process, loaded by the first call that succeeds under one of `names`.
pub(super) fn load(names: &[&str]) -> Result<&'static Mutex<Library>, EspeakError> {
    let mut loaded = LOADED.lock();
    if let Some(library) = *loaded {
        return Ok(library);
    }
    let library = Library::open(names)?;
    // Kept until the process ends, as its state is.
    Ok(*loaded.insert(Box::leak(Box::new(Mutex::new(library)))))
}

impl Library {
    /// Loads and initialises it; to be called once a process.
    pub(super) fn open(names: &[&str]) -> Result<Self, EspeakError> {
        let mut detail = String::new();
        let open = |name: &&str| {
            // SAFETY: whoever installed a library under this name meant espeak-ng, whose initialisers do nothing but
            // set up its own variables.
            unsafe { Shared::new(*name) }
                .map_err(|error| detail = error.to_string())
                .ok()
        };
        let Some(shared) = names.iter().find_map(open) else {
            return Err(EspeakError::Missing { detail });
        };
        let unusable = |error: libloading::Error| EspeakError::Unusable {
            detail: error.to_string(),
        };
        // SAFETY: the types are those of `espeak-ng/speak_lib.h`, and the library outlives the functions, which are only called
        // through `self`, of which it is a part.
        let (initialize, set_voice, text_to_phonemes) = unsafe {
            (
                *shared.get::<Initialize>(c"espeak_Initialize").map_err(unusable)?,
                *shared
                    .get::<SetVoiceByName>(c"espeak_SetVoiceByName")
                    .map_err(unusable)?,
                *shared
                    .get::<TextToPhonemes>(c"espeak_TextToPhonemes")
                    .map_err(unusable)?,
            )
        };
        // SAFETY: no path means its own data; it opens no output for audio, and returns instead of ending the process. `LOADED`
        // is locked, so nobody else is in the library.
        let rate = unsafe { initialize(AUDIO_OUTPUT_RETRIEVAL, 0, std::ptr::null(), INITIALIZE_DONT_EXIT) };
        if rate <= 0 {
            return Err(EspeakError::NoData);
        }
        Ok(Self {
            set_voice,
            text_to_phonemes,
            language: None,
            _shared: shared,
        })
    }

    /// The phonemes of a text, with a space between words as espeak-ng divides them.
    ///
    /// # Errors
    /// [`EspeakError::OtherLanguage`] and [`EspeakError::NoVoice`].
    pub(super) fn phonemes(&mut self, text: &str, language: Language) -> Result<String, EspeakError> {
        self.speak(language)?;
        if text.trim().is_empty() {
            return Ok(String::new());
        }
        // What ends a C string is no letter, and the other apostrophe is unknown to some of its languages.
        let text = text.replace('\0', " ").replace('’', "'");
        let text = CString::new(text).unwrap_or_default();
        let mut rest: *const c_void = text.as_ptr().cast();
        let mut phonemes = String::new();
        while !rest.is_null() {
            let before = rest;
            // SAFETY: `rest` points into `text`, which ends with a zero and lives until the end; `&mut self` is the only way in.
            // The answer is a C string that is valid until the next call.
            let clause = unsafe {
                let answer = (self.text_to_phonemes)(&raw mut rest, CHARS_UTF8, MODE);
                (!answer.is_null()).then(|| CStr::from_ptr(answer).to_string_lossy().into_owned())
            };
            for word in clause.iter().flat_map(|clause| clause.split_whitespace()) {
                if !phonemes.is_empty() {
                    phonemes.push(' ');
                }
                phonemes.push_str(word);
            }
            if rest == before {
                break;
            }
        }
        Ok(phonemes)
    }

    fn speak(&mut self, language: Language) -> Result<(), EspeakError> {
        if self.language == Some(language) {
            return Ok(());
        }
        // Kokoro's own pipeline says "fr-fr", which version 1.51 does not find by name; it is the same voice.
        let name = match language {
            Language::Spanish => c"es",
            Language::French => c"fr",
            Language::Hindi => c"hi",
            Language::Italian => c"it",
            Language::BrazilianPortuguese => c"pt-br",
            _ => return Err(EspeakError::OtherLanguage { language }),
        };
        self.language = None;
        // SAFETY: a C string that it copies; `&mut self` is the only way in.
        if unsafe { (self.set_voice)(name.as_ptr()) } != 0 {
            return Err(EspeakError::NoVoice { language });
        }
        self.language = Some(language);
        Ok(())
    }
}

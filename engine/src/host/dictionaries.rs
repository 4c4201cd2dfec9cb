//! The dictionaries that text is read with: loaded ahead, on threads of their own, so that neither callers nor the first
//! chunk wait for a quarter of a second.
//!
//! Whoever reads before one is loaded waits for it in the reader; nothing here is needed for that to be right.

use crate::text::{Language, Reader};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

/// A reader, and who loads its dictionaries.
#[derive(Default)]
pub(super) struct Dictionaries {
    reader: Arc<Reader>,
    /// Languages that are loaded or being loaded; nothing more once it is closed.
    loads: Mutex<Loads>,
}

#[derive(Default)]
struct Loads {
    threads: HashMap<Language, JoinHandle<()>>,
    is_closed: bool,
}

impl Dictionaries {
    pub(super) fn reader(&self) -> &Arc<Reader> {
        &self.reader
    }

    /// Has the dictionary of a language loaded, if nobody has yet. Returns at once. One that cannot be read in, or has no
    /// thread, is found out by who reads.
    pub(super) fn load(&self, language: Language) {
        let mut loads = self.loads.lock();
        if loads.is_closed || loads.threads.contains_key(&language) || !language.has_text_front_end() {
            return;
        }
        let reader = Arc::clone(&self.reader);
        let thread = thread::Builder::new()
            .name("utter-dictionary".into())
            .spawn(move || {
                let begin = Instant::now();
                match reader.load(language) {
                    Ok(()) => {
                        tracing::debug!(language = language.tag(), took = ?begin.elapsed(), "dictionary loaded");
                    }
                    Err(error) => tracing::debug!(language = language.tag(), %error, "no dictionary"),
                }
            });
        match thread {
            Ok(thread) => drop(loads.threads.insert(language, thread)),
            Err(error) => tracing::debug!(%error, "no thread to load a dictionary on"),
        }
    }

    /// Loads nothing more, and waits for what is being loaded.
    pub(super) fn close(&self) {
        let threads = {
            let mut loads = self.loads.lock();
            loads.is_closed = true;
            std::mem::take(&mut loads.threads)
        };
        for thread in threads.into_values() {
            if thread.join().is_err() {
                tracing::error!("loading a dictionary has panicked");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_loaded_once_and_nothing_after_the_end() {
        let dictionaries = Dictionaries::default();
        for _ in 0..3 {
            dictionaries.load(Language::AmericanEnglish);
            dictionaries.load(Language::Japanese);
        }
        assert_eq!(dictionaries.loads.lock().threads.len(), 1);
        dictionaries.close();
        dictionaries.load(Language::BritishEnglish);
        assert!(dictionaries.loads.lock().threads.is_empty());
        let mut chunks = dictionaries
            .reader()
            .read("Hello.", Language::AmericanEnglish)
            .unwrap();
        assert!(chunks.next().is_some());
    }
}

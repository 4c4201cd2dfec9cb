//! What comes from outside: the words of the call, files, and standard input.

use std::fs::File;
use std::io::{ErrorKind, IsTerminal, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use utter::speech::{TextWriter, WriteError};
use utter::text::has_speech;

use crate::failure::{Failure, Kind};
use crate::log::notice;

/// The most that is read, in bytes: some three hundred hours of speech. Whatever is longer is no text, but for example
/// a device that never ends.
const LIMIT: u64 = 16 << 20;

/// How soon it is tried again to write what was not taken, since too much waits to be said.
const FULL: Duration = Duration::from_millis(50);

/// The words of the call, or standard input for `-`.
pub fn words(words: &[String]) -> Result<String, Failure> {
    if words == ["-"] {
        standard()
    } else {
        Ok(words.join(" "))
    }
}

/// A file's text, or that of standard input for `-`.
pub fn file(path: &Path) -> Result<String, Failure> {
    if path == Path::new("-") {
        return standard();
    }
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
    text(file, &name, LIMIT)
}

/// Sees that a file or directory is there.
pub fn exists(path: &Path) -> Result<(), Failure> {
    let found = std::fs::metadata(path).map_err(|error| {
        Failure::new(
            Kind::Usage,
            format!("{}: {error}", path.display()),
            "check the path; a relative one begins at the current directory",
        )
    });
    found.map(drop)
}

fn standard() -> Result<String, Failure> {
    let input = std::io::stdin();
    if input.is_terminal() {
        notice("type the text, and end it with Ctrl-D on a line of its own");
    }
    text(input, "standard input", LIMIT)
}

fn text(input: impl Read, name: &str, limit: u64) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    input
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(name, &error))?;
    if bytes.len() as u64 > limit {
        let message = format!("{name} holds more than {} MB of text", limit >> 20);
        return Err(Failure::new(Kind::Usage, message, "give it in parts"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let message = format!("{name} is not UTF-8 text (at byte {at})");
        Failure::new(Kind::Usage, message, "convert it, for example with iconv")
    })
}

/// What was read of standard input so far, by a thread of its own, which may wait for more for ever.
pub struct Input(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    has_speech: bool,
    error: Option<std::io::Error>,
}

/// Has what comes to standard input written to `writer`.
pub fn stream(writer: TextWriter) -> Result<Input, Failure> {
    let input = std::io::stdin();
    if input.is_terminal() {
        notice("type the text, and end it with Ctrl-D on a line of its own");
    }
    let seen = Arc::<Mutex<Seen>>::default();
    let read = Arc::clone(&seen);
    std::thread::Builder::new()
        .name("utter-input".into())
        .spawn(move || {
            let ended = copy(input, &writer, |piece| {
                read.lock().has_speech |= has_speech(&String::from_utf8_lossy(piece));
            });
            read.lock().error = ended.err();
            // Behind what it tells: who waits for the end then finds it.
            writer.finish();
        })
        .map_err(|error| unreadable("standard input", &error))?;
    Ok(Input(seen))
}

/// Writes what comes until it ends, or nobody wants it any more.
fn copy(mut input: impl Read, writer: &TextWriter, mut seen: impl FnMut(&[u8])) -> std::io::Result<()> {
    let mut piece = [0; 4_096];
    loop {
        let length = match input.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        seen(&piece[..length]);
        loop {
            match writer.push(&piece[..length]) {
                Ok(()) => break,
                // Whoever writes it waits meanwhile, as writers to a full pipe do.
                Err(WriteError::Full) => std::thread::sleep(FULL),
                Err(_) => return Ok(()),
            }
        }
    }
}

impl Input {
    /// What was wrong with what came.
    pub fn fault(&self) -> Option<Failure> {
        let mut seen = self.0.lock();
        match seen.error.take() {
            Some(error) => Some(unreadable("standard input", &error)),
            None if !seen.has_speech => Some(nothing_to_say()),
            None => None,
        }
    }
}

pub fn nothing_to_say() -> Failure {
    Failure::new(
        Kind::Usage,
        "there is nothing to say in this text",
        "give some words",
    )
}

fn unreadable(name: &str, error: &std::io::Error) -> Failure {
    let message = format!("cannot read {name}: {error}");
    Failure::new(
        Kind::Failed,
        message,
        "give a file of UTF-8 text that you may read",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_whole_or_not_at_all() {
        assert_eq!(text("Grüße".as_bytes(), "it", 7).unwrap(), "Grüße");
        let long = text("Grüße!".as_bytes(), "it", 7).unwrap_err();
        assert!(long.message().starts_with("it holds more than"), "{long}");
        let latin = text(&b"Gr\xfc\xdfe"[..], "it", 7).unwrap_err();
        assert_eq!(latin.message(), "it is not UTF-8 text (at byte 2)");
        assert!(text(std::io::repeat(b' '), "it", 1000).is_err());
    }

    #[test]
    fn only_a_dash_alone_is_standard_input() {
        let said = words(&["-".into(), "-".into()]).unwrap();
        assert_eq!(said, "- -");
    }
}

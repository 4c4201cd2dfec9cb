//! Text from outside: the words of the call, files, and standard input. Used by `say` and `bench`.

use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::Path;

use crate::failure::{Failure, Kind};
use crate::log::notice;

/// The most that is read, in bytes: some three hundred hours of speech. Whatever is longer is no text, but for example
/// a device that never ends.
const LIMIT: u64 = 16 << 20;

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

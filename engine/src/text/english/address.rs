//! Whether a run of characters is a web or mail address, which stays one token.
//!
//! `tokens` asks before it divides a run inside. The pattern is spaCy's `URL_MATCH` for addresses in ASCII: an optional
//! scheme, an optional user, names with dots and a last one of small letters, or four numbers that are no private
//! network's; then a port and a path.

pub(super) fn is_address(run: &str) -> bool {
    if !run.contains('.') {
        return false;
    }
    let is_scheme = |c: char| c.is_alphanumeric() || matches!(c, '_' | '+' | '-' | '.');
    let without_scheme = run
        .split_once("://")
        .filter(|(scheme, _)| scheme.chars().count() >= 2 && scheme.chars().all(is_scheme));
    [Some(run), without_scheme.map(|(_, rest)| rest)]
        .into_iter()
        .flatten()
        .any(|rest| {
            let behind_user = rest
                .match_indices('@')
                .filter(|(at, _)| *at > 0)
                .map(|(at, _)| &rest[at + 1..]);
            std::iter::once(rest).chain(behind_user).any(is_host)
        })
}

/// Whether this is a host, perhaps with a port and a path.
fn is_host(text: &str) -> bool {
    let (host, rest) = text.split_at(text.find([':', '/', '?', '#']).unwrap_or(text.len()));
    let rest = match rest.strip_prefix(':') {
        Some(rest) => {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            if !(2..=5).contains(&digits) {
                return false;
            }
            &rest[digits..]
        }
        None => rest,
    };
    (rest.is_empty() || rest.starts_with(['/', '?', '#'])) && (is_name(host) || is_number(host))
}

fn is_name(host: &str) -> bool {
    let Some((labels, last)) = host.rsplit_once('.') else {
        return false;
    };
    let is_label = |label: &str| {
        let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        (1..=64).contains(&label.len())
            && label.starts_with(|c: char| c.is_ascii_alphanumeric())
            && label.ends_with(|c: char| c.is_ascii_alphanumeric())
            && label.chars().all(inner)
    };
    (2..=63).contains(&last.len())
        && last.bytes().all(|letter| letter.is_ascii_lowercase())
        && labels.split('.').all(is_label)
}

fn is_number(host: &str) -> bool {
    let numbers: Option<Vec<u8>> = host.split('.').map(|number| number.parse().ok()).collect();
    match numbers.as_deref() {
        Some([10 | 127, ..] | [169, 254, ..] | [192, 168, ..] | [172, 16..=31, ..]) => false,
        Some([1..=223, _, _, 1..=254]) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_words_with_dots() {
        for address in [
            "example.com",
            "https://www.example.co.uk/a?b#c",
            "mail@example.org",
            "8.8.8.8:53",
            "example.com:8080/x",
        ] {
            assert!(is_address(address), "{address}");
        }
        for word in [
            "e.g.", "3.14", "U.S.A", "word", "10.0.0.1", "a..com", "-a.com", "end.Next", "x.com:1",
        ] {
            assert!(!is_address(word), "{word}");
        }
    }
}

//! Which names a person may have meant who named one that does not exist.
//!
//! Called where an unknown voice is reported. The measure is Jaro and Winkler's, which was made for names: letters in common,
//! near each other, those at the beginning counting more.

/// Less alike than this are not worth showing; clap's measure for its own suggestions is 0.7, for shorter words.
const ALIKE: f64 = 0.8;

/// What is so much less alike than the best is no rival of it: all voices of one kind begin alike.
const FAR: f64 = 0.1;

/// As alike as a name is to its beginning.
const BEGINNING: f64 = 0.95;

/// A beginning of fewer letters is one of too many names.
const SHORTEST_BEGINNING: usize = 2;

/// More than these are no help.
const MOST: usize = 3;

/// At most three of `names`, the most alike first. Capitals do not count; a name may be typed without what stands before its
/// underscore, or only begun.
pub fn nearest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let typed = typed.trim().to_lowercase();
    let mut found: Vec<(f64, &str)> = names
        .into_iter()
        .map(|name| (alike(&typed, &name.to_lowercase()), name))
        .filter(|(alike, _)| *alike >= ALIKE)
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    if let Some(&(best, _)) = found.first() {
        found.retain(|(alike, _)| *alike >= best - FAR);
    }
    found.truncate(MOST);
    found.into_iter().map(|(_, name)| name).collect()
}

/// The question "did you mean af_heart, af_bella or af_sky?", unless no name is near.
pub fn did_you_mean<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    match &nearest(typed, names)[..] {
        [] => None,
        [one] => Some(format!("did you mean {one}?")),
        [others @ .., last] => Some(format!("did you mean {} or {last}?", others.join(", "))),
    }
}

/// From 0, not at all, to 1, the same.
fn alike(typed: &str, name: &str) -> f64 {
    let own = name.split_once('_').map_or(name, |(_, own)| own);
    let begins =
        typed.chars().count() >= SHORTEST_BEGINNING && (name.starts_with(typed) || own.starts_with(typed));
    let letters = strsim::jaro_winkler(typed, name).max(strsim::jaro_winkler(typed, own));
    if begins { letters.max(BEGINNING) } else { letters }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 9] = [
        "af_bella",
        "af_heart",
        "af_sky",
        "am_santa",
        "bf_isabella",
        "bm_george",
        "em_santa",
        "zm_yunxi",
        "zm_yunxia",
    ];

    #[test]
    fn a_slip_is_understood() {
        assert_eq!(nearest("af_haert", NAMES)[0], "af_heart");
        assert_eq!(nearest("af heart", NAMES)[0], "af_heart");
        assert_eq!(nearest("bf_heart", NAMES)[0], "af_heart");
        assert_eq!(
            nearest("af_bela", NAMES),
            ["af_bella"],
            "the others only begin so, too"
        );
        assert_eq!(nearest("George", NAMES), ["bm_george"]);
        assert_eq!(nearest("qqq", NAMES), [""; 0]);
        assert_eq!(nearest("", NAMES), [""; 0]);
    }

    #[test]
    fn what_stands_behind_the_underscore_is_enough() {
        assert_eq!(nearest("heart", NAMES), ["af_heart"]);
        assert_eq!(nearest("santa", NAMES), ["am_santa", "em_santa"]);
        assert_eq!(nearest("bella", NAMES)[0], "af_bella");
    }

    #[test]
    fn a_beginning_is_enough() {
        assert_eq!(nearest("geo", NAMES), ["bm_george"]);
        assert_eq!(nearest("bm", NAMES)[0], "bm_george");
        assert_eq!(nearest("zm_", NAMES), ["zm_yunxi", "zm_yunxia"]);
        assert_eq!(nearest("g", NAMES), [""; 0], "a letter begins too many");
    }

    #[test]
    fn the_question_names_them_all() {
        assert_eq!(did_you_mean("qqq", NAMES), None);
        assert_eq!(
            did_you_mean("hart", ["af_heart"]).unwrap(),
            "did you mean af_heart?"
        );
        let names = ["a_heart0", "a_heart1", "a_heart2", "a_heart3"];
        let question = did_you_mean("heart", names).unwrap();
        assert_eq!(question, "did you mean a_heart0, a_heart1 or a_heart2?");
    }
}

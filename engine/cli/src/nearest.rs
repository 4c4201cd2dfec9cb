//! Which names a person may have meant who typed one that does not exist.

/// Less alike than this are not worth showing; clap's measure for its own suggestions is 0.7, for shorter words.
const ALIKE: f64 = 0.8;

/// At most three of `names`, the most alike first. Capitals do not count, and a voice may be typed without what stands
/// before its underscore.
pub fn nearest<'a>(typed: &str, names: &'a [String]) -> Vec<&'a str> {
    let typed = typed.to_lowercase();
    let alike = |name: &str| {
        let own = name.split_once('_').map_or(name, |(_, own)| own);
        strsim::jaro_winkler(&typed, name).max(strsim::jaro_winkler(&typed, own))
    };
    let mut found: Vec<(f64, &str)> = names
        .iter()
        .map(|name| (alike(name), name.as_str()))
        .filter(|(alike, _)| *alike >= ALIKE)
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().take(3).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_understood() {
        let names = [
            "af_heart",
            "af_sky",
            "am_santa",
            "em_santa",
            "bm_george",
            "zm_yunxi",
        ]
        .map(String::from);
        assert_eq!(nearest("af_haert", &names)[0], "af_heart");
        assert_eq!(nearest("George", &names), ["bm_george"]);
        assert_eq!(nearest("santa", &names), ["am_santa", "em_santa"]);
        assert_eq!(nearest("qqq", &names), [""; 0]);
        assert_eq!(nearest("", &names), [""; 0]);
    }
}

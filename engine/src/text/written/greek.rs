//! Single Greek letters, as in formulas: "α", "Δt", "2π".

use super::reading::Reading;
use super::view::{View, digits, next_word};
use super::words::cardinal;

const NAMES: [(char, &str); 30] = [
    ('α', "alpha"),
    ('β', "beta"),
    ('γ', "gamma"),
    ('δ', "delta"),
    ('ε', "epsilon"),
    ('ζ', "zeta"),
    ('η', "eta"),
    ('θ', "theta"),
    ('κ', "kappa"),
    ('λ', "lambda"),
    ('μ', "mu"),
    ('µ', "mu"),
    ('ν', "nu"),
    ('ξ', "xi"),
    ('π', "pi"),
    ('ρ', "rho"),
    ('σ', "sigma"),
    ('τ', "tau"),
    ('φ', "phi"),
    ('χ', "chi"),
    ('ψ', "psi"),
    ('ω', "omega"),
    ('Δ', "delta"),
    ('Σ', "sigma"),
    ('Ω', "omega"),
    ('Θ', "theta"),
    ('Λ', "lambda"),
    ('Π', "pi"),
    ('Φ', "phi"),
    ('Ψ', "psi"),
];

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    // "2π" is one word of the text.
    let count = if view.is_number_start() { digits(text) } else { 0 };
    let mut letters = text[count..].chars();
    let letter = letters.next()?;
    let (_, name) = NAMES.iter().find(|(greek, _)| *greek == letter)?;
    let is_greek =
        |c: char| matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' | '\u{300}'..='\u{36f}');
    let is_greek_word = |word: &str| word.chars().nth(1).is_some() && word.contains(is_greek);
    // An article in a Greek sentence.
    let after = &text[count + letter.len_utf8()..];
    if is_greek_word(view.previous_word()) || is_greek_word(next_word(after)) {
        return None;
    }
    if view.previous().is_some_and(is_greek) || letters.next().is_some_and(is_greek) {
        return None;
    }
    let length = count + letter.len_utf8();
    Some(match text[..count].parse() {
        Ok(number) => Reading::new(length, format!("{} {name}", cardinal(number, view.accent))),
        Err(_) if count > 0 => return None,
        Err(_) => Reading::new(length, *name),
    })
}

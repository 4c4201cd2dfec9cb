//! Single Greek letters, as in formulas: "α", "Δt", "2π".

use super::reading::Reading;
use super::view::View;

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
    let first = view.first()?;
    let (_, name) = NAMES.iter().find(|(letter, _)| *letter == first)?;
    let is_greek =
        |c: char| matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' | '\u{300}'..='\u{36f}');
    let next = view.rest().chars().nth(1);
    let alone = !view.previous().is_some_and(is_greek) && !next.is_some_and(is_greek);
    alone.then(|| Reading::new(first.len_utf8(), *name))
}

//! Sums of money: "$5.50", "£2m", "€5–10", "50 EUR", "99¢", "50p".

use super::super::language::Accent;
use super::numeral::Numeral;
use super::quantity::{Quantity, is_attribute, sign};
use super::reading::Reading;
use super::view::{View, digits, gap, is_edge, next_word};
use super::words::cardinal;

/// How a currency is written and said.
struct Currency {
    /// Before or after the number.
    signs: &'static [&'static str],
    /// One, and several.
    name: (&'static str, &'static str),
    /// A hundredth, and several; empty if nobody counts them.
    hundredth: (&'static str, &'static str),
}

const CURRENCIES: [Currency; 27] = [
    Currency::new(&["US$", "$US"], ("US dollar", "US dollars"), ("cent", "cents")),
    Currency::new(
        &["CA$", "C$"],
        ("Canadian dollar", "Canadian dollars"),
        ("cent", "cents"),
    ),
    Currency::new(
        &["AU$", "A$"],
        ("Australian dollar", "Australian dollars"),
        ("cent", "cents"),
    ),
    Currency::new(
        &["NZ$"],
        ("New Zealand dollar", "New Zealand dollars"),
        ("cent", "cents"),
    ),
    Currency::new(
        &["HK$"],
        ("Hong Kong dollar", "Hong Kong dollars"),
        ("cent", "cents"),
    ),
    Currency::new(
        &["S$"],
        ("Singapore dollar", "Singapore dollars"),
        ("cent", "cents"),
    ),
    Currency::new(&["R$"], ("real", "reais"), ("centavo", "centavos")),
    Currency::new(&["$"], ("dollar", "dollars"), ("cent", "cents")),
    Currency::new(&["£"], ("pound", "pounds"), ("penny", "pence")),
    Currency::new(&["€"], ("euro", "euros"), ("cent", "cents")),
    Currency::new(&["¥", "JPY"], ("yen", "yen"), ("", "")),
    Currency::new(
        &["₹", "Rs.", "Rs", "INR"],
        ("rupee", "rupees"),
        ("paisa", "paise"),
    ),
    Currency::new(&["₽", "RUB"], ("ruble", "rubles"), ("kopeck", "kopecks")),
    Currency::new(&["₩", "KRW"], ("won", "won"), ("", "")),
    Currency::new(&["₪", "ILS"], ("shekel", "shekels"), ("", "")),
    Currency::new(&["₺", "TRY"], ("lira", "lira"), ("", "")),
    Currency::new(&["₴", "UAH"], ("hryvnia", "hryvnias"), ("", "")),
    Currency::new(&["₿", "BTC"], ("bitcoin", "bitcoins"), ("", "")),
    Currency::new(&["USD"], ("US dollar", "US dollars"), ("cent", "cents")),
    Currency::new(&["EUR"], ("euro", "euros"), ("cent", "cents")),
    Currency::new(&["GBP"], ("pound", "pounds"), ("penny", "pence")),
    Currency::new(&["CHF"], ("Swiss franc", "Swiss francs"), ("centime", "centimes")),
    Currency::new(
        &["CAD"],
        ("Canadian dollar", "Canadian dollars"),
        ("cent", "cents"),
    ),
    Currency::new(
        &["AUD"],
        ("Australian dollar", "Australian dollars"),
        ("cent", "cents"),
    ),
    Currency::new(&["CNY", "RMB"], ("yuan", "yuan"), ("", "")),
    Currency::new(&["SEK"], ("Swedish krona", "Swedish kronor"), ("", "")),
    Currency::new(&["PLN", "zł"], ("zloty", "zlotys"), ("", "")),
];

impl Currency {
    const fn new(
        signs: &'static [&'static str],
        name: (&'static str, &'static str),
        hundredth: (&'static str, &'static str),
    ) -> Self {
        Self {
            signs,
            name,
            hundredth,
        }
    }

    /// The currency that a text begins with, and the length of its sign.
    fn scan(text: &str) -> Option<(&'static Self, usize)> {
        CURRENCIES.iter().find_map(|currency| {
            let sign = currency.signs.iter().find(|sign| text.starts_with(**sign))?;
            Some((currency, sign.len()))
        })
    }
}

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let first = view.first()?;
    if !view.is_word_start()
        || !(first.is_ascii_digit() || first.is_ascii_uppercase() || "$£€¥₹₽₩₪₺₴₿-−+~±".contains(first))
    {
        return None;
    }
    sign_first(view)
        .or_else(|| sign_last(view))
        .filter(|reading| is_edge(&text[reading.length..]))
}

/// "$5", "-£3.20", "US$5m", "$5-10", "€5–€10 million".
fn sign_first(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let (before, signed) = if view.is_after_space() {
        sign(text)
    } else {
        ("", 0)
    };
    let (currency, taken) = Currency::scan(&text[signed..])?;
    let mut start = signed + taken;
    let is_code = text[..start].ends_with(|c: char| c.is_ascii_alphabetic() || c == '.');
    if is_code {
        start += gap(&text[start..]);
    }
    let (minus, negative) = if signed == 0 && !is_code {
        sign(&text[start..])
    } else {
        ("", 0)
    };
    let minus = if matches!(minus, "minus ") { minus } else { "" };
    let start = if minus.is_empty() { start } else { start + negative };
    let mut words = format!("{before}{minus}");
    // The second sign of "$5-$10" is said once, with the first.
    let mut quantity = Quantity::scan(&text[start..], view.accent)?;
    let mut end = start + quantity.length;
    let after = &text[end..];
    if let Some(dash) = super::view::dash(after)
        && let Some((second, taken)) = Currency::scan(&after[dash..])
        && second.name == currency.name
        && let Some(upper) = Quantity::scan(&after[dash + taken..], view.accent)
    {
        end += dash + taken + upper.length;
        quantity.words = format!("{} to {}", quantity.words, upper.words);
        quantity.is_one = false;
        quantity.last = upper.last;
        let (magnitude, length) = magnitude(&text[end..]);
        words.push_str(&quantity.words);
        words.push_str(magnitude);
        return Some(Reading::new(end + length, format!("{words} {}", currency.name.1)));
    }
    let (magnitude, length) = magnitude(&text[end..]);
    if magnitude.is_empty() && quantity.length == quantity.last.length {
        return Some(Reading::new(
            end,
            format!(
                "{words}{}",
                sum(currency, &quantity.last, &text[end..], view.accent)
            ),
        ));
    }
    end += length;
    let hyphen = text[end - length..].starts_with('-') && length > 0;
    let name = if hyphen || is_attribute(&text[end..]) || magnitude.is_empty() && quantity.is_one {
        currency.name.0
    } else {
        currency.name.1
    };
    Some(Reading::new(
        end,
        format!("{words}{}{magnitude} {name}", quantity.words),
    ))
}

/// "50 EUR", "5€", "99¢", "50p", "2 million USD" only from "2" if nothing stands between.
fn sign_last(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    if !view.is_number_start() {
        return None;
    }
    let quantity = Quantity::scan(text, view.accent)
        .filter(|quantity| quantity.words.starts_with(char::is_alphabetic))?;
    let after = &text[quantity.length..];
    if let Some(rest) = after.strip_prefix(['¢', 'p']) {
        let is_pence = after.starts_with('p');
        let usual = !is_pence || (view.accent == Accent::British && quantity.last.whole.len() < 3);
        let name = match (is_pence, quantity.is_one) {
            (true, true) => "penny",
            (true, false) => "pence",
            (false, true) => "cent",
            (false, false) => "cents",
        };
        return (usual && is_edge(rest))
            .then(|| Reading::new(text.len() - rest.len(), format!("{} {name}", quantity.words)));
    }
    let (magnitude, length) = magnitude(after);
    let start = quantity.length + length;
    let space = gap(&text[start..]);
    let (currency, taken) = Currency::scan(&text[start + space..])?;
    let sign = &text[start + space..start + space + taken];
    let end = start + space + taken;
    // "5 $10 bills", "in 2024 US$5 was".
    if digits(&text[end..]) > 0
        || sign == "$" && space > 0
        || sign == "TRY" && magnitude.is_empty() && space > 0 && text[end..].starts_with(' ')
    {
        return None;
    }
    let words = if magnitude.is_empty() && quantity.length == quantity.last.length {
        sum(currency, &quantity.last, &text[end..], view.accent)
    } else {
        let name = if quantity.is_one && magnitude.is_empty() {
            currency.name.0
        } else {
            currency.name.1
        };
        format!("{}{magnitude} {name}", quantity.words)
    };
    Some(Reading::new(end, words))
}

/// A sum without a word for thousands or millions.
fn sum(currency: &Currency, number: &Numeral, after: &str, accent: Accent) -> String {
    let (one, several) = currency.name;
    let name = |is_one: bool| {
        if is_one || is_attribute(after) {
            one
        } else {
            several
        }
    };
    let cents = number
        .decimals
        .as_deref()
        .filter(|decimals| decimals.len() == 2 && !currency.hundredth.0.is_empty());
    let (Some(cents), Some(whole)) = (cents, number.value()) else {
        return format!("{} {}", number.words(accent), name(number.is_one()));
    };
    let cents: u64 = cents.parse().unwrap_or(0);
    let hundredth = if cents == 1 {
        currency.hundredth.0
    } else {
        currency.hundredth.1
    };
    let units = || format!("{} {}", cardinal(whole, accent), name(whole == 1));
    match (whole, cents) {
        (_, 0) => units(),
        (0, _) => format!("{} {hundredth}", cardinal(cents, accent)),
        (_, 1..10) => format!("{} and {} {hundredth}", units(), cardinal(cents, accent)),
        _ if accent == Accent::British => format!("{} {}", units(), cardinal(cents, accent)),
        _ => format!("{} and {} {hundredth}", units(), cardinal(cents, accent)),
    }
}

/// "k", "m", "bn", " million", "-million": as words with a space before, and its length.
fn magnitude(text: &str) -> (&'static str, usize) {
    let space = text
        .strip_prefix([' ', '-', '\u{a0}'])
        .map_or(0, |after| text.len() - after.len());
    let word = next_word(&text[space..]);
    let words = match word {
        "hundred" => " hundred",
        "thousand" => " thousand",
        "million" => " million",
        "billion" => " billion",
        "trillion" => " trillion",
        "k" | "K" if space == 0 => " thousand",
        "m" | "M" | "mn" | "mm" | "MM" if space == 0 => " million",
        "m" | "mn" | "M" if space == 1 && text.starts_with(' ') => " million",
        "b" | "B" | "bn" | "Bn" | "BN" if space == 0 => " billion",
        "bn" | "Bn" if text.starts_with(' ') => " billion",
        "t" | "T" | "tn" | "trn" if space == 0 => " trillion",
        "tn" if text.starts_with(' ') => " trillion",
        _ => return ("", 0),
    };
    (words, space + word.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sign_hides_another() {
        for (i, currency) in CURRENCIES.iter().enumerate() {
            for sign in currency.signs {
                let (found, length) = Currency::scan(sign).expect("every sign is found");
                assert_eq!((found.name, length), (CURRENCIES[i].name, sign.len()), "{sign}");
            }
        }
    }
}

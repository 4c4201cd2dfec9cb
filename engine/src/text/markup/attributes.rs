//! Values of attributes: durations, rates, volumes, kinds of things.
//!
//! `ssml` and `inline` call these. A value that cannot be understood gives `None`, and the caller says where it stands;
//! the constants beside the functions say in words what can be.

use std::time::Duration;

use super::span::{DateFormat, Emphasis, SayAs};

pub(super) const DURATIONS: &str = "a time like 500ms or 1.5s";
pub(super) const STRENGTHS: &str = "none, x-weak, weak, medium, strong or x-strong";
pub(super) const RATES: &str =
    "x-slow, slow, medium, fast, x-fast, a percentage like 120% or +20%, or a factor like 1.2";
pub(super) const VOLUMES: &str = "silent, x-soft, soft, medium, loud, x-loud, or decibels like +6dB";
pub(super) const LEVELS: &str = "strong, moderate, none or reduced";
pub(super) const KINDS: &str = "characters, spell-out, verbatim, cardinal, number, ordinal, digits, fraction, unit, date, \
                                time, telephone, currency or address";
pub(super) const DATES: &str = "mdy, dmy, ymd, md, dm, ym, my, d, m or y";
pub(super) const ALPHABETS: &str = "ipa";

/// A number as people write it: no exponent, no infinity.
fn number(text: &str) -> Option<f32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = digits.contains(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        && digits.len() <= 12;
    is_number.then(|| text.parse().ok()).flatten()
}

/// "500ms", "1.5s".
pub(super) fn duration(value: &str) -> Option<Duration> {
    let value = value.trim();
    let (amount, unit) = if let Some(amount) = value.strip_suffix("ms") {
        (amount, 0.001)
    } else {
        (value.strip_suffix('s')?, 1.0)
    };
    let seconds = f64::from(number(amount.trim_end())?) * unit;
    Duration::try_from_secs_f64(seconds).ok()
}

/// How long the pause of a `break` without a time is.
pub(super) fn strength(value: &str) -> Option<Duration> {
    let milliseconds = match value.trim() {
        "none" => 0,
        "x-weak" => 100,
        "weak" => 200,
        "medium" => 400,
        "strong" => 700,
        "x-strong" => 1000,
        _ => return None,
    };
    Some(Duration::from_millis(milliseconds))
}

/// A factor of the speed, above zero.
pub(super) fn rate(value: &str) -> Option<f32> {
    let value = value.trim();
    let factor = match value {
        "x-slow" => 0.5,
        "slow" => 0.75,
        "medium" | "default" => 1.0,
        "fast" => 1.25,
        "x-fast" => 1.5,
        _ => match value.strip_suffix('%') {
            Some(percent) if percent.starts_with(['+', '-']) => 1.0 + number(percent)? / 100.0,
            Some(percent) => number(percent)? / 100.0,
            None => number(value)?,
        },
    };
    (factor > 0.0).then_some(factor)
}

/// Decibels.
pub(super) fn volume(value: &str) -> Option<f32> {
    Some(match value.trim() {
        "silent" => -60.0,
        "x-soft" => -12.0,
        "soft" => -6.0,
        "medium" | "default" => 0.0,
        "loud" => 6.0,
        "x-loud" => 12.0,
        value => number(value.strip_suffix("dB")?.trim_end())?,
    })
}

pub(super) fn emphasis(value: &str) -> Option<Emphasis> {
    Some(match value.trim() {
        "strong" => Emphasis::Strong,
        "moderate" => Emphasis::Moderate,
        "none" => Emphasis::None,
        "reduced" => Emphasis::Reduced,
        _ => return None,
    })
}

/// What kind of thing a text is; a date without its format.
pub(super) fn say_as(value: &str) -> Option<SayAs> {
    Some(match value.trim() {
        "characters" | "spell-out" | "verbatim" => SayAs::Characters,
        "cardinal" | "number" => SayAs::Cardinal,
        "ordinal" => SayAs::Ordinal,
        "digits" => SayAs::Digits,
        "fraction" => SayAs::Fraction,
        "unit" => SayAs::Unit,
        "date" => SayAs::Date(None),
        "time" => SayAs::Time,
        "telephone" => SayAs::Telephone,
        "currency" => SayAs::Currency,
        "address" => SayAs::Address,
        _ => return None,
    })
}

pub(super) fn date_format(value: &str) -> Option<DateFormat> {
    Some(match value.trim() {
        "mdy" => DateFormat::MonthDayYear,
        "dmy" => DateFormat::DayMonthYear,
        "ymd" => DateFormat::YearMonthDay,
        "md" => DateFormat::MonthDay,
        "dm" => DateFormat::DayMonth,
        "ym" => DateFormat::YearMonth,
        "my" => DateFormat::MonthYear,
        "d" => DateFormat::Day,
        "m" => DateFormat::Month,
        "y" => DateFormat::Year,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_understood_or_refused() {
        let seconds = |value| duration(value).map(|duration| duration.as_secs_f64());
        for (value, expected) in [
            ("500ms", 0.5),
            ("1.5s", 1.5),
            (" 2 s ", 2.0),
            (".25s", 0.25),
            ("+1s", 1.0),
            ("0ms", 0.0),
        ] {
            assert!((seconds(value).unwrap() - expected).abs() < 1e-6, "{value}");
        }
        for value in [
            "",
            "s",
            "5",
            "-1s",
            "1e9s",
            "infs",
            "NaNs",
            "1 m",
            "1.2.3s",
            "9999999999999s",
        ] {
            assert_eq!(duration(value), None, "{value}");
        }
        for (value, expected) in [
            ("x-slow", Some(0.5)),
            ("120%", Some(1.2)),
            ("+20%", Some(1.2)),
            ("-20%", Some(0.8)),
            ("1.5", Some(1.5)),
        ] {
            assert_eq!(rate(value), expected, "{value}");
        }
        for value in ["", "0", "-100%", "quick", "%", "-1"] {
            assert_eq!(rate(value), None, "{value}");
        }
        assert_eq!(
            (volume("+6dB"), volume("-3.5 dB"), volume("soft")),
            (Some(6.0), Some(-3.5), Some(-6.0))
        );
        assert_eq!((volume("6"), volume("dB"), volume("louder")), (None, None, None));
    }
}

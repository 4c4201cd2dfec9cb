//! Degrees: temperatures, angles, and places on the globe ("51°30′N").

use super::quantity::{Quantity, is_attribute};
use super::reading::Reading;
use super::view::{View, digits, gap, is_edge};
use super::words::cardinal;

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let first = view.first()?;
    let signed = ".-−+~±≈".contains(first);
    let may_begin = if signed {
        view.is_after_space()
    } else {
        view.is_number_start()
    };
    if !may_begin || !(signed || first.is_ascii_digit()) {
        return None;
    }
    let quantity = Quantity::scan(text, view.accent)?;
    let mut length = quantity.length;
    let space = gap(&text[length..]);
    let after = &text[length + space..];
    let degrees = if quantity.is_one { "degree" } else { "degrees" };
    if let Some((scale, sign)) = [("Celsius", '℃'), ("Fahrenheit", '℉')]
        .into_iter()
        .find(|(_, sign)| after.starts_with(*sign))
    {
        length += space + sign.len_utf8();
        return Some(Reading::new(
            length,
            format!("{} {degrees} {scale}", quantity.words),
        ));
    }
    if let Some(hot) = after.strip_prefix('F') {
        // "350F" of an oven.
        let hot = is_edge(hot)
            && quantity
                .last
                .value()
                .is_some_and(|value| (100..=600).contains(&value))
            && quantity.last.is_plain();
        return hot.then(|| {
            Reading::new(
                length + space + 1,
                format!("{} degrees Fahrenheit", quantity.words),
            )
        });
    }
    let sign = after.chars().next().filter(|c| matches!(c, '°' | 'º' | '˚'))?;
    length += space + sign.len_utf8();
    let degrees = if is_attribute(&text[length..]) {
        "degree"
    } else {
        degrees
    };
    let mut words = format!("{} {degrees}", quantity.words);
    for (mark, name) in [(['′', '\'', '’'], "minute"), (['″', '"', '”'], "second")] {
        let rest = &text[length..];
        let rest_start = rest.trim_start_matches(' ');
        let count = digits(rest_start);
        let Some(found) = rest_start[count..]
            .chars()
            .next()
            .filter(|c| count > 0 && count < 3 && mark.contains(c))
        else {
            continue;
        };
        let value: u64 = rest_start[..count].parse().ok()?;
        let plural = if value == 1 { "" } else { "s" };
        words = format!("{words} {} {name}{plural}", cardinal(value, view.accent));
        length = text.len() - rest_start.len() + count + found.len_utf8();
    }
    let space = gap(&text[length..]);
    let rest = &text[length + space..];
    let scale = rest.chars().next().filter(|c| is_edge(&rest[c.len_utf8()..]));
    let name = match scale {
        Some('C' | 'c') if space == 0 => " Celsius",
        Some('C') => " Celsius",
        Some('F' | 'f') if space == 0 => " Fahrenheit",
        Some('F') => " Fahrenheit",
        Some('N') => " north",
        Some('S') => " south",
        Some('E') => " east",
        Some('W') => " west",
        _ => "",
    };
    if !name.is_empty() {
        length += space + 1;
    }
    is_edge(&text[length..]).then(|| Reading::new(length, format!("{words}{name}")))
}

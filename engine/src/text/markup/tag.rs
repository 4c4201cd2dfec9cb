//! The tags of SSML: which elements there are, which attributes they have, and what is wrong with a tag.
//!
//! `ssml` reads every opening tag with this. It knows names and places; what a value means is in `attributes`, what an
//! element does in `ssml`.

use std::borrow::Cow;

use quick_xml::escape::{EscapeError, unescape};
use quick_xml::events::BytesStart;
use quick_xml::events::attributes::AttrError;

use super::error::MarkupProblem;

/// What is wrong, and the byte at which it begins.
pub(super) type Fault = (MarkupProblem, usize);

/// The elements that are read.
pub(super) const ELEMENTS: [&str; 14] = [
    "speak", "p", "s", "break", "prosody", "emphasis", "say-as", "sub", "phoneme", "voice", "lang", "mark",
    "audio", "desc",
];

/// The attributes of a tag: name, value, and where the value begins.
pub(super) struct Attributes<'s> {
    element: &'s str,
    start: usize,
    list: Vec<(&'s str, String, usize)>,
}

impl<'s> Attributes<'s> {
    fn none(element: &'s str, start: usize) -> Self {
        Self {
            element,
            start,
            list: Vec::new(),
        }
    }

    /// The attributes of a tag of `source` that begins at `start`, of which each must be known. `pass` decides about a
    /// fault: it passes it on, or over.
    pub(super) fn read(
        source: &'s str,
        tag: &BytesStart,
        name: &'s str,
        start: usize,
        pass: impl Fn(Fault) -> Result<(), Fault>,
    ) -> Result<Self, Fault> {
        let known: &[&str] = match name {
            _ if !ELEMENTS.contains(&name) => return Ok(Self::none(name, start)),
            "speak" => &["version"],
            "break" => &["time", "strength"],
            "prosody" => &["rate", "volume"],
            "emphasis" => &["level"],
            "say-as" => &["interpret-as", "format", "detail"],
            "sub" => &["alias"],
            "phoneme" => &["alphabet", "ph"],
            "voice" | "mark" => &["name"],
            "audio" => &["src"],
            _ => &[],
        };
        let mut list = Vec::new();
        for attribute in tag.attributes() {
            let attribute = match attribute {
                Ok(attribute) => attribute,
                Err(error) => {
                    let (message, at) = attribute_fault(&error);
                    pass((MarkupProblem::Syntax(message.into()), start + 1 + at))?;
                    continue;
                }
            };
            let key = attribute.key.as_ref();
            let (Some(at), Cow::Borrowed(raw)) = (place(source, key), &attribute.value) else {
                continue;
            };
            let key = &source[at..at + key.len()];
            let value_at = place(source, raw).unwrap_or(at);
            let is_general = key.starts_with("xml:")
                || key == "xmlns"
                || key.starts_with("xmlns:")
                || key.starts_with("xsi:");
            if !is_general && !known.contains(&key) {
                let problem = MarkupProblem::UnknownAttribute {
                    element: name.into(),
                    attribute: key.into(),
                };
                pass((problem, at))?;
                continue;
            }
            let value = match unescape(raw) {
                Ok(value) => value.into_owned(),
                Err(error) => {
                    let problem = match error {
                        EscapeError::UnrecognizedEntity(_, name) => MarkupProblem::UnknownEntity(name),
                        error => MarkupProblem::Syntax(error.to_string()),
                    };
                    pass((problem, value_at))?;
                    raw.to_string()
                }
            };
            list.push((key, value, value_at));
        }
        Ok(Self {
            list,
            ..Self::none(name, start)
        })
    }

    pub(super) fn get(&self, name: &str) -> Option<(&str, usize)> {
        let found = self.list.iter().find(|(key, ..)| *key == name);
        found.map(|(_, value, at)| (value.as_str(), *at))
    }

    pub(super) fn need(&self, name: &'static str) -> Result<(&str, usize), Fault> {
        let missing = || MarkupProblem::MissingAttribute {
            element: self.element.into(),
            attribute: name,
        };
        self.get(name)
            .filter(|(value, _)| !value.trim().is_empty())
            .ok_or_else(|| (missing(), self.start))
    }

    /// The value of an attribute as `parse` understands it; `None` if there is no such attribute.
    pub(super) fn parse<T>(
        &self,
        name: &str,
        allowed: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        let Some((value, at)) = self.get(name) else {
            return Ok(None);
        };
        let bad = || MarkupProblem::BadValue {
            attribute: name.into(),
            value: value.chars().take(40).collect(),
            allowed,
        };
        parse(value).map(Some).ok_or_else(|| (bad(), at))
    }
}

/// What is wrong with an attribute, and where in its tag.
fn attribute_fault(error: &AttrError) -> (&'static str, usize) {
    match error {
        AttrError::Duplicated(at, _) => ("the attribute stands here twice", *at),
        AttrError::ExpectedEq(at)
        | AttrError::ExpectedValue(at)
        | AttrError::UnquotedValue(at)
        | AttrError::ExpectedQuote(at, _) => ("an attribute is written name=\"value\"", *at),
    }
}

/// Where a part of the source begins in it.
pub(super) fn place(source: &str, part: &str) -> Option<usize> {
    let at = (part.as_ptr() as usize).checked_sub(source.as_ptr() as usize)?;
    (at + part.len() <= source.len() && source.is_char_boundary(at)).then_some(at)
}

//! Forms that are said in a way of their own: "24/7", "C++", "9/11".
//!
//! A list, looked up by the first characters. Nothing here depends on what stands around but the edges of the word.

use super::reading::Reading;
use super::view::{View, is_edge};

/// What is written, and what is said.
const FORMS: &[(&str, &str)] = &[
    ("24/7", "twenty four seven"),
    ("24-7", "twenty four seven"),
    ("9/11", "nine eleven"),
    ("7/7", "seven seven"),
    ("50/50", "fifty fifty"),
    ("20/20", "twenty twenty"),
    ("9-5", "nine to five"),
    ("9-to-5", "nine to five"),
    ("4x4", "four by four"),
    ("2x4", "two by four"),
    ("401(k)", "four oh one K"),
    ("401k", "four oh one K"),
    ("C++", "C plus plus"),
    ("c++", "C plus plus"),
    ("g++", "G plus plus"),
    ("Notepad++", "Notepad plus plus"),
    ("C#", "C sharp"),
    ("F#", "F sharp"),
    ("G#", "G sharp"),
    ("D#", "D sharp"),
    ("A#", "A sharp"),
    (".NET", "dot net"),
    ("I/O", "I O"),
    ("i/o", "I O"),
    ("TCP/IP", "TCP IP"),
    ("N/A", "not applicable"),
    ("n/a", "not applicable"),
    ("a/c", "A.C"),
    ("A/C", "A.C"),
    ("A/B", "A.B"),
    ("w/", "with"),
    ("w/o", "without"),
    ("b/c", "because"),
    ("c/o", "care of"),
    ("s/he", "she or he"),
    ("he/she", "he or she"),
    ("his/her", "his or her"),
    ("him/her", "him or her"),
    ("they/them", "they them"),
    ("and/or", "and or"),
    ("yes/no", "yes no"),
    ("on/off", "on off"),
    ("R&D", "R and D"),
    ("Q&A", "Q and A"),
    ("AT&T", "A.T and T"),
    ("B&B", "B and B"),
    ("R&B", "R and B"),
    ("M&A", "M and A"),
    ("M&S", "M and S"),
    ("H&M", "H and M"),
    ("P&L", "P and L"),
    ("T&Cs", "T's and C's"),
    ("7-Eleven", "seven Eleven"),
    ("WW1", "World War one"),
    ("WWI", "World War one"),
    ("WW2", "World War two"),
    ("WWII", "World War two"),
    ("WW3", "World War three"),
    ("B2B", "B to B"),
    ("B2C", "B to C"),
    ("D2C", "D to C"),
    ("P2P", "P to P"),
    ("E2E", "end to end"),
    ("e2e", "end to end"),
    ("I18n", "I eighteen N"),
    ("i18n", "I eighteen N"),
    ("k8s", "Kubernetes"),
    ("K8s", "Kubernetes"),
    ("W3C", "W three C"),
    ("R2-D2", "R two D two"),
    ("C-3PO", "C three P.O"),
    ("3D", "three D"),
    ("2D", "two D"),
    ("<3", "love"),
    ("->", "to"),
    ("=>", "to"),
    ("!=", "is not equal to"),
    ("==", "equals equals"),
    ("<=", "is less than or equal to"),
    (">=", "is greater than or equal to"),
    ("&&", "and and"),
    ("1-on-1", "one on one"),
    ("1:1", "one to one"),
];

pub(super) fn read(view: &View<'_>) -> Option<Reading> {
    let text = view.rest();
    let found = FORMS
        .iter()
        .filter(|(form, _)| text.starts_with(form))
        .max_by_key(|(form, _)| form.len());
    let (form, words) = found?;
    let after = &text[form.len()..];
    let is_word = form.starts_with(char::is_alphanumeric);
    let goes_on = after.starts_with(['/', '-', '–', ':', '.', '@', '=', '>'])
        && after.chars().nth(1).is_some_and(|c| {
            c.is_ascii_digit() || (is_word && c.is_alphanumeric() && after.starts_with(['/', '.', '@']))
        });
    if is_word && (!view.is_number_start() || (form.ends_with(char::is_alphanumeric) && !is_edge(after))) {
        return None;
    }
    if !is_word && !matches!(view.previous(), None | Some(' ')) {
        return None;
    }
    (!goes_on).then(|| Reading::new(form.len(), *words))
}

//! The filter over the tables in `fixtures/text/markdown`, and what must hold for any text in any pieces.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::{CodeBlocks, CodeSpans, Links, MOST_HELD, MarkdownFilter, MarkdownOptions};
use crate::text::invariants;
use crate::text::plain::Plain;

fn filtered(text: &str, options: MarkdownOptions) -> Plain {
    let mut out = Plain::default();
    let mut filter = MarkdownFilter::new(options);
    filter.push(text, &mut out);
    filter.finish(&mut out);
    out
}

fn table(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/text/markdown");
    fs::read_to_string(path.join(name)).unwrap()
}

fn options(words: &str) -> MarkdownOptions {
    let mut options = MarkdownOptions::default();
    for word in words.split_whitespace() {
        match word {
            "spans=skipped" => options.code_spans = CodeSpans::Skipped,
            "blocks=spoken" => options.code_blocks = CodeBlocks::Spoken,
            "blocks=skipped" => options.code_blocks = CodeBlocks::Skipped,
            "links=address" => options.links = Links::TextAndAddress,
            other => panic!("no option: {other}"),
        }
    }
    options
}

#[test]
fn constructs_are_read_as_in_the_table() {
    let table = table("constructs.txt");
    let mut wrong = Vec::new();
    let mut cases = 0;
    for case in table.split("\n%% ").skip(1) {
        let (title, rest) = case.split_once('\n').unwrap();
        let (text, expected) = rest.split_once("%=\n").unwrap();
        let words = title.split_once('|').map_or("", |(_, words)| words);
        let out = filtered(text.strip_suffix('\n').unwrap_or(text), options(words));
        if out.text().trim_end() != expected.trim_end() {
            wrong.push(format!(
                "{title}\n{:?}\nnot {:?}",
                out.text(),
                expected.trim_end()
            ));
        }
        cases += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(cases >= 60, "{cases} cases");
}

#[test]
fn text_that_is_no_markdown_stays_as_it_is() {
    let table = table("plain.txt");
    let lines: Vec<&str> = table.lines().filter(|line| !line.starts_with("%%")).collect();
    assert!(lines.len() >= 60, "{} lines", lines.len());
    let changed: Vec<_> = lines
        .iter()
        .map(|line| (*line, filtered(line, MarkdownOptions::default())))
        .filter(|(line, out)| *line != out.text())
        .collect();
    assert!(changed.is_empty(), "{changed:#?}");
    for line in lines {
        assert_eq!(
            filtered(line, MarkdownOptions::default()).source(0..line.len()),
            0..line.len()
        );
    }
}

#[test]
fn words_are_traced_to_where_they_stand() {
    let text = "# A **bold** `code`\n- [text](http://x.org) &amp;";
    let out = filtered(text, MarkdownOptions::default());
    assert_eq!(out.text(), "A bold code\n\n• text &");
    for word in ["bold", "code", "text"] {
        let at = out.text().find(word).unwrap();
        assert_eq!(&text[out.source(at..at + word.len())], word);
    }
    let end = out.text().len();
    assert_eq!(&text[out.source(end - 1..end)], "&amp;");
    let bullet = out.text().find('•').unwrap();
    assert_eq!(&text[out.source(bullet..bullet + '•'.len_utf8())], "-");
}

/// What is written after each piece, before anything is finished.
fn steps(pieces: &[&str]) -> Vec<String> {
    let mut filter = MarkdownFilter::new(MarkdownOptions::default());
    let mut out = Plain::default();
    let mut written = 0;
    let mut step = |piece: &&str| {
        filter.push(piece, &mut out);
        let new = out.text()[written..].to_string();
        written = out.text().len();
        new
    };
    pieces.iter().map(&mut step).collect()
}

#[test]
fn only_what_may_still_change_is_held_back() {
    assert_eq!(steps(&["Hello ", "wor", "ld."]), ["Hello ", "wor", "ld."]);
    assert_eq!(steps(&["a *", "b", "*", " c"]), ["a ", "b", "", " c"]);
    assert_eq!(steps(&["2 *", " 3"]), ["2 ", "* 3"]);
    assert_eq!(steps(&["see [", "1", "]", " ok"]), ["see ", "", "", "[1] ok"]);
    assert_eq!(steps(&["#", "#", " A"]), ["", "", "A"]);
    assert_eq!(steps(&["#", "1"]), ["", "#1"]);
    assert_eq!(
        steps(&["``", "`py", "\n", "x\n", "``", "`\n", "y"]),
        ["", "", "code block\n\n", "", "", "", "y"]
    );
    assert_eq!(
        steps(&["**A long sentence", " in bold, ", "with a clause**", "."]),
        ["A long sentence", " in bold, ", "with a clause", "."],
        "emphasis is not waited for"
    );
}

#[test]
fn after_a_quiet_time_what_is_held_is_written_and_the_text_goes_on() {
    let mut filter = MarkdownFilter::new(MarkdownOptions::default());
    let mut out = Plain::default();
    filter.push("I saw [the ", &mut out);
    assert_eq!((out.text(), filter.held()), ("I saw ", "[the ".len()));
    filter.settle(&mut out);
    assert_eq!((out.text(), filter.held()), ("I saw [the ", 0));
    filter.push("**end**", &mut out);
    filter.finish(&mut out);
    assert_eq!(out.text(), "I saw [the end");
}

#[test]
fn what_needs_more_than_the_bound_is_plain_text() {
    let fits = "x".repeat(MOST_HELD - "[](u) ".len());
    let text = format!("[{fits}](u) end");
    assert_eq!(
        filtered(&text, MarkdownOptions::default()).text(),
        format!("{fits} end")
    );
    let long = format!("[{}](u) end", "x".repeat(MOST_HELD));
    assert_eq!(filtered(&long, MarkdownOptions::default()).text(), long);
    let mut filter = MarkdownFilter::new(MarkdownOptions::default());
    let mut out = Plain::default();
    for c in long.chars() {
        filter.push(c.encode_utf8(&mut [0; 4]), &mut out);
        assert!(filter.held() <= MOST_HELD);
    }
    assert!(filter.held() < 10, "{}", filter.held());
}

/// Texts made of Markdown, of what looks like it, and of what should not be in one.
fn mixed() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        4 => "[a-z0-9é字]{1,5}",
        4 => "[ ]{1,3}",
        3 => Just("\n".to_string()),
        6 => "[*_~`]{1,4}",
        2 => "[#>=+|-]{1,4} ?",
        2 => "[0-9]{1,3}[.)] ?",
        2 => "\\[[a-z*^ x]{0,4}\\](\\([a-z:/.]{0,6}\\)|\\[[a-z]{0,2}\\]|:)?",
        1 => "!\\[[a-z]{0,3}\\]\\(x\\)",
        1 => "(<|</)[a-z]{1,2}( [a-z]=\"[a-z]?\")?/?>",
        1 => prop_oneof![Just("<!-- "), Just("-->"), Just("&amp;"), Just("&#x41;"), Just("\\"), Just("\r\n"), Just("```\n"), Just("\n| a | b |\n|---|---|\n"), Just("https://a_b.c/_d_")].prop_map(String::from),
        1 => "[\\[\\](){}<>!&;:/\"'.,\\\\]",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

fn any_options() -> impl Strategy<Value = MarkdownOptions> {
    (any::<bool>(), 0..3, any::<bool>()).prop_map(|(spans, blocks, links)| MarkdownOptions {
        code_spans: if spans {
            CodeSpans::Spoken
        } else {
            CodeSpans::Skipped
        },
        code_blocks: [CodeBlocks::Notice, CodeBlocks::Spoken, CodeBlocks::Skipped][blocks as usize],
        links: if links { Links::Text } else { Links::TextAndAddress },
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_split_gives_the_same(text in mixed(), options in any_options(), cuts in prop::collection::vec(1..9_usize, 1..9)) {
        invariants::check_markdown(&text, options, &cuts);
    }

    #[test]
    fn any_unicode_is_filtered(text in any::<String>(), cuts in prop::collection::vec(1..4_usize, 1..3)) {
        invariants::check_markdown(&text, MarkdownOptions::default(), &cuts);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_long_text_is_cut_at_the_same_places(unit in "[a\\[(`|<*_~ \n-]{1,6}", cuts in prop::collection::vec(1..500_usize, 1..9)) {
        invariants::check_markdown(&unit.repeat(6000 / unit.len()), MarkdownOptions::default(), &cuts);
    }
}

#[test]
fn letters_of_text_without_code_links_and_tags_are_all_there() {
    let text =
        "# Head\n\nSome *text* with __all__ of ~~it~~.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| c | d |\n";
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    assert_eq!(
        letters(filtered(text, MarkdownOptions::default()).text()),
        letters(text)
    );
}

/// What is quadratic in the length of the text would take minutes here.
#[test]
fn endless_texts_are_filtered() {
    for unit in [
        "[", "[a](", "`", "` `` ", "*a ", "_a ", "<a ", "<!-", "<!-- ", "|a", "| a |\n", "> ", "- ", "#",
        "&a", "\\", "~~a ",
    ] {
        let text = unit.repeat(100_000 / unit.len());
        let out = filtered(&text, MarkdownOptions::default());
        out.check(&text);
    }
}

#[test]
fn lines_end_with_carriage_returns_too() {
    let text = "# A\r\n- b\r\n\r\n```sh\r\nc\r\n```\r\n| d |\r\n|---|\r\nTwo\r\n---\r\nlines\r\n";
    let unix = text.replace('\r', "");
    let read = |text| filtered(text, MarkdownOptions::default()).text().to_string();
    assert_eq!(read(text).replace('\r', ""), read(&unix));
}

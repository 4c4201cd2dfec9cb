//! The sentences of `fixtures/text/heteronyms.txt`: each has a word that is written like another one.

use super::*;
use crate::text::normalise::normalise;
use crate::text::plain::Plain;

const TABLE: &str = include_str!("../../../../fixtures/text/heteronyms.txt");

#[test]
fn words_that_are_written_alike_are_told_apart() {
    let accents = [English::load(Accent::American), English::load(Accent::British)];
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let [american, british, marked] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("three columns: {line}")
        };
        let [before, word, _] = marked.split('*').collect::<Vec<_>>()[..] else {
            panic!("one word in stars: {line}")
        };
        let british = if british.is_empty() { american } else { british };
        let text = normalise(&Plain::verbatim(&marked.replace('*', ""), 0))
            .text()
            .to_string();
        count += 1;
        for (english, expected) in accents.iter().zip([american, british]) {
            let place = before.len()..before.len() + word.len();
            let said = english
                .speak(&text)
                .into_iter()
                .find(|spoken| spoken.range == place);
            let said = said.map(|spoken| spoken.sound).unwrap_or_default();
            // A capital at the beginning adds a secondary stress to some; it is not what is tested here.
            if said != expected {
                let tokens = english.tokenizer.tokens(&text);
                let tags = english.tagger.tags(&text, &tokens);
                let tag = tokens.iter().zip(tags).find(|(token, _)| token.range == place);
                wrong.push(format!(
                    "{expected}, not {said} ({:?}): {marked}",
                    tag.map(|(_, tag)| tag)
                ));
            }
        }
    }
    assert!(count >= 60, "{count} sentences");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

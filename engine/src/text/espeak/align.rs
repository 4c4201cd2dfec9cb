//! Which phonemes belong to which word, where espeak-ng divides a clause into other words than are written.
//!
//! It joins words ("qu'est-ce que"), and makes several of a number. `mod.rs` knows what each written word would be by itself, and
//! asks here for the most similar division of what was said in the clause. Works on strings alone.

use std::ops::Range;

/// The most words that are joined, or made of one.
const MOST: usize = 12;

/// Written words (`0`) that stand for said words (`1`). One of both is a single word, unless nothing was said.
pub(super) type Group = (Range<usize>, Range<usize>);

/// Groups of `alone` (each written word as it sounds by itself) and `said` (the words of the clause), in order and
/// without a gap, so that the sounds of both differ as little as possible.
pub(super) fn align(alone: &[String], said: &[String]) -> Vec<Group> {
    // Most words are what they are alone: only what lies between those at both ends is a question.
    let same =
        |(a, b): &(&String, &String)| letters(std::slice::from_ref(a)) == letters(std::slice::from_ref(b));
    let head = alone.iter().zip(said).take_while(same).count();
    let (alone_left, said_left) = (&alone[head..], &said[head..]);
    let tail = alone_left
        .iter()
        .rev()
        .zip(said_left.iter().rev())
        .take_while(same)
        .count();
    let (rows, columns) = (alone_left.len() - tail, said_left.len() - tail);
    let between = divide(&alone_left[..rows], &said_left[..columns]);
    let one = |i: usize, j: usize| (i..i + 1, j..j + 1);
    let moved = |(a, b): Group| (a.start + head..a.end + head, b.start + head..b.end + head);
    let begin = (0..head).map(|i| one(i, i));
    let end = (0..tail).map(|i| one(head + rows + i, head + columns + i));
    begin.chain(between.into_iter().map(moved)).chain(end).collect()
}

/// The same, all of it by trying.
fn divide(alone: &[String], said: &[String]) -> Vec<Group> {
    let (rows, columns) = (alone.len(), said.len());
    let place = |row: usize, column: usize| row * (columns + 1) + column;
    // The least cost to come here, and from where.
    let mut best: Vec<Option<(usize, (usize, usize))>> = vec![None; (rows + 1) * (columns + 1)];
    best[0] = Some((0, (0, 0)));
    for row in 0..=rows {
        for column in 0..=columns {
            let Some((cost, _)) = best[place(row, column)] else {
                continue;
            };
            let one_to_many = (0..=MOST).map(|many| (1, many));
            let many_to_one = (2..=MOST).map(|many| (many, 1));
            let loose = [(0, 1)].into_iter();
            for (written, heard) in one_to_many.chain(many_to_one).chain(loose) {
                let (to_row, to_column) = (row + written, column + heard);
                if to_row > rows || to_column > columns {
                    continue;
                }
                let difference = distance(&alone[row..to_row], &said[column..to_column]);
                // Of equals the plainest division; sounds of no word are the last resort.
                let more = 4 * difference + written.abs_diff(heard) + if written == 0 { 1000 } else { 0 };
                let to = &mut best[place(to_row, to_column)];
                if to.is_none_or(|(known, _)| cost + more < known) {
                    *to = Some((cost + more, (row, column)));
                }
            }
        }
    }
    let mut groups = Vec::new();
    let mut at = (rows, columns);
    while at != (0, 0) {
        let Some((_, from)) = best[place(at.0, at.1)] else {
            break;
        };
        groups.push((from.0..at.0, from.1..at.1));
        at = from;
    }
    groups.reverse();
    groups
}

/// The sounds of words without their stress.
fn letters(words: &[String]) -> Vec<char> {
    let all = words.iter().flat_map(|word| word.chars());
    all.filter(|c| !matches!(c, 'ˈ' | 'ˌ' | ' ')).collect()
}

/// The number of characters to change, add or drop, spaces and stress apart (Levenshtein).
fn distance(a: &[String], b: &[String]) -> usize {
    // Types by name: on Apple's systems, those of objc2 add so many iterators that the compiler does not find them out.
    strsim::generic_levenshtein::<Vec<char>, Vec<char>, &char, &char>(&letters(a), &letters(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(String::from).collect()
    }

    #[test]
    fn words_that_were_joined_stay_together() {
        let alone = words("kɛs kə sɛ");
        assert_eq!(align(&alone, &words("kɛskˌə sɛ")), [(0..2, 0..1), (2..3, 1..2)]);
    }

    #[test]
    fn a_word_that_became_several_keeps_them() {
        let alone = vec!["an".into(), "mil nœf sɑ̃".into(), "fɛ̃".into()];
        let said = words("ɑ̃n mil nœfsɑ̃ fɛ̃");
        assert_eq!(align(&alone, &said), [(0..1, 0..1), (1..2, 1..3), (2..3, 3..4)]);
    }

    #[test]
    fn what_is_silent_or_comes_from_nowhere_is_told() {
        assert_eq!(align(&words("a b"), &words("a")), [(0..1, 0..1), (1..2, 1..1)]);
        assert_eq!(align(&[], &words("a")), [(0..0, 0..1)]);
        assert_eq!(align(&words("a"), &[]), [(0..1, 0..0)]);
    }
}

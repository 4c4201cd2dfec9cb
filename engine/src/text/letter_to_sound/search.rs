//! The most probable sounds of a word's letters: a beam search over the model, from the last letter to the first.
//!
//! Each letter in turn is given every set of sounds that it can stand for; of the ways that lead to the same n-gram with the
//! same number of primary stresses the cheapest goes on, and of all no more than [`BEAM`]. A second primary stress
//! is never tried, and a word without one only comes last. Costs are whole numbers, and equals have an order, so the
//! result is the same everywhere. Time grows with the number of letters, and nothing else.
//!
//! `artifacts/letter_to_sound/decoding.py` does the same; a table in `fixtures/text` holds both to it.

use super::model::{EDGE, Model, ROOT};

/// How many ways are followed at once. Six lose one word in a hundred, 24 gain one in five hundred.
const BEAM: usize = 12;

/// The letters so far with certain sounds.
#[derive(Clone, Copy)]
struct Way {
    cost: i32,
    /// The longest n-gram of the model that it ends in.
    node: u32,
    primaries: u8,
    /// The last step, counted in `steps`; none at the edge.
    step: Option<u32>,
}

struct Step {
    before: Option<u32>,
    graphone: u16,
}

/// The sounds of `letters`, which are small and ASCII.
pub(super) fn best(model: &Model, letters: &[u8]) -> String {
    let mut steps: Vec<Step> = Vec::new();
    let mut ways = vec![Way {
        cost: 0,
        node: 1 + u32::from(EDGE),
        primaries: 0,
        step: None,
    }];
    let mut next = Vec::new();
    for letter in letters.iter().rev() {
        next.clear();
        for way in &ways {
            extend(model, way, *letter, &mut next);
        }
        keep_best(&mut next);
        ways.clear();
        for (way, graphone) in &next {
            let step = u32::try_from(steps.len()).ok();
            steps.push(Step {
                before: way.step,
                graphone: *graphone,
            });
            ways.push(Way { step, ..*way });
        }
    }
    let end = |way: &Way| {
        let cost = continuations(model, way.node, EDGE..EDGE + 1)
            .next()
            .map_or(0, |(more, _)| more);
        (way.primaries != 1, way.cost + cost, way.node)
    };
    let mut sounds = String::new();
    let mut step = ways.iter().min_by_key(|way| end(way)).and_then(|way| way.step);
    while let Some(Step { before, graphone }) = step.and_then(|step| steps.get(step as usize)) {
        sounds.push_str(&model.graphones[usize::from(*graphone)].sounds);
        step = *before;
    }
    sounds
}

/// Adds the ways that lead on from `way` with a letter, each with its new graphone. What was before stays its `step`.
fn extend(model: &Model, way: &Way, letter: u8, next: &mut Vec<(Way, u16)>) {
    let begin = next.len();
    for (more, node) in continuations(model, way.node, model.graphones_of(letter)) {
        let graphone = model.node(node).last;
        let primaries = way.primaries + model.graphones[usize::from(graphone)].primaries;
        // The first is that of the longest n-gram.
        if primaries <= 1 && next[begin..].iter().all(|(_, known)| *known != graphone) {
            let cost = way.cost + more;
            next.push((
                Way {
                    cost,
                    node,
                    primaries,
                    step: way.step,
                },
                graphone,
            ));
        }
    }
}

/// How `node` goes on with some graphones, and at what cost: first what is known of the n-gram itself, then of its ends, which
/// may say the same graphone again.
fn continuations(
    model: &Model,
    node: u32,
    graphones: std::ops::Range<u16>,
) -> impl Iterator<Item = (i32, u32)> {
    let mut backed_off = 0;
    let mut from = Some(node);
    let chain = std::iter::from_fn(move || {
        let node = from?;
        let here = (node, backed_off);
        let known = model.node(node);
        backed_off += i32::from(known.backoff);
        from = (node != ROOT).then_some(known.suffix);
        Some(here)
    });
    chain.flat_map(move |(node, backed_off)| {
        let children = model.children(node, graphones.clone());
        children.map(move |(at, child)| (backed_off + i32::from(child.cost), at))
    })
}

/// The cheapest way to each n-gram and number of stresses, and of these the cheapest, in order.
fn keep_best(next: &mut Vec<(Way, u16)>) {
    // The sort is stable: of equals the one that came first wins.
    next.sort_by_key(|(way, _)| (way.cost, way.node, way.primaries));
    let mut kept = 0;
    for at in 0..next.len() {
        let way = next[at].0;
        let is_known = |(known, _): &(Way, u16)| (known.node, known.primaries) == (way.node, way.primaries);
        if !next[..kept].iter().any(is_known) {
            next.swap(kept, at);
            kept += 1;
        }
        if kept == BEAM {
            break;
        }
    }
    next.truncate(kept);
}

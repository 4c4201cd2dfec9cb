//! What the letter-to-sound model knows, read from the file that `artifacts/letter_to_sound` trains.
//!
//! An n-gram here is a row of letters with the sounds that each stands for ("graphones"), from the end of a word to its
//! beginning; the model says how probable each is behind those before it. `search` walks it. The file is part of
//! the program (`model.bin`, its layout is told in `artifacts/letter_to_sound/model_file.py`); an accent is unpacked when the
//! first word asks for it, into 3 MB, and kept.

use std::ops::Range;
use std::sync::OnceLock;

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use crate::text::language::Accent;

static FILE: &[u8] = include_bytes!("model.bin");
const MAGIC: &[u8] = b"UTTERL2S";
/// More than an accent has, unpacked.
const MOST_BYTES: usize = 1 << 24;
const BACKOFF_ZERO: u8 = 32;
/// The n-gram of no letters, from which all others begin.
pub(super) const ROOT: u32 = 0;
/// The graphone that stands before and behind every word.
pub(super) const EDGE: u16 = 0;

/// A letter with the sounds that it stands for.
#[derive(Debug)]
pub(super) struct Graphone {
    pub(super) sounds: String,
    /// How many of them have the primary stress.
    pub(super) primaries: u8,
}

/// An n-gram.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    /// The n-gram without its first graphone, or the longest end of it that there is.
    pub(super) suffix: u32,
    /// The first of the n-grams that go on from it; the next node's `children` is behind the last.
    children: u32,
    pub(super) last: u16,
    /// -ln P(last | those before), in the file's steps.
    pub(super) cost: u8,
    /// What is added where it is not known how it goes on, and its suffix is asked instead.
    pub(super) backoff: i8,
}

/// The n-grams of one accent.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) graphones: Vec<Graphone>,
    /// The graphones of each letter from a to z.
    letters: [Range<u16>; 26],
    nodes: Vec<Node>,
}

impl Model {
    /// The model of an accent. The first call unpacks it.
    pub(super) fn of(accent: Accent) -> &'static Self {
        static AMERICAN: OnceLock<Model> = OnceLock::new();
        static BRITISH: OnceLock<Model> = OnceLock::new();
        let (slot, place) = match accent {
            Accent::American => (&AMERICAN, 0),
            Accent::British => (&BRITISH, 1),
        };
        slot.get_or_init(|| {
            let model = unpack(FILE, place).and_then(|bytes| Self::parse(&bytes));
            // Without one, words are silent here, and their owner spells them. A test sees that there is one.
            model.unwrap_or_else(|| Self {
                graphones: Vec::new(),
                letters: std::array::from_fn(|_| 0..0),
                nodes: Vec::new(),
            })
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub(super) fn node(&self, at: u32) -> &Node {
        &self.nodes[at as usize]
    }

    /// The graphones of a small letter.
    pub(super) fn graphones_of(&self, letter: u8) -> Range<u16> {
        self.letters[usize::from(letter - b'a')].clone()
    }

    /// The n-grams that go on from `node` with one of these graphones.
    pub(super) fn children(&self, node: u32, graphones: Range<u16>) -> impl Iterator<Item = (u32, &Node)> {
        let at = node as usize;
        let first = self.nodes[at].children as usize;
        let children = &self.nodes[first..self.nodes[at + 1].children as usize];
        let skipped = children.partition_point(|child| child.last < graphones.start);
        let found = children[skipped..]
            .iter()
            .take_while(move |child| child.last < graphones.end);
        ((first + skipped) as u32..).zip(found)
    }

    /// `None` for anything that the trainer did not write.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut bytes = Bytes(bytes);
        let count = bytes.u16()?;
        let mut graphones = Vec::with_capacity(usize::from(count));
        let mut letters: [Range<u16>; 26] = std::array::from_fn(|_| 0..0);
        for at in 0..count {
            let [letter, length] = *bytes.take(2)? else {
                return None;
            };
            let sounds = str::from_utf8(bytes.take(usize::from(length))?).ok()?.to_string();
            let primaries = sounds.matches(super::PRIMARY).count() as u8;
            graphones.push(Graphone { sounds, primaries });
            if letter.is_ascii_lowercase() {
                let of = &mut letters[usize::from(letter - b'a')];
                *of = if of.start == of.end {
                    at..at + 1
                } else {
                    of.start..at + 1
                };
            }
        }
        let nodes = bytes.nodes(u32::from(count))?;
        let mut model = Self {
            graphones,
            letters,
            nodes,
        };
        model.link()?;
        Some(model)
    }

    /// Finds the suffix of every n-gram.
    fn link(&mut self) -> Option<()> {
        // Those of one graphone have the root.
        for parent in 1..self.nodes.len() - 1 {
            let children = self.nodes[parent].children..self.nodes[parent + 1].children;
            for child in children {
                let graphone = self.nodes.get(child as usize)?.last;
                let mut shorter = self.nodes[parent].suffix;
                let suffix = loop {
                    let found = self.children(shorter, graphone..graphone + 1).next();
                    match found {
                        Some((suffix, _)) => break suffix,
                        None if shorter == ROOT => return None,
                        None => shorter = self.nodes[shorter as usize].suffix,
                    }
                };
                self.nodes[child as usize].suffix = suffix;
            }
        }
        Some(())
    }
}

/// What the file holds of its accent number `place`.
fn unpack(file: &[u8], place: usize) -> Option<Vec<u8>> {
    let mut bytes = Bytes(file.strip_prefix(MAGIC)?);
    for _ in 0..place {
        let size = bytes.u32()?;
        bytes.take(size as usize)?;
    }
    let size = bytes.u32()?;
    decompress_to_vec_zlib_with_limit(bytes.take(size as usize)?, MOST_BYTES).ok()
}

/// Reads from the front of what is left.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, left) = self.0.split_at_checked(count)?;
        self.0 = left;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    /// The root, all n-grams in the order of the file, and one behind the last that ends its children.
    fn nodes(&mut self, graphones: u32) -> Option<Vec<Node>> {
        let levels = usize::from(*self.take(1)?.first()?);
        let sizes: Vec<usize> = (0..levels)
            .map(|_| self.u32().map(|size| size as usize))
            .collect::<Option<_>>()?;
        let node = |last, cost, backoff, children| Node {
            suffix: ROOT,
            children,
            last,
            cost,
            backoff,
        };
        let mut nodes = vec![node(EDGE, 0, 0, 1)];
        let mut next = 1 + graphones;
        for size in sizes {
            let mut plane = || self.take(size);
            let planes = [plane()?, plane()?, plane()?, plane()?, plane()?, plane()?];
            let [low, high, costs, backoffs, few, many] = planes;
            for i in 0..size {
                let backoff = backoffs[i] as i8 - BACKOFF_ZERO as i8;
                nodes.push(node(
                    u16::from_le_bytes([low[i], high[i]]),
                    costs[i],
                    backoff,
                    next,
                ));
                next += u32::from(u16::from_le_bytes([few[i], many[i]]));
            }
        }
        nodes.push(node(EDGE, 0, 0, next));
        // Every n-gram is somebody's child, and the file ends here.
        let whole = next as usize == nodes.len() - 1
            && nodes.iter().all(|node| u32::from(node.last) < graphones)
            && self.0.is_empty();
        whole.then_some(nodes)
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    /// Of the file that `python -m letter_to_sound train` writes; `artifacts/README.md` has its figures.
    const SHA_256: &str = "394d1c7ad46e396e556505531e52bc9314f4e289ac02b3901d692aa616268084";

    #[test]
    fn the_file_is_the_one_that_was_judged_and_is_below_a_megabyte() {
        let hash: String = Sha256::digest(FILE)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hash, SHA_256);
        assert!(FILE.len() < 1_000_000, "{}", FILE.len());
    }

    #[test]
    fn both_accents_are_in_it() {
        for accent in [Accent::American, Accent::British] {
            let model = Model::of(accent);
            assert_eq!(model.graphones[usize::from(EDGE)].sounds, "");
            // Every letter can be read, and the whole of the alphabet is covered without a gap.
            let mut end = 1;
            for letter in b'a'..=b'z' {
                let of = model.graphones_of(letter);
                assert_eq!(of.start, end, "{}", char::from(letter));
                assert!(of.start < of.end, "{}", char::from(letter));
                end = of.end;
            }
            assert_eq!(usize::from(end), model.graphones.len());
        }
    }

    #[test]
    fn what_is_damaged_is_refused() {
        let Some(bytes) = unpack(FILE, 0) else {
            panic!("unpacked")
        };
        assert!(Model::parse(&bytes).is_some());
        assert!(Model::parse(&bytes[..bytes.len() - 1]).is_none(), "too short");
        assert!(Model::parse(&[&bytes[..], &[0]].concat()).is_none(), "too long");
        assert!(Model::parse(&[]).is_none());
        assert!(unpack(&FILE[..FILE.len() - 1], 1).is_none());
        assert!(unpack(FILE, 2).is_none(), "no third accent");
        assert!(unpack(b"something else", 0).is_none());
    }
}

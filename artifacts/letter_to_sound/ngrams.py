"""How probable a letter with its sounds is after those before it: an n-gram model with interpolated Kneser-Ney smoothing,
pruned to a size.

The unit ("graphone") is a letter with the sounds that it stands for. M. Bisani and H. Ney, "Joint-sequence models for
grapheme-to-phoneme conversion", Speech Communication 50, 2008, is what this follows; smoothing as in S. F. Chen and J. Goodman, "An
empirical study of smoothing techniques for language modeling", 1998, with one discount for counts of one, two and more;
pruning as in K. Seymore and R. Rosenfeld, "Scalable backoff language models", 1996.

A level holds all n-grams of one length, ordered by what comes before their last graphone, then by that. Levels are what
`model_file` writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: The number of the graphone that stands before every word and behind it.
EDGE = 0


@dataclass
class Level:
    """N-grams of one length. `parent` is the place of all but the last graphone in the level before, `suffix` that of
    all but the first; `raw` is how often it occurs; `p` its probability after its parent; `backoff` what the
    probabilities of shorter n-grams count for where none goes on from here.
    """

    parent: np.ndarray
    last: np.ndarray
    suffix: np.ndarray
    raw: np.ndarray
    count: np.ndarray
    p: np.ndarray
    backoff: np.ndarray

    def __len__(self) -> int:
        return len(self.last)


def train(words: Sequence[Sequence[int]], graphones: int, order: int) -> list[Level]:
    """Levels 1 to `order` from words as numbers of graphones. Level 1 has one n-gram for each of the graphones."""
    levels = _count(words, graphones, order)
    for level in levels:
        level.p = np.zeros(len(level))
        level.backoff = np.ones(len(level))
    _smooth(levels)
    return levels


def _count(words: Sequence[Sequence[int]], graphones: int, order: int) -> list[Level]:
    text = np.array([g for word in words for g in (EDGE, *word, EDGE)])
    lengths = np.array([len(word) + 2 for word in words])
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    place = np.arange(len(text)) - starts  # in its word
    none = np.zeros(graphones, np.int64)
    raw = np.bincount(text[place > 0], minlength=graphones)
    levels = [Level(none, np.arange(graphones), none, raw, raw, none, none)]
    number = text  # of the n-gram that ends at each place, in its level
    for length in range(2, order + 1):
        ends = np.flatnonzero(place >= length - 1)
        key = number[ends - 1].astype(np.int64) * graphones + text[ends]
        distinct, first, inverse, raw = np.unique(
            key, return_index=True, return_inverse=True, return_counts=True
        )
        parent, last = np.divmod(distinct, graphones)
        suffix = number[ends[first]]
        longer = np.full(len(text), -1)
        longer[ends] = inverse
        levels.append(Level(parent, last, suffix, raw, raw, parent, parent))
        number = longer
    _count_continuations(levels)
    return levels


def _count_continuations(levels: list[Level]) -> None:
    """Of all n-grams but the longest it matters behind how many different graphones they occur, not how often. Before
    the edge of the word there is nothing, so those that begin there keep their count.
    """
    at_edge = np.arange(len(levels[0])) == EDGE
    for depth, (level, longer) in enumerate(zip(levels, levels[1:])):
        counted = np.bincount(longer.suffix, minlength=len(level))
        if depth:
            at_edge = at_edge[level.parent]
            counted = np.where(at_edge, level.raw, counted)
        level.count = counted


def _smooth(levels: list[Level]) -> None:
    first = levels[0]
    # Every graphone may come, seldom as it may be.
    first.p = (first.count + 0.1) / (first.count + 0.1).sum()
    for shorter, level in zip(levels, levels[1:]):
        discount = _discounts(level.count)
        total = np.bincount(level.parent, level.count, len(shorter))
        taken = discount[np.minimum(level.count, 3)]
        given = np.bincount(level.parent, taken, len(shorter))
        seen = total > 0
        shorter.backoff = np.where(seen, given / np.where(seen, total, 1), 1.0)
        own = (level.count - taken) / np.maximum(total[level.parent], 1)
        level.p = own + shorter.backoff[level.parent] * shorter.p[level.suffix]


def _discounts(count: np.ndarray) -> np.ndarray:
    """What counts of 0, 1, 2 and more lose."""
    n = np.bincount(np.minimum(count, 5), minlength=6).astype(float)
    if not n[1:5].all():  # Too few words for the formula.
        return np.array([0, 0.5, 0.5, 0.5])
    y = n[1] / (n[1] + 2 * n[2])
    return np.array([0, 1 - 2 * y * n[2] / n[1], 2 - 3 * y * n[3] / n[2], 3 - 4 * y * n[4] / n[3]])


def prune(levels: list[Level], keep: int) -> list[Level]:
    """The same with about `keep` n-grams: those without which the words of the dictionary would become most improbable. What
    others go on from stays.
    """
    total = levels[0].raw.sum()
    gains = [np.full(len(levels[0]), np.inf)]
    for shorter, level in zip(levels, levels[1:]):
        without = shorter.backoff[level.parent] * shorter.p[level.suffix]
        gains.append(np.abs(level.raw / total * (np.log(level.p) - np.log(without))))
    # An n-gram is worth at least as much as the best that goes on from it.
    for shorter, level, at in reversed(list(zip(gains, gains[1:], range(1, len(gains))))):
        np.maximum.at(shorter, levels[at].parent, level)
    bar = np.sort(np.concatenate(gains))[-min(keep, sum(map(len, levels)))]
    return _select(levels, [gain >= bar for gain in gains])


def _select(levels: list[Level], kept: list[np.ndarray]) -> list[Level]:
    selected, parents = [], np.zeros(1, np.int64)
    for depth, (level, keep) in enumerate(zip(levels, kept)):
        renumbered = np.cumsum(keep) - 1
        parent = parents[level.parent[keep]] if depth else level.parent[keep]
        selected.append(
            Level(
                parent,
                level.last[keep],
                level.suffix[keep],
                level.raw[keep],
                level.count[keep],
                level.p[keep],
                level.backoff[keep],
            )
        )
        parents = renumbered
    _rebalance(levels, kept, selected)
    return selected


def _rebalance(levels: list[Level], kept: list[np.ndarray], selected: list[Level]) -> None:
    """Makes the probabilities after each n-gram sum to one again, from the shortest on."""
    shorter_p = levels[0].p  # of every n-gram of the level, as the pruned model has it
    for depth in range(1, len(levels)):
        level, shorter, keep = levels[depth], levels[depth - 1], kept[depth]
        parent, below = level.parent[keep], shorter_p[level.suffix[keep]]
        own = np.bincount(parent, level.p[keep], len(shorter))
        covered = np.bincount(parent, below, len(shorter))
        # Rounding can leave less than nothing.
        backoff = np.maximum(1 - own, 1e-6) / np.maximum(1 - covered, 1e-6)
        backoff = np.where(np.bincount(parent, minlength=len(shorter)) > 0, backoff, 1.0)
        selected[depth - 1].backoff = backoff[kept[depth - 1]]
        backed = backoff[level.parent] * shorter_p[level.suffix]
        shorter_p = np.where(keep, level.p, backed)
    selected[-1].backoff = np.ones(len(selected[-1]))

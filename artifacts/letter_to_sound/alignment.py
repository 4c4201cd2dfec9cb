"""Which sounds each letter of a word stands for, found by expectation maximisation over all words at once.

Every letter gets no, one or two sounds ("ph": p is f, h is silent; "x": k and s). The model is the simplest there is: the
probability of sounds given their letter, as in S. Deligne, F. Yvon and F. Bimbot, "Variable-length sequence matching for
phonetic transcription using joint multigrams", 1995. All words of a length are worked off together as arrays.
"""

from collections.abc import Sequence

import numpy as np

from .words import Word

ROUNDS = 8
LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SILENT, _ONE, _TWO = range(3)
#: What one more sound for a letter costs before anything is known.
_FIRST_GUESS = (0.3, 0.6, 0.1)
_TINY = 1e-12

#: The sounds of each letter of a word, in order.
Alignment = list[tuple[str, ...]]


class _Batch:
    """Words with the same number of letters, as arrays: letters (w, n), sounds (w, m) padded with `pad`."""

    def __init__(self, places: list[int], words: Sequence[Word], number: dict[str, int]):
        self.places, pad = places, len(number)
        self.letters = np.array([[ord(c) - 97 for c in words[i].letters] for i in places])
        self.lengths = np.array([len(words[i].sounds) for i in places])
        self.sounds = np.full((len(places), int(self.lengths.max())), pad)
        for row, i in enumerate(places):
            self.sounds[row, : self.lengths[row]] = [number[s] for s in words[i].sounds]
        first, second = self.sounds[:, :-1], self.sounds[:, 1:]
        wide = pad + 1
        at = self.letters.T[:, :, None]
        # Places in the flat tables, each (n, w, …).
        self.cells = (self.letters.T, at * wide + self.sounds, (at * wide + first) * wide + second)


class _Table:
    """P(sounds | letter), as three flat arrays by the number of sounds. Padding has no probability."""

    def __init__(self, sounds: int):
        wide = sounds + 1
        self.sizes = (26, 26 * wide, 26 * wide * wide)
        one = np.ones((26, wide))
        one[:, -1] = 0
        two = one[:, :, None] * one[:, None, :]
        self.parts = [np.full(26, _FIRST_GUESS[_SILENT]), one.ravel() * _FIRST_GUESS[_ONE] / sounds]
        self.parts.append(two.ravel() * _FIRST_GUESS[_TWO] / sounds**2)

    def reestimate(self, counts: list[np.ndarray]) -> None:
        total = sum(c.reshape(26, -1).sum(axis=1) for c in counts)
        total = np.maximum(total, _TINY)[:, None]
        self.parts = [(c.reshape(26, -1) / total).ravel() for c in counts]


def align(words: Sequence[Word]) -> list[Alignment | None]:
    """The alignment of every word; `None` where there are more than two sounds for each letter."""
    sounds = sorted({sound for word in words for sound in word.sounds})
    number = {sound: i for i, sound in enumerate(sounds)}
    by_length: dict[int, list[int]] = {}
    for i, word in enumerate(words):
        if len(word.sounds) <= 2 * len(word.letters):
            by_length.setdefault(len(word.letters), []).append(i)
    batches = [_Batch(places, words, number) for _, places in sorted(by_length.items())]
    table = _Table(len(sounds))
    for _ in range(ROUNDS):
        counts = [np.zeros(size) for size in table.sizes]
        for batch in batches:
            _count(batch, table, counts)
        table.reestimate(counts)
    found: list[Alignment | None] = [None] * len(words)
    for batch in batches:
        taken = _best(batch, table)
        for row, place in enumerate(batch.places):
            if taken[row] is not None:
                cuts = np.concatenate(([0], np.cumsum(taken[row])))
                of = words[place].sounds
                found[place] = [of[cuts[i] : cuts[i + 1]] for i in range(len(cuts) - 1)]
    return found


def _arcs(batch: _Batch, table: _Table, letter: int) -> list[np.ndarray]:
    """The probabilities of no, one and two sounds for a letter, at each place among the sounds."""
    silent = table.parts[_SILENT][batch.cells[_SILENT][letter]][:, None]
    return [silent, table.parts[_ONE][batch.cells[_ONE][letter]], table.parts[_TWO][batch.cells[_TWO][letter]]]


def _forward(batch: _Batch, table: _Table) -> np.ndarray:
    letters, (words, sounds) = batch.letters.shape[1], batch.sounds.shape
    reached = np.zeros((letters + 1, words, sounds + 1))
    reached[0, :, 0] = 1
    for i in range(letters):
        silent, one, two = _arcs(batch, table, i)
        reached[i + 1] = reached[i] * silent
        reached[i + 1, :, 1:] += reached[i, :, :-1] * one
        reached[i + 1, :, 2:] += reached[i, :, :-2] * two
    return reached


def _count(batch: _Batch, table: _Table, counts: list[np.ndarray]) -> None:
    """Adds to `counts` how often each letter is expected to have stood for which sounds."""
    reached = _forward(batch, table)
    rows = np.arange(len(batch.places))
    total = reached[-1, rows, batch.lengths]
    left = np.zeros_like(reached[0])
    left[rows, batch.lengths] = 1 / np.maximum(total, 1e-300)
    for i in reversed(range(batch.letters.shape[1])):
        silent, one, two = _arcs(batch, table, i)
        shares = (
            (reached[i] * silent * left).sum(axis=1),
            reached[i, :, :-1] * one * left[:, 1:],
            reached[i, :, :-2] * two * left[:, 2:],
        )
        for sounds, share in enumerate(shares):
            cells = batch.cells[sounds][i]
            counts[sounds] += np.bincount(cells.ravel(), share.ravel(), minlength=counts[sounds].size)
        before = left * silent
        before[:, :-1] += left[:, 1:] * one
        before[:, :-2] += left[:, 2:] * two
        left = before


def _best(batch: _Batch, table: _Table) -> list[np.ndarray | None]:
    """How many sounds each letter takes on the most probable way. Of equals the one with the shorter sounds wins."""
    letters, (words, sounds) = batch.letters.shape[1], batch.sounds.shape
    best = np.zeros((words, sounds + 1))
    best[:, 0] = 1
    choices = np.zeros((letters, words, sounds + 1), np.int8)
    for i in range(letters):
        silent, one, two = _arcs(batch, table, i)
        ways = np.zeros((3, words, sounds + 1))
        ways[0] = best * silent
        ways[1, :, 1:] = best[:, :-1] * one
        ways[2, :, 2:] = best[:, :-2] * two
        # Rounded to a part in a thousand million, so that no processor's last bit decides between equals.
        choices[i] = np.argmax(ways * (1 - 1e-9 * np.arange(3)[:, None, None]), axis=0)
        best = ways.max(axis=0)
    found: list[np.ndarray | None] = []
    for row in range(words):
        if best[row, batch.lengths[row]] <= 0:
            found.append(None)
            continue
        at, taken = int(batch.lengths[row]), np.zeros(letters, int)
        for i in reversed(range(letters)):
            taken[i] = choices[i, row, at]
            at -= taken[i]
        found.append(taken)
    return found

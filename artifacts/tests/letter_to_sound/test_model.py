"""The letter-to-sound model: that its file is what training gives, and each step on words small enough to check by hand."""

import unittest

import numpy as np

from letter_to_sound import alignment, evaluation, fixture, model_file, ngrams, training, words
from letter_to_sound.decoding import Decoder
from letter_to_sound.words import Word


def word(letters: str, sounds: str) -> Word:
    return Word(letters, words.units(sounds), False)


SMALL = [
    word(letters, sounds)
    for letters, sounds in (
        ("cat", "kˈæt"),
        ("cats", "kˈæts"),
        ("fax", "fˈæks"),
        ("tax", "tˈæks"),
        ("fact", "fˈækt"),
        ("phat", "fˈæt"),
        ("path", "pˈæθ"),
        ("that", "ðˈæt"),
        ("act", "ˈækt"),
    )
]


class TheFile(unittest.TestCase):
    def test_is_what_training_gives(self):
        contents = training.train(words.folder())
        # What zlib makes of it may differ between its versions.
        self.assertEqual(contents, model_file.unpack(model_file.PATH.read_bytes()))

    def test_made_the_table_of_the_engine(self):
        before = fixture.PATH.read_text(encoding="utf-8")
        self.assertEqual(fixture.text(words.folder()), before)


class Steps(unittest.TestCase):
    def test_a_sound_is_a_vowel_with_its_stress_and_length(self):
        self.assertEqual(words.units("fˈɑːðə"), ("f", "ˈɑː", "ð", "ə"))

    def test_a_twentieth_of_the_words_is_held_out_whatever_their_accent(self):
        held_out = [letters for letters in ("cat", "outcompete") if word(letters, "t").is_held_out]
        self.assertEqual(held_out, ["outcompete"])

    def test_letters_get_their_sounds(self):
        found = dict(zip((w.letters for w in SMALL), alignment.align(SMALL)))
        self.assertEqual(found["fax"], [("f",), ("ˈæ",), ("k", "s")])
        self.assertEqual(found["cats"], [("k",), ("ˈæ",), ("t",), ("s",)])
        self.assertEqual(alignment.align([word("a", "kæt")]), [None])

    def test_probabilities_after_every_n_gram_sum_to_one(self):
        rows = [[1, 2, 3], [1, 2, 4], [1, 2, 3], [2, 2, 3], [4, 1, 2], [3, 3], [5, 1], [1, 4, 2, 3], [2, 5]] * 2
        rows += [[1, 3], [4, 4], [2, 3, 4, 5]]
        for keep in (10_000, 40):
            levels = ngrams.prune(ngrams.train(rows, 6, 4), keep)
            for depth in range(1, 4):
                for parent in np.unique(levels[depth].parent):
                    total = sum(probability(levels, depth, parent, graphone) for graphone in range(6))
                    self.assertAlmostEqual(total, 1, places=6)

    def test_a_small_model_learns_its_words(self):
        content = training.train_on(SMALL * training.SELDOM, 4, 10_000)
        decoder = Decoder(model_file.parse(content))
        self.assertEqual(model_file.unpack(model_file.pack([content, b"x"])), [content, b"x"])
        for one in SMALL:
            self.assertEqual(decoder.decode(one.letters), "".join(one.sounds))

    def test_scores_count_sounds_and_words(self):
        said = evaluation.score([word("fact", "fˈækt"), word("cat", "kˈæt")], ["fækt", "kˈæs"])
        self.assertEqual((said.words, said.stressed_words), (50, 0))
        self.assertAlmostEqual(said.sounds, 100 / 7)
        self.assertAlmostEqual(said.stressed_sounds, 200 / 7)

    def test_espeak_writes_other_symbols(self):
        self.assertEqual(evaluation.from_espeak("t͡ʃˈɛɹi", "us"), "ʧˈɛɹi")
        self.assertEqual(evaluation.from_espeak("ɡˈə͡ʊt", "gb"), "ɡˈQt")
        self.assertEqual(evaluation.from_espeak("bˈʌʔn̩", "us"), "bˈʌtn")


def probability(levels: list[ngrams.Level], depth: int, parent: int, graphone: int) -> float:
    """P(graphone | the n-gram at `parent` of the level before `depth`), as a reader of the model finds it. Suffixes are
    found by their graphones, since pruning renumbers them."""
    path = []
    for level in reversed(levels[:depth]):
        path.insert(0, int(level.last[parent]))
        parent = level.parent[parent]
    factor = 1.0
    while True:
        at = find(levels, [*path, graphone])
        if at is not None:
            return factor * levels[len(path)].p[at]
        here = find(levels, path)
        factor *= 1.0 if here is None else levels[len(path) - 1].backoff[here]
        path = path[1:]


def find(levels: list[ngrams.Level], path: list[int]) -> int | None:
    at = 0
    for depth, graphone in enumerate(path):
        level = levels[depth]
        of = np.flatnonzero((level.last == graphone) & ((level.parent == at) | (depth == 0)))
        if not len(of):
            return None
        at = int(of[0])
    return at


if __name__ == "__main__":
    unittest.main()

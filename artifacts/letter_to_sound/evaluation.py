"""How often the model is right about words that it never saw, beside espeak-ng on the same words.

A word is right if all its sounds are; the error of sounds is the number of sounds to change, add or drop, in hundredths of those
that there should be. What differs in the notation only (a flapped t, the weakest vowels) counts as equal. With stress,
a vowel with another stress is another sound.

espeak-ng is run as a program, if it is installed: it is under the GPL, and nothing of Utter is linked with it. Its sounds are
written in misaki's symbols, as misaki's own `EspeakFallback` does.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import model_file
from .decoding import Decoder
from .words import ACCENTS, STRESSES, Word, final, read, units

_SAME = str.maketrans({"T": "t", "ᵻ": "ɪ", "ᵊ": "ə"})
_ESPEAK_VOICES = {"us": "en-us", "gb": "en-gb"}
_TIE = "\u0361"
_SYLLABIC = "\u0329"
#: Symbols of espeak-ng and what misaki writes for them, the longest first.
_ESPEAK_SYMBOLS = {
    "ʔˌn\u0329": "ʔn",
    "ʔn\u0329": "ʔn",
    "a^ɪ": "I",
    "a^ʊ": "W",
    "d^ʒ": "ʤ",
    "e^ɪ": "A",
    "t^ʃ": "ʧ",
    "ɔ^ɪ": "Y",
    "ə^l": "ᵊl",
    "ʲo": "jo",
    "ʲə": "jə",
    "e": "A",
    "ʲ": "",
    "ɚ": "əɹ",
    "r": "ɹ",
    "x": "k",
    "ç": "k",
    "ɐ": "ə",
    "ɬ": "l",
    "\u0303": "",
}
_ACCENT_SYMBOLS = {
    "us": {"o^ʊ": "O", "ɜːɹ": "ɜɹ", "ɜː": "ɜɹ", "ɪə": "iə", "ː": ""},
    "gb": {"e^ə": "ɛː", "iə": "ɪə", "ə^ʊ": "Q"},
}


@dataclass(frozen=True)
class Score:
    """Shares of a hundred, without and with stress."""

    sounds: float
    words: float
    stressed_sounds: float
    stressed_words: float

    def __str__(self) -> str:
        return (
            f"{self.sounds:5.2f} % of sounds wrong, {self.words:5.2f} % of words right; "
            f"with stress {self.stressed_sounds:5.2f} % and {self.stressed_words:5.2f} %"
        )


def score(words: Sequence[Word], said: Sequence[str]) -> Score:
    """The score of what was said for words."""
    total, wrong, right = 0, [0, 0], [0, 0]
    for word, sounds in zip(words, said):
        wanted, got = "".join(word.sounds).translate(_SAME), sounds.translate(_SAME)
        total += len(word.sounds)
        for at, ignored in enumerate((STRESSES, "")):
            a, b = (units(re.sub(f"[{ignored}]", "", x) if ignored else x) for x in (wanted, got))
            errors = distance(a, b)
            wrong[at] += errors
            right[at] += errors == 0
    shares = [100 * wrong[0] / total, 100 * right[0] / len(words)]
    return Score(*shares, 100 * wrong[1] / total, 100 * right[1] / len(words))


def distance(a: Sequence[str], b: Sequence[str]) -> int:
    """The number of changes from one to the other (Levenshtein)."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a):
        diagonal, row[0] = row[0], i + 1
        for j, right in enumerate(b):
            best = min(diagonal + (left != right), row[j] + 1, row[j + 1] + 1)
            diagonal, row[j + 1] = row[j + 1], best
    return row[-1]


def espeak(accent: str, words: Sequence[Word]) -> list[str]:
    """What espeak-ng says, a word a line, in misaki's symbols."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        # A blank line ends a clause, and no word knows of the next.
        file.write("\n\n".join(word.letters for word in words))
        file.flush()
        answer = subprocess.run(
            ["espeak-ng", "-q", "--ipa", f"--tie={_TIE}", "-v", _ESPEAK_VOICES[accent], "-f", file.name],
            check=True,
            capture_output=True,
            text=True,
        )
    lines = [line.strip() for line in answer.stdout.splitlines() if line.strip()]
    if len(lines) != len(words):
        raise ValueError(f"espeak-ng said {len(lines)} words of {len(words)}")
    return [from_espeak(line, accent) for line in lines]


def from_espeak(ipa: str, accent: str) -> str:
    """espeak-ng's symbols as misaki writes them."""
    sounds = ipa.replace(_TIE, "^").replace(" ", "").replace("_", "")
    for old, new in _ESPEAK_SYMBOLS.items():
        sounds = sounds.replace(old, new)
    sounds = re.sub(rf"(\S){_SYLLABIC}", r"ᵊ\1", sounds)
    for old, new in _ACCENT_SYMBOLS[accent].items():
        sounds = sounds.replace(old, new)
    return final(sounds.replace("o", "ɔ").replace("^", ""))


def evaluate(data: Path, tell: Callable[[str], None]) -> None:
    """Tells the scores of the model file, and of espeak-ng where it is installed."""
    for accent, content in zip(ACCENTS, model_file.unpack(model_file.PATH.read_bytes())):
        words = [word for word in read(accent, data) if word.is_held_out]
        decoder = Decoder(model_file.parse(content))
        tell(f"{accent}: {len(words)} words that the model never saw")
        tell(f"  model      {score(words, [decoder.decode(word.letters) for word in words])}")
        if shutil.which("espeak-ng"):
            tell(f"  espeak-ng  {score(words, espeak(accent, words))}")
        else:
            tell("  espeak-ng is not installed: no comparison")

"""The words that the model learns from and is judged by: misaki's dictionaries, as the engine reads them.

They come with the crate `misaki-rs`, which `Cargo.lock` pins, so the model and the engine always see the same words.
`training` and `evaluation` ask for an accent; nothing is downloaded here but what cargo itself fetches.
"""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
#: The file names' beginnings in the crate, in the order in which the model file holds the accents.
ACCENTS = ("us", "gb")
STRESSES = "ˈˌ"
PRIMARY = "ˈ"
#: One word in so many is kept from training.
HELD_OUT = 20
_UNIT = re.compile(r"[ˈˌ]?[^ˈˌː\u0303][ː\u0303]*")
_LETTERS = re.compile(r"[A-Za-z][a-z]+")


@dataclass(frozen=True)
class Word:
    """A word in small letters and its sounds. A stressed vowel is a sound of its own, and so is a long one."""

    letters: str
    sounds: tuple[str, ...]
    is_name: bool

    @property
    def is_held_out(self) -> bool:
        """Whether the word is one of those that the model never saw: a twentieth, chosen by a hash of its letters."""
        return fnv(self.letters) % HELD_OUT == 0


def fnv(text: str) -> int:
    """The 64-bit FNV-1a hash of ASCII text."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def units(sound: str) -> tuple[str, ...]:
    """The sounds of a pronunciation: a stress mark belongs to the vowel behind it, a length mark to the one before."""
    return tuple(_UNIT.findall(sound))


def final(sound: str) -> str:
    """misaki's last step: sounds of its dictionary that Kokoro writes otherwise."""
    return sound.replace("ɾ", "T").replace("ʔ", "t")


def folder() -> Path:
    """Where cargo keeps the dictionaries."""
    answer = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--locked"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    packages = json.loads(answer.stdout)["packages"]
    (manifest,) = (p["manifest_path"] for p in packages if p["name"] == "misaki-rs")
    return Path(manifest).parent / "data"


def read(accent: str, data: Path) -> list[Word]:
    """Every word of an accent that is made of letters and has exactly one primary stress, by its letters. Of two words
    that differ in capitals only, the small one counts; of two readings, the usual one.
    """
    found: dict[str, Word] = {}
    for name in (f"{accent}_silver.json", f"{accent}_gold.json"):
        entries = json.loads((data / name).read_text(encoding="utf-8"))
        for spelling, entry in sorted(entries.items()):  # Capitals come first, so small letters win.
            sound = entry.get("DEFAULT") if isinstance(entry, dict) else entry
            if sound and _LETTERS.fullmatch(spelling) and sound.count(PRIMARY) == 1:
                letters = spelling.lower()
                known = found.get(letters)
                is_name = spelling[0].isupper() and (known is None or known.is_name)
                if is_name or not spelling[0].isupper():
                    found[letters] = Word(letters, units(final(sound)), is_name)
    return [found[letters] for letters in sorted(found)]

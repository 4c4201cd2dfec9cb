"""The table of words with which the engine's tests see that it finds the same sounds as `decoding`.

`train` writes it after the model; `engine/src/text/letter_to_sound/mod.rs` reads it.
"""

from pathlib import Path

from . import model_file
from .decoding import Decoder
from .words import ACCENTS, REPOSITORY, read

PATH = REPOSITORY / "fixtures/text/letter_to_sound.txt"
_HEAD = """\
# Words that the letter-to-sound model never saw, and what it says to them, right or wrong: American, British.
# Written by `python -m letter_to_sound train`; do not edit.
"""
_EVERY = 40


def text(data: Path) -> str:
    """The table, from the model file and the words in the folder `data`."""
    contents = model_file.unpack(model_file.PATH.read_bytes())
    decoders = [Decoder(model_file.parse(content)) for content in contents]
    held_out = [word.letters for word in read(ACCENTS[0], data) if word.is_held_out]
    rows = (" ".join([letters, *(d.decode(letters) for d in decoders)]) for letters in held_out[::_EVERY])
    return _HEAD + "".join(f"{row}\n" for row in rows)

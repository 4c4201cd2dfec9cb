"""From the dictionaries to the model file.

Words are learnt from their end to their beginning: English stress and the reading of most endings depend on what comes
after, and the model, which looks back over six letters, is right about three more words in a hundred that way.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from . import alignment, model_file, ngrams
from .model_file import EDGE_LETTER, Graphone
from .words import ACCENTS, Word, read

ORDER = 7
#: N-grams that are kept of each accent, so that the file stays below a megabyte.
KEPT = 270_000
#: A letter with sounds that is seldomer than this is a mistake of the dictionary or of the alignment.
SELDOM = 5


def train(data: Path) -> list[bytes]:
    """What the model file holds of each accent, not deflated; from the dictionaries in the folder `data`."""
    contents = []
    for accent in ACCENTS:
        words = [word for word in read(accent, data) if not word.is_held_out]
        contents.append(train_on(words, ORDER, KEPT))
    return contents


def train_on(words: Sequence[Word], order: int, kept: int) -> bytes:
    """What the model file holds of one accent, from its words."""
    aligned = [
        list(zip(word.letters, sounds)) for word, sounds in zip(words, alignment.align(words)) if sounds
    ]
    often = Counter(graphone for word in aligned for graphone in word)
    graphones: list[Graphone] = [(EDGE_LETTER, ())]
    graphones += sorted(graphone for graphone, times in often.items() if times >= SELDOM)
    number = {graphone: i for i, graphone in enumerate(graphones)}
    usual = [[number.get(graphone) for graphone in reversed(word)] for word in aligned]
    levels = ngrams.train([word for word in usual if None not in word], len(graphones), order)
    return model_file.content(graphones, ngrams.prune(levels, kept))

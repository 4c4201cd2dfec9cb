"""The most probable sounds of a word's letters, found as the engine finds them.

`evaluation` uses it, and a test holds it against the engine: the same beam search over the same whole numbers, so
both give the same sounds. The engine's is `engine/src/text/letter_to_sound/search.rs`, which says more.
"""

from .model_file import EDGE_LETTER, Model
from .words import PRIMARY

BEAM = 12


class Decoder:
    """A model, ready to read words. Node 0 is the empty n-gram; nodes are numbered level by level."""

    def __init__(self, model: Model):
        self.sounds = [sounds for _, sounds in model.graphones]
        self.primaries = [sounds.count(PRIMARY) for sounds in self.sounds]
        self._costs, self._backoffs, self._suffixes = [0], [0], [0]
        self._children: dict[tuple[int, int], int] = {}
        self._by_letter: dict[tuple[int, str], list[tuple[int, int]]] = {}
        parents = [0] * len(model.graphones)
        for last, costs, backoffs, children in model.levels:
            first = len(self._costs)
            self._costs += costs.tolist()
            self._backoffs += backoffs.tolist()
            for node, (parent, graphone) in enumerate(zip(parents, last.tolist()), first):
                self._children[parent, graphone] = node
                of_letter = self._by_letter.setdefault((parent, model.graphones[graphone][0]), [])
                of_letter.append((graphone, node))
                self._suffixes.append(self._suffix(parent, graphone))
            parents = [first + i for i, count in enumerate(children.tolist()) for _ in range(count)]
        self._edge = self._children[0, 0]

    def _suffix(self, parent: int, graphone: int) -> int:
        while parent:
            parent = self._suffixes[parent]
            if found := self._children.get((parent, graphone)):
                return found
        return 0

    def _continuations(self, node: int, letter: str) -> dict[int, tuple[int, int]]:
        """Each graphone of the letter with its cost after the n-gram `node`, and the n-gram where that leads."""
        found: dict[int, tuple[int, int]] = {}
        backed_off = 0
        while True:
            for graphone, child in self._by_letter.get((node, letter), ()):
                found.setdefault(graphone, (backed_off + self._costs[child], child))
            if not node:
                return found
            backed_off += self._backoffs[node]
            node = self._suffixes[node]

    def decode(self, letters: str) -> str:
        """The sounds of a word in small letters."""
        # Cost, node, number of primary stresses, what came after in the word.
        ways: list[tuple[int, int, int, tuple]] = [(0, self._edge, 0, ())]
        for letter in reversed(letters):
            best: dict[tuple[int, int], tuple[int, int, int, tuple]] = {}
            for cost, node, primaries, after in ways:
                for graphone, (more, child) in self._continuations(node, letter).items():
                    stressed = primaries + self.primaries[graphone]
                    known = best.get((child, stressed))
                    if stressed <= 1 and (known is None or cost + more < known[0]):
                        best[child, stressed] = (cost + more, child, stressed, (graphone, after))
            ways = sorted(best.values(), key=lambda way: way[:3])[:BEAM]
        ends = (
            (stressed != 1, cost + self._continuations(node, EDGE_LETTER)[0][0], node, after)
            for cost, node, stressed, after in ways
        )
        after = min(ends, key=lambda end: end[:3])[3]
        sounds = ""
        while after:
            sounds += self.sounds[after[0]]
            after = after[1]
        return sounds

"""Numbers to compare, made of what was measured: medians over rounds, ratios with their spread.

`goals`, `markdown` and `page` show them. A sentence's figure is the median over the rounds; a contestant's is the median over
the sentences of that. A ratio is taken within one round, of the same sentence, so that what the machine did meanwhile
counts on both sides.
"""

from dataclasses import dataclass
from statistics import median

from .results import CONTESTANTS, PEERS, UTTER, Line, Results, Turn


@dataclass(frozen=True)
class Spread:
    """A median, and the least and the greatest of what it is the median of."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        """Of at least one value."""
        return cls(median(values), min(values), max(values))


@dataclass(frozen=True)
class Sentence:
    """A sentence as one contestant spoke it: its length, and its RTF over the rounds."""

    text: str
    audio_s: float
    wall_s: float
    rtf: Spread


class Figures:
    """The figures of one run."""

    def __init__(self, results: Results):
        self.results = results
        self.threads = sorted({turn.threads for turn in results.turns})

    def turns(self, contestant: str, threads: int) -> list[Turn]:
        """The contestant's turns, by round."""
        found = [t for t in self.results.turns if (t.contestant, t.threads) == (contestant, threads)]
        return sorted(found, key=lambda turn: turn.round)

    def sentences(self, contestant: str, threads: int) -> list[Sentence]:
        """Every sentence, in the order of the file."""
        of_rounds = zip(*(turn.lines for turn in self.turns(contestant, threads)), strict=True)
        return list(map(_sentence, of_rounds))

    def rtf(self, contestant: str, threads: int) -> Spread:
        """Over the sentences."""
        return Spread.of([sentence.rtf.median for sentence in self.sentences(contestant, threads)])

    def load(self, contestant: str, threads: int) -> Spread:
        """Seconds to load, over the rounds."""
        return Spread.of([turn.load_s for turn in self.turns(contestant, threads)])

    def memory(self, contestant: str, threads: int) -> Spread:
        """Peak resident set in MB, over the rounds."""
        return Spread.of([turn.peak_rss_mb for turn in self.turns(contestant, threads)])

    def calls(self, contestant: str, threads: int) -> tuple[float, float]:
        """Seconds of the first call after loading, and of the tenth; of the first sentence."""
        turns = self.turns(contestant, threads)
        return median(turn.first_call_s for turn in turns), median(turn.tenth_call_s for turn in turns)

    def first_over_tenth(self, contestant: str, threads: int) -> Spread:
        """The first call after loading against the tenth, over the rounds."""
        turns = self.turns(contestant, threads)
        return Spread.of([turn.first_call_s / turn.tenth_call_s for turn in turns])

    def ratio(self, peer: str, threads: int) -> Spread:
        """How many times faster than this peer Utter is: over the sentences and rounds."""
        pairs = zip(self.turns(peer, threads), self.turns(UTTER, threads), strict=True)
        return Spread.of(
            [theirs.rtf / ours.rtf for them, us in pairs for theirs, ours in zip(them.lines, us.lines, strict=True)]
        )

    def ratio_to_best(self, threads: int) -> Spread:
        """The same, against the peer that is the faster one."""
        return min((self.ratio(peer, threads) for peer in PEERS), key=lambda spread: spread.median)

    def stages(self, threads: int) -> tuple[Sentence, list[tuple[str, float]]]:
        """Utter's sentence of middling length, and its stages with their seconds, in order; the rest comes last."""
        turns = self.turns(UTTER, threads)
        lengths = [line.audio_s for line in turns[0].lines]
        chosen = lengths.index(sorted(lengths)[len(lengths) // 2])
        lines = [turn.lines[chosen] for turn in turns]
        stages = [(name, median(line.stages[name] for line in lines)) for name in lines[0].stages]
        sentence = _sentence(tuple(lines))
        rest = sentence.wall_s - sum(seconds for _, seconds in stages)
        return sentence, [*stages, (REST, max(rest, 0.0))]

    def as_json(self) -> dict:
        """The main figures, for `report.json`: those of every contestant, by threads."""
        return {
            str(threads): {
                contestant: self._main(contestant, threads)
                | ({"utter_is_faster": vars(self.ratio(contestant, threads))} if contestant in PEERS else {})
                for contestant in CONTESTANTS
            }
            for threads in self.threads
        }

    def _main(self, contestant: str, threads: int) -> dict:
        first, tenth = self.calls(contestant, threads)
        return {
            "rtf": vars(self.rtf(contestant, threads)),
            "load_s": vars(self.load(contestant, threads)),
            "peak_rss_mb": vars(self.memory(contestant, threads)),
            "first_call_s": first,
            "tenth_call_s": tenth,
        }


REST = "text, rest"
"""What is left of a line beside the stages of the model: text to phonemes before them, the first frames resampled after."""


def _sentence(lines: tuple[Line, ...]) -> Sentence:
    return Sentence(
        lines[0].text,
        median(line.audio_s for line in lines),
        median(line.wall_s for line in lines),
        Spread.of([line.rtf for line in lines]),
    )

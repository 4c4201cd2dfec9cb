"""What was measured, as `rounds` collects it and `report.json` keeps it: plain numbers, nothing derived.

Times are in seconds, memory in MB (10⁶ bytes). Everything that is computed from these is in `figures`.
"""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

UTTER = "utter"
F32 = "onnxruntime-f32"
INT8 = "onnxruntime-int8"
PEERS = (INT8, F32)
CONTESTANTS = (UTTER, *PEERS)
NAMES = {UTTER: "Utter", INT8: "ONNX Runtime int8", F32: "ONNX Runtime f32"}


@dataclass(frozen=True)
class Line:
    """A line that was spoken: median times over the repetitions in one process."""

    text: str
    tokens: int
    audio_s: float
    wall_s: float
    first_audio_s: float
    stages: dict[str, float] = field(default_factory=dict)

    @property
    def rtf(self) -> float:
        """Real-time factor: computing time over the duration of the audio."""
        return self.wall_s / self.audio_s


@dataclass(frozen=True)
class Turn:
    """One process of one contestant: it loads, speaks the first line ten times, then all lines."""

    contestant: str
    threads: int
    round: int
    load_s: float
    first_call_s: float
    tenth_call_s: float
    peak_rss_mb: float
    lines: list[Line]


@dataclass(frozen=True)
class Growth:
    """Utter with one text of about `asked_s` seconds, in a process of its own."""

    threads: int
    asked_s: float
    audio_s: float
    wall_s: float
    first_audio_s: float
    peak_rss_mb: float


@dataclass(frozen=True)
class Short:
    """Utter with one word, the tenth time in a row."""

    threads: int
    wall_s: float


@dataclass(frozen=True)
class Saying:
    """The command `utter say` with the longest sentence, into a file."""

    threads: int
    audio_s: float
    peak_rss_mb: float


@dataclass(frozen=True)
class Results:
    """One run of the comparison."""

    machine: dict[str, Any]
    versions: dict[str, str]
    settings: dict[str, Any]
    artifacts_mb: float
    dictionary_s: float
    others: float | None
    turns: list[Turn]
    growth: list[Growth]
    short: list[Short]
    saying: list[Saying]

    def as_json(self) -> dict[str, Any]:
        """Everything, as `report.json` holds it."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Results":
        """What `as_json` made; other entries are passed over."""
        own = {each.name: content[each.name] for each in fields(cls)}
        turns = [Turn(**{**turn, "lines": [Line(**line) for line in turn["lines"]]}) for turn in own["turns"]]
        return cls(
            **{
                **own,
                "turns": turns,
                "growth": [Growth(**each) for each in own["growth"]],
                "short": [Short(**each) for each in own["short"]],
                "saying": [Saying(**each) for each in own["saying"]],
            }
        )

"""Lets a contestant speak, in a process of its own, and gives back what was measured as a `Turn`.

`rounds` decides who and when. Utter reads the text itself, and its time includes that; the peer is handed the symbols
that Utter read, so both voices speak the very same. Each process loads, speaks the first line ten times, then each line once
without counting and `repeat` times with. Memory is the operating system's account of the whole process.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from . import measured
from .prepare import Peer
from .results import Growth, Line, Saying, Short, Turn

VOICE = "af_heart"
SHORTEST = "Okay."


@dataclass(frozen=True)
class Asked:
    """What one turn is to do."""

    contestant: str
    threads: int
    round: int
    repeat: int


class Utter:
    """The command `utter`, with the voice that was built."""

    def __init__(self, program: Path, artifacts: Path, scratch: Path):
        self._program, self._scratch = program, scratch
        self._environment = {"UTTER_ARTIFACTS": str(artifacts)}

    def turn(self, asked: Asked, sentences: list[str]) -> tuple[Turn, dict]:
        """`utter bench` with these lines: what was measured, and its whole report."""
        report, peak = self._bench(sentences, asked.threads, asked.repeat)
        return _turn(asked, report, peak, [_line(line) for line in report["lines"]]), report

    def growth(self, text: str, asked_s: float, threads: int) -> Growth:
        """One text, after one word that is there to have spoken at all."""
        report, peak = self._bench([SHORTEST, text], threads, 1)
        line = _line(report["lines"][-1])
        return Growth(threads, asked_s, line.audio_s, line.wall_s, line.first_audio_s, peak)

    def short(self, threads: int) -> Short:
        """One word."""
        report, _ = self._bench([SHORTEST], threads, 1)
        return Short(threads, report["tenth_call_s"])

    def saying(self, sentence: str, audio_s: float, threads: int) -> Saying:
        """The memory of `utter say`; the length of what it says is known by now."""
        file = self._scratch / "said.wav"
        _, peak = self._run("say", "--threads", str(threads), "--out", str(file), "--", sentence)
        file.unlink()
        return Saying(threads, audio_s, peak)

    def version(self) -> str:
        """What `utter --version` says."""
        printed, _ = self._run("--version")
        return printed.split()[-1]

    def _bench(self, lines: list[str], threads: int, repeat: int) -> tuple[dict, float]:
        file = self._scratch / "lines.txt"
        file.write_text("\n".join(lines) + "\n")
        options = ["--voice", VOICE, "--threads", str(threads), "--repeat", str(repeat), "--file", str(file)]
        printed, peak = self._run("bench", "--json", *options)
        return json.loads(printed), peak

    def _run(self, *arguments: str) -> tuple[str, float]:
        return measured.run([str(self._program), *arguments], self._scratch / "utter.log", self._environment)


class OnnxRuntime:
    """The peer, with one of its models."""

    def __init__(self, peer: Peer, scratch: Path):
        self._peer, self._scratch = peer, scratch

    def turn(self, asked: Asked, spoken: list[dict]) -> tuple[Turn, dict]:
        """The model with the symbols of these lines of `utter bench`."""
        request = self._scratch / "request.json"
        request.write_text(
            json.dumps(
                {
                    "model": str(self._peer.models[asked.contestant]),
                    "vocabulary": str(self._peer.vocabulary),
                    "voice": str(self._peer.voices / f"{VOICE}.bin"),
                    "threads": asked.threads,
                    "repeat": asked.repeat,
                    "lines": [line["phonemes"] for line in spoken],
                }
            )
        )
        script = Path(__file__).with_name("onnx_runtime.py")
        command = [str(self._peer.python), "-B", str(script), str(request)]
        printed, peak = measured.run(command, self._scratch / "onnxruntime.log")
        report = json.loads(printed)
        pairs = zip(spoken, report["lines"], strict=True)
        lines = [_line({**theirs, "text": ours["text"], "tokens": ours["tokens"]}) for ours, theirs in pairs]
        return _turn(asked, report, peak, lines), report


def _turn(asked: Asked, report: dict, peak: float, lines: list[Line]) -> Turn:
    return Turn(
        asked.contestant,
        asked.threads,
        asked.round,
        report["load_s"],
        report["first_call_s"],
        report["tenth_call_s"],
        peak,
        lines,
    )


def _line(told: dict) -> Line:
    names = ("text", "tokens", "audio_s", "wall_s", "first_audio_s")
    return Line(*(told[name] for name in names), stages=told.get("stages", {}))

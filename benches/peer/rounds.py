"""In which order everybody speaks: rounds of turns, every second one backwards, then Utter alone with longer and longer texts.

`command` calls `measure`. One process runs at a time. A machine that grows warm or busy during the run so treats everybody
alike: who was first in one round is last in the next.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from builder.progress import Report

from .contestants import SHORTEST, Asked, OnnxRuntime, Utter
from .results import CONTESTANTS, NAMES, UTTER, Growth, Saying, Short, Turn

THREADS = (1, 2)
LENGTHS = (1, 2, 4, 8, 16, 32, 64)


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    rounds: int
    repeat: int
    sentences: list[str]
    lengths: tuple[int, ...] = LENGTHS

    def order(self) -> list[Asked]:
        """Every turn, in order. The first is Utter's: what it read is what the others speak."""
        once = [(contestant, threads) for threads in THREADS for contestant in CONTESTANTS]
        orders = [once if number % 2 else once[::-1] for number in range(1, self.rounds + 1)]
        return [
            Asked(contestant, threads, number, self.repeat)
            for number, order in enumerate(orders, start=1)
            for contestant, threads in order
        ]


@dataclass(frozen=True)
class Measured:
    """What `measure` gives: all turns, and what Utter did alone."""

    turns: list[Turn]
    growth: list[Growth]
    short: list[Short]
    saying: list[Saying]
    dictionary_s: float
    peer_version: str


def measure(plan: Plan, utter: Utter, peer: OnnxRuntime, kept: Path, report: Report) -> Measured:
    """Runs the plan. Each finished turn is added to the file `kept`, a line of JSON, so that an interrupted run is not lost
    to whoever wants to look at it.
    """
    order = plan.order()
    total = len(order) + len(THREADS) * (len(plan.lengths) + 2)
    done = 0

    def next_is(what: str) -> None:
        nonlocal done
        report(done / total, what)
        done += 1

    turns: list[Turn] = []
    spoken: list[dict] = []
    dictionary_s, peer_version = 0.0, ""
    kept.unlink(missing_ok=True)
    for asked in order:
        next_is(f"round {asked.round} of {plan.rounds}: {NAMES[asked.contestant]}, {threads_text(asked.threads)}")
        if asked.contestant == UTTER:
            turn, told = utter.turn(asked, plan.sentences)
            spoken = spoken or told["lines"]
            dictionary_s = told["dictionary_s"]
        else:
            turn, told = peer.turn(asked, spoken)
            peer_version = told["version"]
        turns.append(turn)
        with open(kept, "a", encoding="utf-8") as file:
            file.write(json.dumps({"asked": vars(asked), "told": told}, ensure_ascii=False) + "\n")

    durations = [line.audio_s for line in turns[0].lines]
    growth, short, saying = [], [], []
    for threads in THREADS:
        for length in plan.lengths:
            next_is(f"{length} s of text, {threads_text(threads)}")
            growth.append(utter.growth(text_of(length, plan.sentences, durations), length, threads))
        next_is(f"one word, {threads_text(threads)}")
        short.append(utter.short(threads))
        next_is(f"utter say, {threads_text(threads)}")
        longest = max(range(len(durations)), key=durations.__getitem__)
        saying.append(utter.saying(plan.sentences[longest], durations[longest], threads))
    return Measured(turns, growth, short, saying, dictionary_s, peer_version)


def text_of(seconds: float, sentences: list[str], durations: list[float]) -> str:
    """As many sentences, from the first on and round again, as come nearest to this duration; one word for a second or less."""
    if seconds <= 1:
        return SHORTEST
    chosen: list[str] = []
    spoken = 0.0
    while True:
        n = len(chosen) % len(sentences)
        if chosen and abs(spoken + durations[n] - seconds) >= abs(spoken - seconds):
            return " ".join(chosen)
        chosen.append(sentences[n])
        spoken += durations[n]


def threads_text(threads: int) -> str:
    """1 thread, 2 threads."""
    return f"{threads} thread" + ("" if threads == 1 else "s")

"""Results that nobody measured, whose figures can be worked out in the head.

Utter's RTF is 0.1 with two threads and 0.2 with one; ONNX Runtime's int8 takes four times, its f32 five times as long.
"""

from peer.results import CONTESTANTS, F32, INT8, UTTER, Growth, Line, Results, Saying, Short, Turn

TIMES = {UTTER: 1.0, INT8: 4.0, F32: 5.0}
STAGES = {"albert": 0.1, "vocoder": 0.8}
"""Shares of a sentence's time; a tenth is left for the text."""


def line(text: str, audio_s: float, rtf: float, *, stages: bool) -> Line:
    """A sentence that took rtf · audio_s."""
    wall = audio_s * rtf
    shares = {name: share * wall for name, share in STAGES.items()} if stages else {}
    return Line(text, 20, audio_s, wall, wall, shares)


def turn(contestant: str, threads: int, number: int) -> Turn:
    """Two sentences; round 1 is a tenth faster, round 3 a tenth slower than round 2."""
    rtf = 0.2 / threads * TIMES[contestant] * {1: 0.9, 2: 1.0, 3: 1.1}[number]
    stages = contestant == UTTER
    lines = [line("One <two>.", 2.0, rtf, stages=stages), line("Three & four.", 8.0, rtf, stages=stages)]
    load = {UTTER: 0.02, INT8: 1.4, F32: 2.8}[contestant]
    memory = {UTTER: 380.0, INT8: 400.0, F32: 640.0}[contestant]
    return Turn(contestant, threads, number, load, 0.24, 0.2, memory, lines)


def results() -> Results:
    """Three rounds, three lengths."""
    return Results(
        machine={"processor": "Abacus", "processors": 2, "system": "Wood", "memory_gb": 1.0},
        versions={"utter": "0.1.0", "onnxruntime": "1.0"},
        settings={"rounds": 3, "repeat": 1, "sentences": 2, "voice": "af_heart", "quick": False},
        artifacts_mb=122.0,
        dictionary_s=0.24,
        others=0.05,
        turns=[turn(c, threads, n) for n in (1, 2, 3) for threads in (1, 2) for c in CONTESTANTS],
        growth=[
            Growth(threads, length, length * 1.1, length * 0.22 / threads, 0.4 / threads, 300.0 + length)
            for threads in (1, 2)
            for length in (1, 8, 64)
        ],
        short=[Short(1, 0.25), Short(2, 0.13)],
        saying=[Saying(1, 8.0, 350.0), Saying(2, 8.0, 360.0)],
    )

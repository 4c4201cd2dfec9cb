"""ONNX Runtime speaks: one model, one number of threads, one process; prints what it measured as JSON.

`python onnx_runtime.py REQUEST.json`, in the peer's environment; `contestants` writes the request. It is used as
people use it: the CPU provider, its defaults but for the number of threads, denormals as zero. What is timed is the call
of the model alone; looking up symbols and the style is not counted, and text never gets here.
"""

import json
import statistics
import sys
import time
from pathlib import Path

import numpy
import onnxruntime

SAMPLE_RATE = 24_000
CALLS = 10
"""How often the first line is spoken before anything else, as `utter bench` does."""


class Voice:
    """A session, the vocabulary, and one speaker's styles."""

    def __init__(self, request: dict):
        vocabulary = json.loads(Path(request["vocabulary"]).read_text())
        styles = numpy.fromfile(request["voice"], numpy.float32).reshape(-1, 1, 256)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = request["threads"]
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        begun = time.perf_counter()
        self._session = onnxruntime.InferenceSession(request["model"], options, providers=["CPUExecutionProvider"])
        self.load_s = time.perf_counter() - begun
        self._inputs = [each.name for each in self._session.get_inputs()]
        self._vocabulary, self._styles = vocabulary, styles

    def feed(self, phonemes: str) -> dict[str, numpy.ndarray]:
        """The model's inputs: symbols wrapped in 0, the style for their number, the speed."""
        symbols = [self._vocabulary[symbol] for symbol in phonemes]
        values = (
            numpy.array([[0, *symbols, 0]], numpy.int64),
            self._styles[len(symbols)],
            numpy.ones(1, numpy.float32),
        )
        return dict(zip(self._inputs, values, strict=True))

    def speak(self, chunks: list[dict[str, numpy.ndarray]]) -> dict[str, float]:
        """One line, chunk by chunk: seconds of audio, and seconds until its first chunk and all of it were there."""
        samples, first = 0, 0.0
        begun = time.perf_counter()
        for chunk in chunks:
            (audio, *_) = self._session.run(None, chunk)
            first = first or time.perf_counter() - begun
            samples += audio.size
        return {"audio_s": samples / SAMPLE_RATE, "wall_s": time.perf_counter() - begun, "first_audio_s": first}


def main() -> int:
    """The command."""
    request = json.loads(Path(sys.argv[1]).read_text())
    voice = Voice(request)
    lines = [[voice.feed(chunk) for chunk in line] for line in request["lines"]]
    calls = [voice.speak(lines[0])["wall_s"] for _ in range(CALLS)]
    spoken = []
    for line in lines:
        runs = [voice.speak(line) for _ in range(request["repeat"] + 1)][1:]
        spoken.append({name: statistics.median(run[name] for run in runs) for name in runs[0]})
    report = {
        "version": onnxruntime.__version__,
        "load_s": voice.load_s,
        "first_call_s": calls[0],
        "tenth_call_s": calls[-1],
        "lines": spoken,
    }
    json.dump(report, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())

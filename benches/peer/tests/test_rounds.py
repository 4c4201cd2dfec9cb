"""Who speaks when, what the texts of growing length are, and how a program's memory and failure are told."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[3] / "artifacts"))

from builder.errors import BuildError  # noqa: E402  (the folder of the builder is put on the path first)
from peer import measured, rounds  # noqa: E402
from peer.contestants import OnnxRuntime, Utter  # noqa: E402
from peer.prepare import Peer  # noqa: E402
from peer.results import F32, INT8, UTTER  # noqa: E402

SENTENCES = ["First.", "Second one."]


class Order(unittest.TestCase):
    def test_every_second_round_runs_backwards(self):
        order = [(a.contestant, a.threads) for a in rounds.Plan(2, 1, SENTENCES).order()]
        self.assertEqual(order[:3], [(UTTER, 1), (INT8, 1), (F32, 1)])
        self.assertEqual(order[6:], order[:6][::-1])

    def test_texts_come_nearest_to_their_length(self):
        durations = [2.0, 3.0]
        for seconds, count in {1: 0, 2: 1, 4: 2, 5: 2, 6: 2, 7: 3, 64: 26}.items():
            text = rounds.text_of(seconds, SENTENCES, durations)
            self.assertEqual(text.count("First.") + text.count("Second one."), count, seconds)
        self.assertEqual(rounds.text_of(1, SENTENCES, durations), "Okay.")


class Speaking(unittest.TestCase):
    """Everything but the programs is real; those are a shell script and a Python script that answer as the real ones do."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="utter-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_all_speak_what_utter_read(self):
        utter = Utter(self._utter(), self.folder, self.folder)
        peer = OnnxRuntime(self._peer(), self.folder)
        plan = rounds.Plan(2, 1, SENTENCES, (1, 8))
        kept, told = self.folder / "turns.jsonl", []
        found = rounds.measure(plan, utter, peer, kept, lambda share, what: told.append(share))
        self.assertEqual([(t.contestant, t.threads) for t in found.turns], [(a.contestant, a.threads) for a in plan.order()])
        self.assertEqual(len(kept.read_text().splitlines()), 12)
        # The stand-in of the peer says as many seconds as it was given symbols.
        theirs = next(turn for turn in found.turns if turn.contestant == F32)
        self.assertEqual([(line.text, line.audio_s) for line in theirs.lines], [("First.", 6), ("Second one.", 11)])
        self.assertEqual((len(found.growth), len(found.short), len(found.saying)), (4, 2, 2))
        self.assertEqual(sorted(told), told)
        self.assertLess(told[-1], 1)

    def test_memory_is_that_of_the_process(self):
        hold = "import sys; held = b'x' * 200_000_000; print(len(held))"
        printed, peak = measured.run([sys.executable, "-c", hold], self.folder / "log")
        self.assertEqual(printed, "200000000\n")
        self.assertTrue(200 < peak < 300, peak)  # the interpreter itself takes some 10 MB

    def test_a_failure_says_the_first_words_and_where_the_others_are(self):
        words = "import sys; sys.exit('no such voice\\nand more')"
        with self.assertRaises(BuildError) as caught:
            measured.run([sys.executable, "-c", words], self.folder / "log")
        self.assertIn("no such voice", str(caught.exception))
        self.assertIn(str(self.folder / "log"), caught.exception.hint)

    def _utter(self) -> Path:
        """Answers `bench` and `say` as the command does."""
        path = self.folder / "utter"
        path.write_text(
            f"""#!{sys.executable}
import json, sys
if sys.argv[1] == "say":
    open(sys.argv[sys.argv.index("--out") + 1], "w").close()
else:
    lines = open(sys.argv[sys.argv.index("--file") + 1]).read().splitlines()
    print(json.dumps({{
        "load_s": 0.1, "dictionary_s": 0.2, "first_call_s": 0.3, "tenth_call_s": 0.2,
        "lines": [{{
            "text": line, "phonemes": [line], "tokens": len(line) + 2, "audio_s": 2.0, "wall_s": 0.2,
            "first_audio_s": 0.2, "stages": {{"albert": 0.1}},
        }} for line in lines],
    }}))
"""
        )
        path.chmod(0o755)
        return path

    def _peer(self) -> Peer:
        """An interpreter that answers for the peer's script."""
        path = self.folder / "python"
        path.write_text(
            f"""#!{sys.executable}
import json, sys
request = json.load(open(sys.argv[-1]))
spoken = [{{"audio_s": len(chunk), "wall_s": 1.0, "first_audio_s": 1.0}} for (chunk,) in request["lines"]]
print(json.dumps({{"version": "1", "load_s": 1, "first_call_s": 1, "tenth_call_s": 1, "lines": spoken}}))
"""
        )
        path.chmod(0o755)
        models = {INT8: self.folder / "a.onnx", F32: self.folder / "b.onnx"}
        return Peer(path, models, self.folder / "vocab.json", self.folder)


if __name__ == "__main__":
    unittest.main()

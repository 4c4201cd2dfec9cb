"""The report of made-up results: the figures, the verdicts, and that the page is whole and needs nothing else."""

import json
import re
import sys
import unittest
import xml.etree.ElementTree as xml
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[3] / "artifacts"))

from peer import charts  # noqa: E402  (the folder of the builder is put on the path first)
from peer.chart import Scale, ticks  # noqa: E402
from peer.figures import REST, Figures  # noqa: E402
from peer.goals import Goal, figure, goals  # noqa: E402
from peer.markdown import markdown  # noqa: E402
from peer.page import page  # noqa: E402
from peer.results import F32, INT8, UTTER, Results  # noqa: E402

from .made_up import results  # noqa: E402


class Numbers(unittest.TestCase):
    def setUp(self):
        self.figures = Figures(results())

    def test_medians_are_over_rounds_then_sentences(self):
        self.assertAlmostEqual(self.figures.rtf(UTTER, 2).median, 0.1)
        self.assertAlmostEqual(self.figures.rtf(F32, 1).median, 1.0)
        sentence = self.figures.sentences(UTTER, 2)[0]
        for value, wanted in zip((sentence.rtf.low, sentence.rtf.median, sentence.rtf.high), (0.09, 0.1, 0.11)):
            self.assertAlmostEqual(value, wanted)

    def test_ratios_are_taken_within_a_round(self):
        # Every round is slower or faster for all alike, so no spread is left.
        ratio = self.figures.ratio(INT8, 1)
        for value in (ratio.low, ratio.median, ratio.high):
            self.assertAlmostEqual(value, 4.0)
        self.assertAlmostEqual(self.figures.ratio_to_best(2).median, 4.0)

    def test_utter_can_lose(self):
        made = results()
        slow = [
            replace(turn, lines=[replace(line, wall_s=line.wall_s * 8) for line in turn.lines])
            if turn.contestant == UTTER
            else turn
            for turn in made.turns
        ]
        lost = replace(made, turns=slow)
        self.assertAlmostEqual(Figures(lost).ratio_to_best(1).median, 0.5)
        self.assertEqual(markdown(lost).count("NOT REACHED"), 4)  # both RTFs, both ratios
        self.assertIn("slower (0.5 times the speed)", page(lost))

    def test_a_sentence_is_its_stages_and_a_rest(self):
        sentence, stages = self.figures.stages(2)
        self.assertEqual([name for name, _ in stages], ["albert", "vocoder", REST])
        self.assertAlmostEqual(sum(seconds for _, seconds in stages), sentence.wall_s)
        self.assertAlmostEqual(stages[-1][1], 0.1 * 0.8)

    def test_what_was_written_is_read_again(self):
        made = results()
        self.assertEqual(Results.from_json(json.loads(json.dumps(made.as_json()))), made)


class Goals(unittest.TestCase):
    def test_verdicts(self):
        bound = dict(must=0.3, aim=0.1, unit=" s")
        verdicts = [Goal("load", measured=value, **bound).verdict for value in (0.1, 0.2, 0.3, 0.31)]
        self.assertEqual(verdicts, ["pass, aim reached", "pass", "pass", "NOT REACHED"])
        faster = Goal("faster", 2.6, 3.5, "×", 2.5, more_is_better=True)
        self.assertEqual((faster.verdict, faster.bound(faster.must)), ("NOT REACHED", "≥ 2.6×"))
        self.assertIsNone(Goal("accuracy", 50, 70, " dB", None).passed)

    def test_the_table_of_the_made_up_results(self):
        verdicts = {goal.what: goal.verdict for goal in goals(Figures(results()))}
        self.assertEqual(verdicts["RTF, 2 threads"], "pass, aim reached")
        self.assertEqual(verdicts["first call after loading, against the tenth"], "pass")  # 1.2
        self.assertEqual(verdicts["artifact directory on disk"], "pass")
        self.assertEqual(list(verdicts.values()).count("see the golden tests in `make test`"), 2)

    def test_figures_have_three_digits(self):
        shown = {0.002: "0.002", 0.1: "0.100", 3.4567: "3.46", 99.97: "100", 122.4: "122", 1234.5: "1234"}
        self.assertEqual({value: figure(value) for value in shown}, shown)


class Charts(unittest.TestCase):
    def test_ticks_are_round_and_reach_the_top(self):
        self.assertEqual(ticks(0.97), [0, 0.2, 0.4, 0.6, 0.8, 1.0])
        self.assertEqual(ticks(9.97), [0, 2, 4, 6, 8, 10])
        self.assertEqual(ticks(640, 4), [0, 200, 400, 600, 800])

    def test_doublings_are_equally_far_apart(self):
        at = Scale(1, 64, 0, 60, doubling=True)
        self.assertEqual([at(v) for v in (1, 2, 4, 64)], [0, 10, 20, 60])

    def test_charts_stay_within_their_drawing(self):
        figures = Figures(results())
        drawn = [
            charts.by_length(figures),
            charts.ratios(figures, 2.6),
            charts.waterfall(figures, 2),
            charts.costs(figures, 2),
            charts.growth(figures),
        ]
        for svg in drawn:
            root = xml.fromstring(svg)
            _, _, width, height = map(float, root.get("viewBox").split())
            places = [(float(e.get("cx")), float(e.get("cy"))) for e in root.iter() if e.tag.endswith("circle")]
            bars = [e for e in root.iter() if e.tag.endswith("rect")]
            places += [(float(e.get("x")) + float(e.get("width")), float(e.get("y"))) for e in bars]
            places += [(float(e.get("x")), float(e.get("y"))) for e in root.iter() if e.tag.endswith("text")]
            self.assertGreater(len(places), 10)
            for x, y in places:
                self.assertTrue(0 <= x <= width and 0 <= y <= height, (x, y, svg[:200]))

    def test_a_taller_value_is_drawn_higher(self):
        root = xml.fromstring(charts.by_length(Figures(results())))
        dots = {e.get("class"): float(e.get("cy")) for e in root.iter() if e.tag.endswith("circle")}
        self.assertGreater(dots["dot utter"], dots["dot int8"])
        self.assertGreater(dots["dot int8"], dots["dot f32"])


class Documents(unittest.TestCase):
    def test_the_page_is_whole_and_needs_nothing_else(self):
        text = page(results())
        names = set(re.findall(r"(?:src|href|url)\s*[=(]", text))
        self.assertEqual(names, set())
        self.assertNotIn("<script", text)
        self.assertIn("prefers-color-scheme: dark", text)
        self.assertIn("@media print", text)
        self.assertIn("One &lt;two&gt;.", text)
        self.assertEqual(_unclosed(text), [])

    def test_the_page_says_what_was_measured(self):
        text = page(results())
        for said in ("Abacus", "0.05 processors", "4.0 times as fast", "380", "2.80", "3 rounds"):
            self.assertIn(said, text)

    def test_markdown_tables_are_even(self):
        for block in markdown(results()).split("\n\n"):
            if block.startswith("|"):
                self.assertEqual(len({row.count("|") for row in block.splitlines()}), 1, block)


def _unclosed(text: str) -> list[str]:
    """The elements that are opened and not closed, or closed and not opened."""
    empty = {"meta", "line", "circle", "rect", "polyline", "br"}
    open_, wrong = [], []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag not in empty:
                open_.append(tag)

        def handle_startendtag(self, tag, attrs):
            pass

        def handle_endtag(self, tag):
            if tag in empty:
                return
            if not open_ or open_.pop() != tag:
                wrong.append(tag)

    Reader().feed(text)
    return open_ + wrong


if __name__ == "__main__":
    unittest.main()

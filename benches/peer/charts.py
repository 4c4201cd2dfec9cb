"""The five charts of the report, each a function from figures to SVG.

`page` puts them between its paragraphs. They say what is measured in which unit, and nothing twice; the table of every figure is
in the page, too.
"""

from .chart import Drawing, Panel, Scale, ticks
from .figures import Figures
from .goals import figure
from .results import CONTESTANTS, F32, INT8, NAMES, PEERS, UTTER
from .rounds import threads_text

WIDTH = 760.0
KIND = {UTTER: "utter", INT8: "int8", F32: "f32"}
ROW = 26.0
STAGE_NAMES = {"albert": "ALBERT", "text": "text encoder"}


def by_length(figures: Figures) -> str:
    """RTF of every sentence by its duration, a panel for each number of threads."""
    height, left, gap = 300.0, 44.0, 56.0
    drawing = Drawing(WIDTH, height, "RTF by the duration of the sentence, for each contestant and number of threads")
    width = (WIDTH - left - gap - 12) / 2
    every = {(c, n): figures.sentences(c, n) for c in CONTESTANTS for n in figures.threads}
    top = max(s.rtf.high for sentences in every.values() for s in sentences)
    longest = max(s.audio_s for sentences in every.values() for s in sentences)
    for n, threads in enumerate(reversed(figures.threads)):
        begin = left + n * (width + gap)
        values, seconds = ticks(top), ticks(longest)
        x = Scale(0, seconds[-1], begin, begin + width)
        y = Scale(0, values[-1], height - 44, 34)
        Panel(drawing, f"RTF, {threads_text(threads)}", x, y).axes(seconds, values, "duration of the sentence, s")
        for contestant in reversed(CONTESTANTS):
            kind = KIND[contestant]
            sentences = sorted(every[contestant, threads], key=lambda sentence: sentence.audio_s)
            drawing.path([(x(s.audio_s), y(s.rtf.median)) for s in sentences], f"curve {kind}")
            for s in sentences:
                drawing.line(x(s.audio_s), y(s.rtf.low), x(s.audio_s), y(s.rtf.high), f"range {kind}")
                told = f"{NAMES[contestant]}: RTF {figure(s.rtf.median)}, {s.audio_s:.2f} s. {s.text}"
                drawing.dot(x(s.audio_s), y(s.rtf.median), f"dot {kind}", told)
    return drawing.text()


def ratios(figures: Figures, goal: float) -> str:
    """How many times faster than each peer: the median, and the range over sentences and rounds."""
    rows = [(peer, threads) for threads in reversed(figures.threads) for peer in PEERS]
    spreads = [figures.ratio(peer, threads) for peer, threads in rows]
    left, top = 218.0, 28.0
    height = top + ROW * len(rows) + 44
    drawing = Drawing(WIDTH, height, "how many times faster than ONNX Runtime")
    values = ticks(max(spread.high for spread in spreads), 7)
    x = Scale(0, values[-1], left, WIDTH - 60)
    bottom = top + ROW * len(rows)
    for value in values:
        drawing.line(x(value), top, x(value), bottom, "axis" if value == 0 else "grid")
        drawing.words(x(value), bottom + 17, f"{value:g}×", "tick", "middle")
    drawing.words(x.end, bottom + 34, "RTF of ONNX Runtime over that of Utter", "tick", "end")
    drawing.line(x(goal), top - 6, x(goal), bottom, "goal")
    drawing.words(x(goal), top - 12, f"must: {goal:g}×", "tick", "middle")
    for n, ((peer, threads), spread) in enumerate(zip(rows, spreads, strict=True)):
        at = top + ROW * (n + 0.5)
        kind = KIND[peer]
        drawing.words(left - 12, at + 4, f"{NAMES[peer]}, {threads_text(threads)}", "label", "end")
        drawing.line(x(spread.low), at, x(spread.high), at, f"spread {kind}")
        told = f"median {figure(spread.median)}×, from {figure(spread.low)} to {figure(spread.high)}"
        drawing.dot(x(spread.median), at, f"dot {kind}", told, 5)
        drawing.words(WIDTH - 2, at + 4, f"{figure(spread.median)}×", "value", "end")
    return drawing.text()


def waterfall(figures: Figures, threads: int) -> str:
    """Utter's stages of one sentence, one after the other."""
    sentence, stages = figures.stages(threads)
    left, top = 108.0, 8.0
    bottom = top + ROW * len(stages)
    drawing = Drawing(WIDTH, bottom + 44, "the stages of one sentence, one after the other")
    values = ticks(sentence.wall_s * 1e3, 6)
    x = Scale(0, values[-1], left, WIDTH - 92)
    for value in values:
        drawing.line(x(value), top, x(value), bottom, "axis" if value == 0 else "grid")
        drawing.words(x(value), bottom + 17, f"{value:g}", "tick", "middle")
    drawing.words(x.end, bottom + 34, "time since the beginning, ms", "tick", "end")
    spent = 0.0
    for n, (name, seconds) in enumerate(stages):
        begin, end = spent * 1e3, (spent + seconds) * 1e3
        at = top + ROW * n
        shown = STAGE_NAMES.get(name, name)
        drawing.words(left - 10, at + ROW / 2 + 4, shown, "label", "end")
        told = f"{shown}: {figure(seconds * 1e3)} ms, {seconds / sentence.wall_s:.0%}"
        drawing.bar(x(begin), at + 5, x(end) - x(begin), ROW - 10, "bar utter", told)
        drawing.words(WIDTH - 48, at + ROW / 2 + 4, f"{figure(seconds * 1e3)} ms", "value", "end")
        drawing.words(WIDTH - 2, at + ROW / 2 + 4, f"{seconds / sentence.wall_s:.0%}", "tick", "end")
        spent += seconds
    return drawing.text()


def costs(figures: Figures, threads: int) -> str:
    """Memory, load and first call, a panel each, a bar for each contestant."""
    first = {c: figures.calls(c, threads)[0] for c in CONTESTANTS}
    panels = [
        ("peak RSS, MB", {c: figures.memory(c, threads).median for c in CONTESTANTS}),
        ("load, s", {c: figures.load(c, threads).median for c in CONTESTANTS}),
        ("first call after it, s", first),
    ]
    left, gap, top = 140.0, 24.0, 30.0
    drawing = Drawing(WIDTH, top + ROW * len(CONTESTANTS) + 8, "memory, loading and first call of each contestant")
    width = (WIDTH - left - gap * 2) / 3
    for n, contestant in enumerate(CONTESTANTS):
        drawing.words(left - 12, top + ROW * (n + 0.5) + 4, NAMES[contestant], "label", "end")
    for p, (title, values) in enumerate(panels):
        begin = left + p * (width + gap)
        # Room for the figure at the end of the longest bar.
        x = Scale(0, max(values.values()), begin, begin + width - 48)
        drawing.words(begin, top - 12, title, "title")
        drawing.line(begin, top, begin, top + ROW * len(CONTESTANTS), "axis")
        for n, contestant in enumerate(CONTESTANTS):
            value, at = values[contestant], top + ROW * n
            told = f"{NAMES[contestant]}: {figure(value)}"
            drawing.bar(begin, at + 5, x(value) - begin, ROW - 10, f"bar {KIND[contestant]}", told)
            drawing.words(x(value) + 6, at + ROW / 2 + 4, figure(value), "value")
    return drawing.text()


def growth(figures: Figures) -> str:
    """RTF, first audio and memory of Utter by the length of the text, which doubles from tick to tick."""
    every = figures.results.growth
    panels = [
        ("RTF", [each.wall_s / each.audio_s for each in every]),
        ("first audio after, s", [each.first_audio_s for each in every]),
        ("peak RSS, MB", [each.peak_rss_mb for each in every]),
    ]
    height, left, gap = 250.0, 44.0, 52.0
    drawing = Drawing(WIDTH, height, "RTF, first audio and memory by the length of the text")
    width = (WIDTH - left - gap * 2 - 8) / 3
    seconds = sorted({each.asked_s for each in every})
    lengths = [each.audio_s for each in every] + seconds
    for p, (title, values) in enumerate(panels):
        begin = left + p * (width + gap)
        marks = ticks(max(values) * 1.05, 4)
        x = Scale(min(lengths) * 0.93, max(lengths) * 1.07, begin, begin + width, doubling=True)
        y = Scale(0, marks[-1], height - 44, 34)
        Panel(drawing, title, x, y).axes(seconds, marks, "duration of the text, s")
        for threads in figures.threads:
            kind = "utter" if threads == max(figures.threads) else "utter one"
            points = [
                (x(each.audio_s), y(value), f"{threads_text(threads)}: {figure(value)} at {each.audio_s:.1f} s")
                for each, value in zip(every, values, strict=True)
                if each.threads == threads
            ]
            drawing.path([(across, up) for across, up, _ in points], f"curve {kind}")
            for across, up, told in points:
                drawing.dot(across, up, f"dot {kind}", told)
    return drawing.text()

"""The report as one HTML page: style and charts are in it, nothing is loaded from elsewhere, no script runs.

`command` writes it to `report.html`. The words and figures are those of `markdown`, `goals` and `figures`.
"""

from html import escape
from pathlib import Path

from . import charts
from .figures import Figures
from .goals import Goal, figure, goals
from .markdown import conditions, method, ranged
from .results import CONTESTANTS, NAMES, PEERS, UTTER, Results
from .rounds import threads_text

STYLE = Path(__file__).with_name("page.css")
TITLE = "Utter beside ONNX Runtime"


def page(results: Results) -> str:
    """The whole page."""
    figures = Figures(results)
    most = max(figures.threads)
    table = goals(figures)
    must = next(goal.must for goal in table if goal.more_is_better)
    body = [
        f"<h1>{TITLE}</h1>",
        f'<p class="quiet">{escape(conditions(results))}</p>',
        f'<p class="lead">{escape(_lead(figures))}</p>',
        "<h2>Speed, sentence by sentence</h2>",
        _key(),
        _figure(charts.by_length(figures), "Each dot is a sentence: the median over the rounds, with their range."),
        "<h2>How many times faster</h2>",
        _figure(charts.ratios(figures, must), "The median, and the range over all sentences and rounds."),
        "<h2>Where a sentence’s time goes</h2>",
        _figure(charts.waterfall(figures, most), _sentence(figures, most)),
        "<h2>Memory, loading, first call</h2>",
        _figure(charts.costs(figures, most), _costs(figures, most)),
        "<h2>Longer and longer texts</h2>",
        _threads_key(figures),
        _figure(charts.growth(figures), "Utter alone; sentence after sentence, so the first is heard while others are computed."),
        "<h2>What is to be reached</h2>",
        _goals(table),
        "<h2>Every figure</h2>",
        *(_figures(figures, threads) for threads in reversed(figures.threads)),
        *(_sentences(figures, threads) for threads in reversed(figures.threads)),
        "<h2>How it was measured</h2>",
        '<ul class="method">' + "".join(f"<li>{escape(line)}</li>" for line in method(results)) + "</ul>",
    ]
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{TITLE}</title>\n<style>\n{STYLE.read_text()}</style>\n</head>\n<body>\n"
    )
    return head + "\n".join(body) + "\n</body>\n</html>\n"


def _lead(figures: Figures) -> str:
    told = []
    for threads in reversed(figures.threads):
        rtf, best = figures.rtf(UTTER, threads), figures.ratio_to_best(threads)
        told.append(
            f"With {threads_text(threads)} Utter makes a second of speech in {figure(rtf.median * 1e3)} ms, "
            f"{_compared(best.median)} the better of ONNX Runtime’s two precisions."
        )
    return " ".join(told)


def _compared(ratio: float) -> str:
    return f"{ratio:.1f} times as fast as" if ratio >= 1 else f"slower ({ratio:.1f} times the speed) than"


def _sentence(figures: Figures, threads: int) -> str:
    sentence, _ = figures.stages(threads)
    return (
        f"Utter, {threads_text(threads)}: “{sentence.text}”, {sentence.audio_s:.2f} s of speech in "
        f"{sentence.wall_s * 1e3:.0f} ms. Text and the rest, drawn last: reading the text, resampling the first frames."
    )


def _costs(figures: Figures, threads: int) -> str:
    told = ", ".join(f"{NAMES[c]} {figure(figures.first_over_tenth(c, threads).median)}" for c in CONTESTANTS)
    return f"{threads_text(threads).capitalize()}. The first call over the tenth of the same sentence: {told}."


def _key() -> str:
    return _spans((charts.KIND[contestant], NAMES[contestant]) for contestant in CONTESTANTS)


def _threads_key(figures: Figures) -> str:
    most = max(figures.threads)
    return _spans(("utter" if n == most else "utter one", threads_text(n)) for n in reversed(figures.threads))


def _spans(entries) -> str:
    return '<p class="key">' + "".join(f'<span class="{kind}">{escape(name)}</span>' for kind, name in entries) + "</p>"


def _figure(svg: str, caption: str) -> str:
    return f"<figure>\n{svg}\n<figcaption>{escape(caption)}</figcaption>\n</figure>"


def _goals(table: list[Goal]) -> str:
    rows = []
    for goal in table:
        kind = {None: "elsewhere", True: "pass", False: "missed"}[goal.passed]
        cells = [(goal.what.replace("`", ""), ""), (goal.bound(goal.must), "number"), (goal.bound(goal.aim), "number")]
        rows.append([*cells, (goal.shown(), "number"), (goal.verdict.replace("`", ""), kind)])
    return _table([("", ""), ("must", "number"), ("aim", "number"), ("measured", "number"), ("", "")], rows)


def _figures(figures: Figures, threads: int) -> str:
    names = ["RTF (range)", "Utter is faster", "load, s", "first call, s", "tenth call, s", "peak RSS, MB"]
    rows = []
    for contestant in CONTESTANTS:
        first, tenth = figures.calls(contestant, threads)
        ratio = f"{figure(figures.ratio(contestant, threads).median)}×" if contestant in PEERS else ""
        cells = [
            ranged(figures.rtf(contestant, threads)),
            ratio,
            figure(figures.load(contestant, threads).median),
            figure(first),
            figure(tenth),
            figure(figures.memory(contestant, threads).median),
        ]
        rows.append([(NAMES[contestant], ""), *((cell, "number") for cell in cells)])
    return _table([(threads_text(threads), ""), *((name, "number") for name in names)], rows)


def _sentences(figures: Figures, threads: int) -> str:
    every = {contestant: figures.sentences(contestant, threads) for contestant in CONTESTANTS}
    rows = []
    for n, sentence in enumerate(every[UTTER]):
        rtfs = [(figure(every[contestant][n].rtf.median), "number") for contestant in CONTESTANTS]
        rows.append([(sentence.text, ""), (f"{sentence.audio_s:.2f}", "number"), *rtfs])
    header = [("", ""), ("audio, s", "number"), *((f"{NAMES[c]}, RTF", "number") for c in CONTESTANTS)]
    return f"<details><summary>Every sentence, {threads_text(threads)}</summary>{_table(header, rows)}</details>"


def _table(header: list[tuple[str, str]], rows: list[list[tuple[str, str]]]) -> str:
    """Cells are text and class."""

    def row(cells: list[tuple[str, str]], tag: str) -> str:
        made = (f'<{tag} class="{kind}">' if kind else f"<{tag}>" for _, kind in cells)
        return "<tr>" + "".join(f"{begin}{escape(text)}</{tag}>" for begin, (text, _) in zip(made, cells)) + "</tr>"

    inner = row(header, "th") + "\n" + "\n".join(row(cells, "td") for cells in rows)
    return f'<div class="scroll"><table>\n{inner}\n</table></div>'

"""The report as Markdown: the goals, the contestants side by side, every sentence, growth.

`command` writes it to `report.md`, for terminals and for pasting; `page` is the same with charts.
"""

from .figures import Figures, Spread
from .goals import figure, goals
from .results import CONTESTANTS, NAMES, PEERS, UTTER, Results
from .rounds import threads_text


def markdown(results: Results) -> str:
    """The whole report."""
    figures = Figures(results)
    parts = [
        "# Utter beside ONNX Runtime",
        conditions(results),
        "## Goals",
        _table(
            ["", "must", "aim", "measured", ""],
            [[g.what, g.bound(g.must), g.bound(g.aim), g.shown(), g.verdict] for g in goals(figures)],
        ),
        *(_side_by_side(figures, threads) for threads in reversed(figures.threads)),
        "## Every sentence",
        *(_sentences(figures, threads) for threads in reversed(figures.threads)),
        "## Longer and longer texts, Utter alone",
        _growth(results),
        "## How it was measured",
        *(f"- {line}" for line in method(results)),
    ]
    text = "\n\n".join(parts)
    return text.replace("\n\n- ", "\n- ").replace("measured\n- ", "measured\n\n- ") + "\n"


def conditions(results: Results) -> str:
    """Where, with what, and how undisturbed: one paragraph."""
    machine, versions, settings = results.machine, results.versions, results.settings
    memory = f", {machine['memory_gb']} GB" if "memory_gb" in machine else ""
    disturbed = ""
    if results.others is not None:
        disturbed = f" Other programs kept {results.others:.2f} processors busy meanwhile."
    rounds = settings["rounds"]
    return (
        f"{machine['processor']}, {machine['processors']} logical processors{memory}; {machine['system']}. "
        f"Utter {versions['utter']}, ONNX Runtime {versions['onnxruntime']}, the same weights of Kokoro-82M. "
        f"{settings['sentences']} sentences, {rounds} round{'s' if rounds > 1 else ''}.{disturbed}"
    )


def method(results: Results) -> list[str]:
    """What a reader has to know to judge the figures."""
    repeat = results.settings["repeat"]
    often = "once that counts" if repeat == 1 else f"{repeat} times, of which the median counts"
    return [
        "RTF is computing time over the duration of the audio made: below 1 is faster than real time. "
        "A figure is the median over the sentences of the medians over the rounds.",
        "Each contestant with each number of threads has a process of its own in each round, one at a time; every second round "
        "runs backwards. A process loads, speaks the first sentence ten times, then each sentence once without counting "
        f"and {often}.",
        "ONNX Runtime runs as people use it: CPU provider, its defaults but for the number of threads, denormals as zero. "
        "f32 is the 8-bit model with its weights written as floats, which is what Utter computes, too.",
        "All speak the same symbols. Utter's times include reading the text and resampling the first frames; "
        "ONNX Runtime's are of the model alone.",
        "Loading is until the model can be called, its files in the page cache. Utter's dictionary, which the peer has none of, took "
        f"{results.dictionary_s:.2f} s more and is loaded beside the voice by `utter say`; it is part of Utter's memory.",
        "Memory is the peak resident set of the process by the operating system's account; MB are 10⁶ bytes. "
        "With ONNX Runtime it holds Python, too.",
    ]


def _side_by_side(figures: Figures, threads: int) -> str:
    rows = []
    for contestant in CONTESTANTS:
        first, tenth = figures.calls(contestant, threads)
        rows.append(
            [
                NAMES[contestant],
                ranged(figures.rtf(contestant, threads)),
                f"{ranged(figures.ratio(contestant, threads))}×" if contestant in PEERS else "",
                figure(figures.load(contestant, threads).median),
                figure(first),
                figure(tenth),
                figure(figures.memory(contestant, threads).median),
            ]
        )
    header = ["", "RTF", "Utter is faster", "load, s", "first call, s", "tenth call, s", "peak RSS, MB"]
    return f"## {threads_text(threads).capitalize()}\n\n{_table(header, rows)}"


def _sentences(figures: Figures, threads: int) -> str:
    by_contestant = {c: figures.sentences(c, threads) for c in CONTESTANTS}
    rows = []
    for n, sentence in enumerate(by_contestant[UTTER]):
        rtfs = [figure(by_contestant[c][n].rtf.median) for c in CONTESTANTS]
        rows.append([sentence.text, f"{sentence.audio_s:.2f}", *rtfs])
    header = [threads_text(threads), "audio, s", *(f"{NAMES[c]}, RTF" for c in CONTESTANTS)]
    return _table(header, rows)


def _growth(results: Results) -> str:
    rows = [
        [
            threads_text(each.threads),
            f"{each.audio_s:.1f}",
            figure(each.wall_s / each.audio_s),
            figure(each.first_audio_s),
            figure(each.peak_rss_mb),
        ]
        for each in results.growth
    ]
    return _table(["", "audio, s", "RTF", "first audio, s", "peak RSS, MB"], rows)


def ranged(spread: Spread) -> str:
    """A median with its range: 0.102 (0.098 to 0.106)."""
    return f"{figure(spread.median)} ({figure(spread.low)}–{figure(spread.high)})"


def _table(header: list[str], rows: list[list[str]]) -> str:
    """A table; all columns but the first are set to the right unless they hold words."""
    wordy = [any(cell and cell[0].isalpha() for cell in column) for column in zip(*rows, strict=True)]
    marks = ["---" if n == 0 or words else "---:" for n, words in enumerate(wordy)]
    lines = [header, marks, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)

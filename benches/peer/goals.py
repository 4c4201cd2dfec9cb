"""What Utter is to reach, and whether this run shows it: the table at the top of the report.

`markdown` and `page` show it. Each goal has a bound that must hold and one that is aimed at. Two goals are of accuracy, which no
bench can tell: tests compare with golden values, and the table says so instead of a figure.
"""

from dataclasses import dataclass

from .figures import Figures
from .results import UTTER

ACCURACY = "golden tests in `make test`"


@dataclass(frozen=True)
class Goal:
    """One line of the table. `measured` is `None` where the bench cannot measure it."""

    what: str
    must: float
    aim: float | None
    unit: str
    measured: float | None
    more_is_better: bool = False

    @property
    def passed(self) -> bool | None:
        """Whether the bound that must hold does."""
        return self._holds(self.must)

    @property
    def verdict(self) -> str:
        """In words."""
        if self.measured is None:
            return f"see the {ACCURACY}"
        if self.aim is not None and self._holds(self.aim):
            return "pass, aim reached"
        return "pass" if self.passed else "NOT REACHED"

    def bound(self, value: float | None) -> str:
        """A bound as it is written: ≤ 0.18, ≥ 2.6×."""
        if value is None:
            return "–"
        return f"{'≥' if self.more_is_better else '≤'} {value:g}{self.unit}"

    def shown(self) -> str:
        """What was measured, to three figures."""
        return "–" if self.measured is None else f"{figure(self.measured)}{self.unit}"

    def _holds(self, bound: float) -> bool | None:
        if self.measured is None:
            return None
        return self.measured >= bound if self.more_is_better else self.measured <= bound


def figure(value: float) -> str:
    """Three significant figures, never fewer than the whole part has, and never more than three decimals."""
    decimals = next((n for limit, n in ((0.9995, 3), (9.995, 2), (99.95, 1)) if abs(value) < limit), 0)
    return f"{value:.{decimals}f}"


def goals(figures: Figures) -> list[Goal]:
    """The table, with the figures of this run. Where both thread counts count, the worse one stands."""
    results, threads = figures.results, figures.threads
    rtf = {n: figures.rtf(UTTER, n).median for n in threads}
    found = [
        Goal("RTF, 2 threads", 0.18, 0.12, "", rtf.get(2)),
        Goal("RTF, 1 thread", 0.32, 0.22, "", rtf.get(1)),
    ]
    for n in reversed(threads):
        what = f"faster than the better of ONNX Runtime's precisions, {n} thread{'s' if n > 1 else ''}"
        found.append(Goal(what, 2.6, 3.5, "×", figures.ratio_to_best(n).median, more_is_better=True))
    load = max(figures.load(UTTER, n).median for n in threads)
    first = max(figures.first_over_tenth(UTTER, n).median for n in threads)
    said = max(each.peak_rss_mb for each in results.saying)
    short = next((each.wall_s for each in results.short if each.threads == 2), None)
    return [
        *found,
        Goal("time to load, files in the page cache", 0.3, 0.1, " s", load),
        Goal("first call after loading, against the tenth", 1.3, 1.1, "×", first),
        Goal("“Okay.”, 2 threads", 0.30, None, " s", short),
        Goal("peak RSS of `utter say`, longest sentence", 450, 300, " MB", said),
        Goal("generator from golden inputs, SNR", 50, 70, " dB", None, more_is_better=True),
        Goal("log-mel distance to golden, end to end", 1.0, 0.9, " dB", None),
        Goal("artifact directory on disk", 180, 100, " MB", results.artifacts_mb),
    ]

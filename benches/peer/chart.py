"""The words that charts are written with: scales, axes with ticks and units, dots, lines, bars; as SVG text.

`charts` draws with it. Colours are classes that the page's style sheet sets, so a chart follows light, dark and paper.
Coordinates are those of the drawing's own box; nothing here knows what is shown.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` on a line from `start` to `end`; in doublings where `doubling`."""

    low: float
    high: float
    start: float
    end: float
    doubling: bool = False

    def __call__(self, value: float) -> float:
        """Where a value lies."""
        form = math.log2 if self.doubling else float
        share = (form(value) - form(self.low)) / (form(self.high) - form(self.low))
        return self.start + share * (self.end - self.start)


def ticks(high: float, about: int = 5) -> list[float]:
    """Round values from 0 to the first that is not below `high`, in about so many steps."""
    rough = high / about
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    count = math.ceil(high / step - 1e-9)
    return [round(n * step, 10) for n in range(count + 1)]


class Drawing:
    """One SVG of a width and height; `text` is what goes into the page."""

    def __init__(self, width: float, height: float, told: str):
        self._parts = [
            f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(told)}" '
            'xmlns="http://www.w3.org/2000/svg">'
        ]

    def text(self) -> str:
        """The finished SVG."""
        return "\n".join([*self._parts, "</svg>"])

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        """A straight line."""
        self._parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>')

    def path(self, points: Sequence[tuple[float, float]], kind: str) -> None:
        """A line through points."""
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(f'<polyline points="{joined}" class="{kind}"/>')

    def dot(self, x: float, y: float, kind: str, told: str, radius: float = 3.5) -> None:
        """A dot; `told` is shown when it is pointed at."""
        self._parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" class="{kind}"><title>{escape(told)}</title></circle>'
        )

    def bar(self, x: float, y: float, width: float, height: float, kind: str, told: str) -> None:
        """A bar from its left upper corner; never narrower than can be seen."""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height:.1f}" class="{kind}">'
            f"<title>{escape(told)}</title></rect>"
        )

    def words(self, x: float, y: float, said: str, kind: str = "label", anchor: str = "start") -> None:
        """A line of text, on its base line."""
        self._parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(said)}</text>')


@dataclass(frozen=True)
class Panel:
    """A plot within a drawing: a title above it, a value axis on the left with lines across, an axis below."""

    drawing: Drawing
    title: str
    x: Scale
    y: Scale

    def axes(self, x_ticks: Sequence[float], y_ticks: Sequence[float], x_label: str) -> None:
        """Draws both axes; the value axis is explained by the title."""
        drawing, left, right = self.drawing, self.x.start, self.x.end
        bottom = self.y.start
        for value in y_ticks:
            at = self.y(value)
            drawing.line(left, at, right, at, "axis" if value == self.y.low else "grid")
            drawing.words(left - 6, at + 4, f"{value:g}", "tick", "end")
        for value in x_ticks:
            at = self.x(value)
            drawing.line(at, bottom, at, bottom + 4, "axis")
            drawing.words(at, bottom + 17, f"{value:g}", "tick", "middle")
        drawing.words(right, bottom + 34, x_label, "tick", "end")
        drawing.words(left, self.y.end - 14, self.title, "title")

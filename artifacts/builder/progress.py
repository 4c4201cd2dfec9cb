"""What a person sees while the voice is built.

On a terminal one live line per step, with a percentage where there is one; elsewhere plain lines, the first
after two seconds and then every ten. A step that takes less than two seconds says nothing. All of it goes to
standard error.
"""

import contextlib
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TextIO

SILENT = 2.0
PLAIN_EVERY = 10.0
Report = Callable[[float | None, str], None]


class Progress:
    """The only writer of progress; `step` for everything that may take more than two seconds."""

    def __init__(self, out: TextIO | None = None):
        self._out = out if out is not None else sys.stderr
        self._live = self._out.isatty()

    def say(self, line: str) -> None:
        """One plain line, always shown."""
        print(line, file=self._out, flush=True)

    @contextlib.contextmanager
    def step(self, label: str) -> Iterator[Report]:
        """Shows `label` while the body runs. The body calls what it gets with (fraction or None, detail)."""
        state: dict[str, tuple[float | None, str]] = {"now": (None, "")}
        begun, done = time.monotonic(), threading.Event()

        def report(fraction: float | None, detail: str = "") -> None:
            state["now"] = (None if fraction is None else min(max(fraction, 0.0), 1.0), detail)

        shown = threading.Thread(target=self._show, args=(label, state, begun, done), daemon=True)
        shown.start()
        finished = False
        try:
            yield report
            finished = True
        finally:
            done.set()
            shown.join()
            took = time.monotonic() - begun
            if took >= SILENT:
                self._clear()
                self.say(f"{label}: {'done' if finished else 'stopped'} after {took:.0f} s")

    def _show(self, label: str, state: dict, begun: float, done: threading.Event) -> None:
        wait = SILENT
        while not done.wait(wait):
            fraction, detail = state["now"]
            share = "" if fraction is None else f" {fraction:4.0%}"
            line = (
                f"{label}{share}" + (f" ({detail})" if detail else "") + f", {time.monotonic() - begun:.0f} s"
            )
            if self._live:
                self._clear()
                self._out.write(line[: shutil.get_terminal_size().columns - 1])
                self._out.flush()
            else:
                self.say(line)
            wait = 0.2 if self._live else PLAIN_EVERY

    def _clear(self) -> None:
        if self._live:
            self._out.write("\r\x1b[2K")

"""Starts the two steps that need TVM, in the environment made for them.

`Compiler` is what `build` calls; the tests put another in its place. The work is done by `worker`, a process
of its own: the build itself never imports TVM, so a second run costs nothing.
"""

import json
from pathlib import Path

from . import process
from .environment import LIBRARY_SUFFIX, Environment
from .errors import BuildError
from .places import Places
from .progress import Report
from .recipe import HERE, Recipe
from .target import Target


class Compiler:
    """Compiles the library and packs the weights, through the recipe's model package."""

    def __init__(self, recipe: Recipe, places: Places, environment: Environment):
        self._recipe, self._places, self._environment = recipe, places, environment

    def library(self, folder: Path, target: Target, report: Report) -> None:
        """Writes the library for one of the recipe's targets into `folder`."""
        self._work(
            "compile",
            {
                "output": str(folder / self._recipe.library_name(target, LIBRARY_SUFFIX)),
                "target": target.as_json(),
            },
            "Compiling the voice",
            report,
        )

    def object(self, folder: Path, target: Target, report: Report) -> None:
        """Writes the object file for one of the targets of another system into `folder`, and has it checked."""
        self._work(
            "object",
            {
                "output": str(folder / self._recipe.object_name(target)),
                "target": target.as_json(),
                "platform": self._recipe.platform.name,
            },
            "Compiling the voice",
            report,
        )

    def weights(self, onnx: Path, folder: Path, report: Report) -> None:
        """Writes `weights.bin` and its index, `weights.json`, into `folder`."""
        self._work(
            "pack",
            {"onnx": str(onnx), "output": str(folder / "weights.bin"), "index": str(folder / "weights.json")},
            "Packing the weights",
            report,
        )

    def _work(self, task: str, request: dict, what: str, report: Report) -> None:
        failure: list[str] = []

        def on_line(line: str) -> None:
            if not line.startswith("@utter "):
                return
            told = json.loads(line.removeprefix("@utter "))
            if "failed" in told:
                failure.append(told["failed"])
            else:
                report(told["fraction"], told["label"])

        log = self._places.logs / f"{task}.log"
        command = [
            str(self._environment.python),
            "-B",
            str(HERE / "builder" / "worker.py"),
            str(self._recipe.model),
            task,
            json.dumps(request),
        ]
        try:
            process.run(command, what=what, log=log, on_line=on_line)
        except BuildError as error:
            if failure and "disk is full" not in str(error):
                raise BuildError(f"{what} failed: {failure[0][:300]}", f"Details: {log}") from error
            raise

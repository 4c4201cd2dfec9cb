"""A step whose result is kept: made under a temporary name, checked in, renamed.

`Steps.ensure` is called by `build` for unpacking, compiling and packing. A finished step is a folder with
`outputs.json`, which has each file's size and hash; it is used again only when they are still right.
Half-made ones lie in `scratch/`.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from . import files
from .places import Places

OUTPUTS = "outputs.json"
KEPT_SECONDS = 14 * 24 * 3600


class Steps:
    """The finished steps of a cache directory. The caller holds the lock."""

    def __init__(self, places: Places):
        self._places = places

    def ensure(self, name: str, key: str, make: Callable[[Path], None]) -> Path:
        """The folder of the step's outputs. Where there is none that is whole, `make` fills an empty one."""
        folder = self._places.steps / f"{name}-{key}"
        if folder.is_dir() and intact(folder):
            os.utime(folder)
            return folder
        files.remove(folder)
        scratch = self._places.scratch / name
        files.remove(scratch)
        scratch.mkdir(parents=True)
        make(scratch)
        outputs = {p.relative_to(scratch).as_posix(): p for p in sorted(scratch.rglob("*")) if p.is_file()}
        described = {name: files.describe(path) for name, path in outputs.items()}
        self._share(scratch, described)
        for path in outputs.values():
            files.sync(path)
        files.write_json(scratch / OUTPUTS, described)
        folder.parent.mkdir(parents=True, exist_ok=True)
        os.rename(scratch, folder)
        return folder

    def _share(self, scratch: Path, described: dict) -> None:
        """Where another step made the same large file, both become one file: sources change more often than
        weights.
        """
        for other in self._places.steps.glob("*/" + OUTPUTS):
            known = files.read_json(other) or {}
            for name, description in described.items():
                twin = other.parent / name
                if (
                    known.get(name) == description
                    and description["size"] > files.BLOCK
                    and files.matches(twin, description["size"], description["sha256"])
                ):
                    (scratch / name).unlink()
                    files.link(twin, scratch / name)

    def prune(self, keep: set[Path]) -> None:
        """Removes steps and voices that were not used for two weeks, except what `keep` names."""
        oldest = time.time() - KEPT_SECONDS
        for parent in (self._places.steps, self._places.voices):
            for folder in parent.iterdir() if parent.is_dir() else ():
                if folder.is_dir() and folder not in keep and folder.stat().st_mtime < oldest:
                    files.remove(folder)


def intact(folder: Path) -> bool:
    """Whether a finished step's files are all there and unchanged."""
    described = files.read_json(folder / OUTPUTS)
    return isinstance(described, dict) and all(
        files.matches(folder / name, d["size"], d["sha256"]) for name, d in described.items()
    )

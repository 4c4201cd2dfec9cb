"""The Python environment that compiles the voice, and the one library of it that the Rust build links.

`ensure` makes both when they are missing. A virtual environment cannot be moved, so it is made under a name
of its own and counts only once a small file names it: one that was interrupted is never used, and swept by
the next run.
"""

import os
import re
import secrets
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from . import files, process
from .errors import BuildError
from .places import Places
from .progress import Progress
from .recipe import Recipe

LIBRARY_SUFFIX = ".dylib" if sys.platform == "darwin" else ".so"
_CONFIG = """#!/bin/sh
# Written by the build of the voice, for the build of the crate tvm-ffi-sys: it asks where libtvm_ffi lies.
case "$1" in
  --libdir) CDPATH= cd -- "$(dirname -- "$0")/../lib" && pwd ;;
  *) echo "tvm-ffi-config: only --libdir is answered here" >&2; exit 2 ;;
esac
"""


@dataclass(frozen=True)
class Environment:
    """A finished environment."""

    python: Path
    packages: Path

    def libraries(self) -> dict[str, Path]:
        """What an engine must carry of TVM: file name to path, in the order in which they are loaded."""
        folders = {"libtvm_ffi": "tvm_ffi", "libtvm_runtime": "tvm"}
        return {
            f"{name}{LIBRARY_SUFFIX}": self.packages / folder / "lib" / f"{name}{LIBRARY_SUFFIX}"
            for name, folder in folders.items()
        }


def find(recipe: Recipe, places: Places) -> Environment | None:
    """The environment of this recipe, if it is complete."""
    made = files.read_json(places.environments / f"{recipe.environment_key}.json")
    if not isinstance(made, dict):
        return None
    root = places.environments / str(made.get("folder"))
    found = Environment(root / "bin" / "python", root / str(made.get("packages")))
    complete = found.python.exists() and all(path.exists() for path in found.libraries().values())
    return found if complete else None


def ensure(recipe: Recipe, places: Places, progress: Progress) -> Environment:
    """Makes the environment where it is missing. The caller holds the lock."""
    found = find(recipe, places)
    if not found:
        _sweep(places)
        _make(recipe, places, progress)
        found = find(recipe, places)
        if not found:
            raise BuildError(
                "The Python environment lacks TVM's libraries.",
                f"The locked packages may not fit Python {sys.version.split()[0]}; try `make voice PYTHON=python3.12`.",
            )
    _lay_out_tvm_ffi(recipe, places, found)
    return found


def tvm_ffi_ready(recipe: Recipe, places: Places) -> Path | None:
    """The folder to put on PATH for building the Rust side, if it is there."""
    root = places.tvm_ffi(recipe.locked("apache-tvm-ffi"))
    complete = (root / "bin" / "tvm-ffi-config").exists() and (
        root / "lib" / f"libtvm_ffi{LIBRARY_SUFFIX}"
    ).exists()
    return root / "bin" if complete else None


def _make(recipe: Recipe, places: Places, progress: Progress) -> None:
    root = places.environments / f"{recipe.environment_key}-{secrets.token_hex(4)}"
    root.parent.mkdir(parents=True, exist_ok=True)
    _create(root, places)
    scratch = places.scratch / "pip"
    scratch.mkdir(parents=True, exist_ok=True)
    with progress.step("Installing TVM into an environment of its own") as report:
        with process.Growth(scratch, None, report):
            pip(
                root / "bin" / "python",
                ["install", "--require-hashes", "--only-binary", ":all:", "-r", str(recipe.requirements)],
                what="Installing TVM",
                places=places,
                scratch=scratch,
            )
    files.remove(scratch)
    (packages,) = (root / "lib").glob("python3.*/site-packages")
    files.write_json(
        places.environments / f"{recipe.environment_key}.json",
        {"folder": root.name, "packages": str(packages.relative_to(root)), "python": sys.version.split()[0]},
    )


def _create(root: Path, places: Places) -> None:
    try:
        process.run(
            [sys.executable, "-m", "venv", "--symlinks", str(root)],
            what="Making a Python environment",
            log=places.logs / "venv.log",
        )
    except BuildError as error:
        if "disk is full" in str(error):
            raise
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise BuildError(
            f"Python cannot make a virtual environment ({sys.executable}).",
            f"Run `make setup` (or `apt-get install {package}`), then the command again.",
        ) from error


def pip(python: Path, arguments: list[str], *, what: str, places: Places, scratch: Path) -> None:
    """Runs the environment's pip; it keeps its half-made files in `scratch`."""
    process.run(
        [str(python), "-m", "pip", "--no-input", "--disable-pip-version-check", "--retries", "2", *arguments],
        what=what,
        log=places.logs / f"pip-{arguments[0]}.log",
        env={"TMPDIR": str(scratch)},
    )


def _lay_out_tvm_ffi(recipe: Recipe, places: Places, environment: Environment) -> None:
    """Copies libtvm_ffi to a place of its own: cargo rebuilds when PATH changes, and this one stays."""
    if tvm_ffi_ready(recipe, places):
        return
    root = places.tvm_ffi(recipe.locked("apache-tvm-ffi"))
    (name, path), *_ = environment.libraries().items()
    (root / "lib").mkdir(parents=True, exist_ok=True)
    files.write_whole(root / "lib" / name, path.read_bytes())
    config = root / "bin" / "tvm-ffi-config"
    partial = root / "tvm-ffi-config.partial"
    files.write_whole(partial, _CONFIG.encode())
    os.chmod(partial, 0o755)
    config.parent.mkdir(exist_ok=True)
    os.replace(partial, config)


def _sweep(places: Places) -> None:
    """Removes environments that no file names: an interrupted run's."""
    if not places.environments.is_dir():
        return
    named = {str((files.read_json(p) or {}).get("folder")) for p in places.environments.glob("*.json")}
    for folder in places.environments.iterdir():
        if re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]{8}", folder.name) and folder.name not in named:
            files.remove(folder)


def compiler() -> str | None:
    """A compiler to link the library with, or `None`: the one that TVM will choose."""
    chosen = os.environ.get("CXX") or os.environ.get("CC")
    return chosen or next(filter(shutil.which, ("g++", "gcc", "clang++", "clang", "c++", "cc")), None)

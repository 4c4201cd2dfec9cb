"""The Python environment that compiles the voice, and the one library of it that the Rust build links.

`ensure` makes both when they are missing: the environment as `packages` makes one from any lock file, and complete only
with TVM's libraries in it.
"""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from . import files, packages
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
    made = packages.find(recipe.requirements, places)
    found = made and Environment(made.python, made.folder)
    return found if found and all(path.exists() for path in found.libraries().values()) else None


def ensure(recipe: Recipe, places: Places, progress: Progress) -> Environment:
    """Makes the environment where it is missing. The caller holds the lock."""
    found = find(recipe, places)
    if not found:
        packages.make(recipe.requirements, "TVM", places, progress)
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


def compiler() -> str | None:
    """A compiler to link the library with, or `None`: the one that TVM will choose."""
    chosen = os.environ.get("CXX") or os.environ.get("CC")
    return chosen or next(filter(shutil.which, ("g++", "gcc", "clang++", "clang", "c++", "cc")), None)

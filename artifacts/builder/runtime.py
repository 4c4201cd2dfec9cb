"""TVM's FFI library for another system, out of the package for that system.

Called by `build` for the platforms that the package index has it for; for Android and iOS it is built from its sources
(`flutter/README.md`). The lock names the packages for all systems, so what is fetched here is pinned as everything is.
"""

import re
import zipfile
from pathlib import Path

from . import packages
from .environment import Environment
from .errors import BuildError
from .places import Places
from .platforms import FFI, Platform
from .recipe import Recipe

_PACKAGE = "apache-tvm-ffi"
_PYTHON = "312"
"""Of the package for which Python the library is taken: it is the same in all."""


def fetch(recipe: Recipe, places: Places, environment: Environment, platform: Platform, folder: Path) -> None:
    """Puts the library into `folder`, through pip."""
    scratch = places.scratch / "runtime-wheel"
    scratch.mkdir(parents=True)
    wanted = scratch / "wanted.txt"
    wanted.write_text(_pinned(recipe))
    packages.pip(
        environment.python,
        [
            "download",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--platform",
            platform.wheel,
            "--python-version",
            _PYTHON,
            "--require-hashes",
            "-d",
            str(scratch),
            "-r",
            str(wanted),
        ],
        what=f"Fetching TVM's library for {platform.name}",
        places=places,
        scratch=scratch,
    )
    library = platform.library(FFI)
    (wheel,) = scratch.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        member = next((name for name in archive.namelist() if name.endswith(f"/lib/{library}")), None)
        if member is None:
            raise BuildError(f"{wheel.name} holds no {library}.", "This is a mistake in builder/platforms.py.")
        (folder / library).write_bytes(archive.read(member))


def _pinned(recipe: Recipe) -> str:
    """The package's lines of the lock: its version and all hashes."""
    found = re.search(rf"^{_PACKAGE}==.*?(?=^\S|\Z)", recipe.requirements.read_text(), re.MULTILINE | re.DOTALL)
    if not found:
        raise ValueError(f"{_PACKAGE} is not in {recipe.requirements}")
    return found[0]

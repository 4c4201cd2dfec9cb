"""Python environments made from a lock file: found, made, and swept when they were left half-made.

`environment` asks for the one that compiles the voice, and the benches' comparison for its own. A virtual environment cannot
be moved, so it is made under a name of its own and counts only once a small file names it: one that was
interrupted is never used, and swept by the next run. Whether what is in it suffices is for the caller to say.
"""

import re
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from . import files, process
from .errors import BuildError
from .places import Places
from .progress import Progress
from .recipe import key_of


@dataclass(frozen=True)
class Packages:
    """A finished virtual environment: its interpreter, and the folder with what is installed."""

    python: Path
    folder: Path


def key(lock: Path) -> str:
    """Names the environment that this lock file makes."""
    return key_of({"lock": files.sha256(lock)})


def find(lock: Path, places: Places) -> Packages | None:
    """The environment of this lock file, if it was made to the end."""
    made = files.read_json(places.environments / f"{key(lock)}.json")
    if not isinstance(made, dict):
        return None
    root = places.environments / str(made.get("folder"))
    found = Packages(root / "bin" / "python", root / str(made.get("packages")))
    return found if found.python.exists() and found.folder.is_dir() else None


def make(lock: Path, what: str, places: Places, progress: Progress) -> None:
    """Makes the environment of this lock file, anew if it is there. `what` names it in messages. The caller holds the
    cache's lock.
    """
    _sweep(places)
    root = places.environments / f"{key(lock)}-{secrets.token_hex(4)}"
    root.parent.mkdir(parents=True, exist_ok=True)
    _create(root, places)
    scratch = places.scratch / "pip"
    scratch.mkdir(parents=True, exist_ok=True)
    with progress.step(f"Installing {what} into an environment of its own") as report:
        with process.Growth(scratch, None, report):
            pip(
                root / "bin" / "python",
                ["install", "--require-hashes", "--only-binary", ":all:", "-r", str(lock)],
                what=f"Installing {what}",
                places=places,
                scratch=scratch,
            )
    files.remove(scratch)
    (folder,) = (root / "lib").glob("python3.*/site-packages")
    files.write_json(
        places.environments / f"{key(lock)}.json",
        {"folder": root.name, "packages": str(folder.relative_to(root)), "python": sys.version.split()[0]},
    )


def pip(python: Path, arguments: list[str], *, what: str, places: Places, scratch: Path) -> None:
    """Runs the environment's pip; it keeps its half-made files in `scratch`."""
    process.run(
        [str(python), "-m", "pip", "--no-input", "--disable-pip-version-check", "--retries", "2", *arguments],
        what=what,
        log=places.logs / f"pip-{arguments[0]}.log",
        env={"TMPDIR": str(scratch)},
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


def _sweep(places: Places) -> None:
    """Removes environments that no file names: an interrupted run's."""
    if not places.environments.is_dir():
        return
    named = {str((files.read_json(p) or {}).get("folder")) for p in places.environments.glob("*.json")}
    for folder in places.environments.iterdir():
        if re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]{8}", folder.name) and folder.name not in named:
            files.remove(folder)

"""The command behind `make voice`: arguments, messages, exit codes.

Exit codes: 0 done, 1 a failure with a way out (two lines say which), 2 wrong usage, 130 interrupted. What the
command answers goes to standard output, all else to standard error.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from . import environment, link, lock, platforms, target
from .build import Workshop, voice
from .errors import BuildError, from_os_error
from .places import Places, cache_directory
from .progress import Progress
from .recipe import Recipe


def arguments() -> argparse.ArgumentParser:
    """What the command understands."""
    parser = argparse.ArgumentParser(
        prog="artifacts/voice",
        description="Builds the voice: weights, compiled library and voices in one directory, "
        "which the engine loads. Whatever is already there is kept; an interrupted build goes on.",
    )
    parser.add_argument(
        "do",
        nargs="?",
        default="build",
        choices=["build", "where", "env", "python"],
        help="build: make it if needed and print its directory (the default); where: only print the directory; "
        "env: make what the Rust build needs and print the folder to put on PATH; "
        "python: print the interpreter that the voice is built with, which its tests run on",
    )
    parser.add_argument(
        "--target",
        metavar="NAME",
        help=f"processors, or the system, to compile for: {', '.join(target.NAMES)} (default: the first)",
    )
    parser.add_argument(
        "--artifacts",
        type=Path,
        default=os.environ.get("UTTER_ARTIFACTS") or None,
        metavar="DIR",
        help="build here instead of in the cache (also: UTTER_ARTIFACTS)",
    )
    parser.add_argument("--verify", action="store_true", help="hash every file, and mend what is damaged")
    return parser


def main(argv: Sequence[str], recipe: Recipe | None = None, workshop: Workshop = Workshop()) -> int:
    """Runs the command; the exit code."""
    asked = arguments().parse_args(argv)
    try:
        recipe = recipe or _recipe(target.choose(asked.target))
        _run(asked, recipe, Places(cache_directory()), workshop)
    except BuildError as error:
        return _complain(error)
    except OSError as error:
        return _complain(from_os_error(error))
    except KeyboardInterrupt:
        print("utter: interrupted; run the command again, and it goes on.", file=sys.stderr)
        return 130
    return 0


def _recipe(targets: tuple[target.Target, ...]) -> Recipe:
    platform = platforms.of(targets[0].triple)
    linker = platform and link.find(platform)
    return Recipe(targets, linker=tuple(linker) if linker else None)


def _run(asked: argparse.Namespace, recipe: Recipe, places: Places, workshop: Workshop) -> None:
    progress = Progress()
    at = Path(os.path.abspath(asked.artifacts)) if asked.artifacts else None
    if asked.do == "where":
        print(at or places.voices / recipe.key)
    elif asked.do == "env":
        if not environment.tvm_ffi_ready(recipe, places):
            with lock.hold(places.lock, progress):
                workshop.environment(recipe, places, progress)
        print(environment.tvm_ffi_ready(recipe, places))
    elif asked.do == "python":
        found = environment.find(recipe, places)
        if not found:
            with lock.hold(places.lock, progress):
                found = workshop.environment(recipe, places, progress)
        print(found.python)
    else:
        print(voice(recipe, places, progress, at=at, full=asked.verify, workshop=workshop))


def _complain(error: BuildError) -> int:
    print(f"utter: {error}\n       {error.hint}", file=sys.stderr)
    return 1

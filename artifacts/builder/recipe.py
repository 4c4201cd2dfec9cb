"""What a voice is made from, and the key that follows from it.

A `Recipe` is made once by `command` (the tests make theirs with stand-ins) and read by everyone. Two recipes
with the same key make the same voice, so checkouts with equal sources share one artifact directory.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from . import platforms
from .files import sha256
from .platforms import Platform
from .target import Target

HERE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Package:
    """One pinned file of a package registry."""

    registry: str
    name: str
    version: str
    file: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Recipe:
    """The sources of one voice. `targets` are what `target.choose` returned, `folder` is `artifacts/`, `model` the
    package that compiles and packs. For another system `linker` is how the command begins that links there (`link.find`), none
    where nothing here can.
    """

    targets: tuple[Target, ...]
    folder: Path = HERE
    model: Path = HERE / "kokoro"
    linker: tuple[str, ...] | None = None

    @cached_property
    def interface(self) -> int:
        """Which engine the compiled library fits: the number that the engine checks."""
        return int((self.folder / "INTERFACE").read_text())

    @cached_property
    def sources(self) -> dict[str, Any]:
        """`sources.json`: the pinned packages, and what is where in them."""
        return json.loads((self.folder / "sources.json").read_text())

    @cached_property
    def packages(self) -> dict[str, Package]:
        """The pinned packages by name."""
        return {p["name"]: Package(**p) for p in self.sources["packages"]}

    @property
    def requirements(self) -> Path:
        """The lock of the Python environment."""
        return self.folder / "requirements.lock"

    @property
    def npm_requirements(self) -> Path:
        """The lock of what stands in for npm."""
        return self.folder / "requirements-npm.lock"

    def locked(self, name: str) -> str:
        """The version of a Python package that the lock names."""
        found = re.search(rf"^{re.escape(name)}==(\S+)", self.requirements.read_text(), re.MULTILINE)
        if not found:
            raise ValueError(f"{name} is not in {self.requirements}")
        return found[1]

    @cached_property
    def inputs_key(self) -> str:
        """Names the unpacked weights, vocabulary and voices."""
        return key_of(self.sources)

    @property
    def target(self) -> Target:
        """The target that every processor of the family can run."""
        return self.targets[0]

    @property
    def platform(self) -> Platform | None:
        """The other system that the voice is for; none for the one that builds it."""
        return platforms.of(self.target.triple)

    def library_name(self, target: Target, suffix: str) -> str:
        """The file name of the library for one of the targets; it ends in `suffix` on the system that builds."""
        stem = self._stem(target)
        return self.platform.library(stem) if self.platform else f"lib{stem}{suffix}"

    def object_name(self, target: Target) -> str:
        """The file name of what is compiled for one of the targets of another system."""
        return self._stem(target) + (self.platform.object_suffix if self.platform else ".o")

    def _stem(self, target: Target) -> str:
        return "kokoro" if target == self.target else f"kokoro-{target.name}"

    def compile_key(self, target: Target) -> str:
        """Names the library compiled for one of the targets, under the name that it has in the voice."""
        return key_of(
            {
                "model": self._hashes(self.model),
                "lock": sha256(self.requirements),
                "target": target.as_json(),
                "name": self.object_name(target) if self.platform else self.library_name(target, ""),
            }
        )

    def link_key(self, target: Target) -> str:
        """Names the library linked from what was compiled for one of the targets."""
        how = {name: sha256(HERE / "builder" / name) for name in ("link.py", "platforms.py")}
        return key_of({"compile": self.compile_key(target), "how": how})

    def runtime_key(self) -> str:
        """Names TVM's FFI library for another system."""
        return key_of({"ffi": self.locked("apache-tvm-ffi"), "platform": self.platform and self.platform.name})

    @cached_property
    def pack_key(self) -> str:
        """Names the packed weights."""
        return key_of(
            {"model": self._hashes(self.model), "lock": sha256(self.requirements), "inputs": self.inputs_key}
        )

    @cached_property
    def key(self) -> str:
        """Names the whole voice."""
        return key_of(
            {
                "compile": [self.compile_key(target) for target in self.targets],
                "pack": self.pack_key,
                "inputs": self.inputs_key,
                "interface": self.interface,
                "builder": self._hashes(HERE / "builder"),
                "linked": self.platform is None or self.linker is not None,
            }
        )

    def _hashes(self, folder: Path) -> Mapping[str, str]:
        """The hash of each Python file below `folder`, tests left out."""
        found = {}
        for parent, folders, names in os.walk(folder):
            folders[:] = sorted(f for f in folders if f not in ("tests", "__pycache__"))
            for name in sorted(names):
                if name.endswith((".py", ".json")):
                    path = Path(parent, name)
                    found[path.relative_to(folder).as_posix()] = sha256(path)
        return found


def key_of(value: Any) -> str:
    """Names what is made from `value`, which can be written as JSON."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]

"""Which processors a voice is compiled for: a small list to choose from.

`choose` is called by `command`. A voice may hold one library for every processor of a family and others for
those that can do more: the engine takes what fits. A target says exactly which instruction sets the compiler may use
(`features`), and the manifest repeats them; the engine refuses a library that needs more than its processor
has. For that the two must agree, so `native` is a plain base processor plus the features of this one, never a
processor's name.
"""

import platform
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from .errors import BuildError
from .platforms import PLATFORMS

# The names are those of Rust's feature detection; where LLVM spells one differently it stands on the right.
_X86 = {
    "sse3": "sse3",
    "ssse3": "ssse3",
    "sse4.1": "sse4.1",
    "sse4.2": "sse4.2",
    "popcnt": "popcnt",
    "cmpxchg16b": "cx16",
    "avx": "avx",
    "avx2": "avx2",
    "fma": "fma",
    "f16c": "f16c",
    "bmi1": "bmi",
    "bmi2": "bmi2",
    "lzcnt": "lzcnt",
    "movbe": "movbe",
    "avx512f": "avx512f",
    "avx512bw": "avx512bw",
    "avx512cd": "avx512cd",
    "avx512dq": "avx512dq",
    "avx512vl": "avx512vl",
    "avx512vnni": "avx512vnni",
}
_X86_64_V3 = [
    "avx",
    "avx2",
    "bmi1",
    "bmi2",
    "cmpxchg16b",
    "f16c",
    "fma",
    "lzcnt",
    "movbe",
    "popcnt",
    "sse3",
    "sse4.1",
    "sse4.2",
    "ssse3",
]
_LINUX_NAMES = {
    "pni": "sse3",
    "sse4_1": "sse4.1",
    "sse4_2": "sse4.2",
    "cx16": "cmpxchg16b",
    "abm": "lzcnt",
    "avx512_vnni": "avx512vnni",
}
_X86_64_V4 = sorted([*_X86_64_V3, "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"])
_SYSTEMS = {"linux": "unknown-linux-gnu", "darwin": "apple-darwin"}
NAMES = ["x86-64", "x86-64-v3", "x86-64-v4", "native", "x86-64-v3-unfused", *PLATFORMS]


@dataclass(frozen=True)
class Target:
    """What to compile for. `cpu` and `attributes` are LLVM's words, `features` are Rust's, for the same
    thing.
    """

    name: str
    triple: str
    cpu: str
    features: tuple[str, ...]
    attributes: tuple[str, ...]
    vector: int = 8
    """Floats in a vector register."""

    def tvm(self) -> dict[str, Any]:
        """The target as TVM takes it: `tvm.target.Target(target.tvm())`."""
        described: dict[str, Any] = {"kind": "llvm", "mtriple": self.triple, "mcpu": self.cpu}
        if self.attributes:
            described["mattr"] = list(self.attributes)
        return described

    def runs_here(self) -> bool:
        """Whether this processor has all of its features. (Its system is not looked at.)"""
        return set(self.features) <= _x86_features()

    def as_json(self) -> dict[str, Any]:
        """For the key, and for handing the target to the worker."""
        return asdict(self) | {"features": list(self.features), "attributes": list(self.attributes)}

    @staticmethod
    def from_json(described: dict[str, Any]) -> "Target":
        """The other end of `as_json`."""
        return Target(
            **(
                described
                | {"features": tuple(described["features"]), "attributes": tuple(described["attributes"])}
            )
        )


def choose(name: str | None) -> tuple[Target, ...]:
    """The targets called `name`, without a name those that suit every machine of this kind: first the one that
    all processors can run, then others, the best first, for those that can do more.
    """
    if name in PLATFORMS:
        return _other_system(name)
    machine = platform.machine().lower()
    system = _SYSTEMS.get(sys.platform)
    if machine not in ("x86_64", "amd64") or not system:
        raise BuildError(
            f"The voice cannot yet be compiled for {machine} on {sys.platform}.",
            f"Name what it is to run on: TARGET={', TARGET='.join(PLATFORMS)}.",
        )
    triple = f"x86_64-{system}"
    v3, v4 = _x86_64(triple)
    if name == "native":
        return (_native(triple),)
    # For valgrind: it computes a fused multiply-add in software, hundreds of times slower than all else.
    without_fma = tuple(feature for feature in v3.features if feature != "fma")
    unfused = replace(v3, name="x86-64-v3-unfused", features=without_fma, attributes=("-fma",))
    named = {None: (v3, v4), "x86-64": (v3, v4), v3.name: (v3,), v4.name: (v4,), unfused.name: (unfused,)}
    if name not in named:
        raise BuildError(f"There is no target {name!r}.", f"Choose one of: {', '.join(NAMES)}.")
    return named[name]


def _x86_64(triple: str) -> tuple[Target, Target]:
    v3 = Target("x86-64-v3", triple, "x86-64-v3", tuple(_X86_64_V3), ())
    v4 = Target("x86-64-v4", triple, "x86-64-v4", tuple(_X86_64_V4), (), vector=16)
    return v3, v4


def _other_system(name: str) -> tuple[Target, ...]:
    """What to compile for on one of `PLATFORMS`. Of 64-bit ARM no more is asked than every such processor has: kernels compute with
    32-bit floats, for which later ones have nothing to add.
    """
    triple = PLATFORMS[name].triple
    if name.startswith("x86_64-"):
        return _x86_64(triple)
    return (Target("aarch64", triple, "generic", ("neon",), ("+neon",)),)


def _native(triple: str) -> Target:
    features = tuple(sorted(_x86_features()))
    attributes = tuple(f"+{_X86[feature]}" for feature in features)
    return Target("native", triple, "x86-64", features, attributes, vector=16 if "avx512f" in features else 8)


def _x86_features() -> set[str]:
    """The features of this processor that both the compiler and the engine know by name."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("flags"):
            return {_LINUX_NAMES.get(flag, flag) for flag in line.split(":", 1)[1].split()} & _X86.keys()
    raise BuildError("This system does not tell what its processor can do.", "Build with TARGET=x86-64-v3.")

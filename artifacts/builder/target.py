"""Which processors a voice is compiled for: a small list to choose from.

`choose` is called by `command`. A target says exactly which instruction sets the compiler may use
(`features`), and the manifest repeats them; the engine refuses a library that needs more than its processor
has. For that the two must agree, so `native` is a plain base processor plus the features of this one, never a
processor's name.
"""

import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .errors import BuildError

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
_SYSTEMS = {"linux": "unknown-linux-gnu", "darwin": "apple-darwin"}
NAMES = ["x86-64-v3", "native", "x86-64-v3-unfused"]


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

    def tvm(self) -> dict[str, Any]:
        """The target as TVM takes it: `tvm.target.Target(target.tvm())`."""
        described: dict[str, Any] = {"kind": "llvm", "mtriple": self.triple, "mcpu": self.cpu}
        if self.attributes:
            described["mattr"] = list(self.attributes)
        return described

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


def choose(name: str | None) -> Target:
    """The target called `name`; without a name the portable one of this machine."""
    machine = platform.machine().lower()
    system = _SYSTEMS.get(sys.platform)
    if machine in ("x86_64", "amd64") and system:
        if name in (None, "x86-64-v3"):
            return Target("x86-64-v3", f"x86_64-{system}", "x86-64-v3", tuple(_X86_64_V3), ())
        if name == "x86-64-v3-unfused":
            # For valgrind: it computes a fused multiply-add in software, hundreds of times slower than all else.
            features = tuple(f for f in _X86_64_V3 if f != "fma")
            return Target(name, f"x86_64-{system}", "x86-64-v3", features, ("-fma",))
        if name == "native":
            features = tuple(sorted(_x86_features()))
            return Target(
                "native", f"x86_64-{system}", "x86-64", features, tuple(f"+{_X86[f]}" for f in features)
            )
        raise BuildError(f"There is no target {name!r}.", f"Choose one of: {', '.join(NAMES)}.")
    raise BuildError(
        f"The voice cannot yet be compiled for {machine} on {sys.platform}.",
        "Build it on x86-64 with Linux, and point UTTER_ARTIFACTS at the result.",
    )


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

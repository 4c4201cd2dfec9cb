"""The instruction sets that the voice can be compiled for."""

from __future__ import annotations

import platform
from dataclasses import dataclass

import tvm


@dataclass(frozen=True)
class Target:
    """One compilation target: its name on the command line, LLVM's triple and processor."""

    name: str
    triple: str
    cpu: str

    def tvm(self) -> tvm.target.Target:
        """The same in TVM's terms."""
        return tvm.target.Target({"kind": "llvm", "mtriple": self.triple, "mcpu": self.cpu})

"""The library of kernels: what is in it, and how it is compiled."""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from typing import Any, Callable

import tvm

from . import attention, convolution, products, recurrence, rows
from .emit import vectors_of


def functions():
    """Every kernel, the longest to compile first."""
    return itertools.chain(
        convolution.kernels(), products.kernels(), recurrence.kernels(), attention.kernels(), rows.kernels()
    )


def module(vector: int) -> tvm.IRModule:
    """All kernels, with vectors of `vector` floats."""
    with vectors_of(vector):
        return tvm.IRModule({function.attrs["global_symbol"]: function for function in functions()})


def compile_library(output: Path, target: dict[str, Any], vector: int, progress: Callable[[str, float], None]) -> None:
    """Compiles all kernels for `target` (TVM's description) with vectors of `vector` floats, and links them into the shared
    library `output` (with the system's compiler)."""
    started = time.monotonic()
    progress("emitting kernels", 0.0)
    kernels = module(vector)
    progress("compiling kernels", 0.1)
    built = tvm.compile(kernels, target=tvm.target.Target(target))
    progress(f"linking (compiled in {time.monotonic() - started:.0f} s)", 0.95)
    built.export_library(str(output), cc="cc")
    progress("compiled", 1.0)

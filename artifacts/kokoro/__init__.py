"""Kokoro-82M for TVM: the kernels, and the packing of the weights for them.

`builder` calls `compile_library` and `pack_weights`, in the environment that it made. Either import stays inside its
function: packing needs no compiler, and compiling no ONNX.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Progress = Callable[[str, float], None]


def compile_library(output: Path, target, progress: Progress) -> None:
    """Compiles all kernels for `target` (which tells TVM's description of itself by `target.tvm()`, and by `target.vector`
    how many floats its vectors have).
    """
    from .library import compile_library as compile_kernels

    compile_kernels(output, target.tvm(), target.vector, progress)


def compile_object(output: Path, target) -> list[str]:
    """Compiles all kernels for a `target` of another system into one object file, in a minute or two; their names."""
    from .library import compile_object as compile_kernels
    from .library import definitions

    names = list(definitions())
    compile_kernels(names, target.tvm(), target.vector, output)
    return names


def pack_weights(onnx: Path, output: Path, progress: Progress) -> dict[str, dict]:
    """Packs the weights of the 8-bit ONNX file; returns name → dtype, shape, offset."""
    from .pack import pack_weights as pack

    return pack(onnx, output, progress)

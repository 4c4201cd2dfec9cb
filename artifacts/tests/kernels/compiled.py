"""The compiled library, called with NumPy arrays between guards.

The tests of the kernels use it in place of the engine. The libraries are those of the built voice, so nothing is compiled
here; each test is run for every one that this processor can run. Every array lies alone in memory with a guard on each side: a write outside it fails the test, and what is read outside
it is no number.
"""

from __future__ import annotations

import functools
import os
import unittest
from pathlib import Path

import numpy
import tvm
import tvm_ffi

from builder import target
from builder.places import Places, cache_directory
from builder.recipe import Recipe

GUARD = 1 << 16
"""Bytes on each side of an array: a multiple of the alignment that kernels expect, and room for a row or two of the widest, so that
a kernel that goes astray fails its test and not the process."""


def targets():
    """The targets of the voice that this processor can run."""
    return [t for t in target.choose(None) if t.runs_here()]


@functools.cache
def _library(name: str):
    """One library of `UTTER_ARTIFACTS`, or of the voice in the cache that these sources make."""
    chosen = os.environ.get("UTTER_ARTIFACTS")
    folder = Path(chosen) if chosen else Places(cache_directory()).voices / Recipe(target.choose(None)).key
    path = folder / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there; build it with `make voice`")
    return tvm.runtime.load_module(str(path))


class OfKernels(unittest.TestCase):
    """Tests that run once for each target: `call` calls the kernels that were compiled for it."""

    target: target.Target

    def run(self, result=None):
        """As `TestCase.run`, for each target."""
        for each in targets():
            OfKernels.target = each
            super().run(result)
        return result


class Guarded:
    """A copy of an array as a kernel sees it, aligned to 64 bytes."""

    def __init__(self, content: numpy.ndarray):
        content = numpy.ascontiguousarray(content)
        self._memory = numpy.empty(content.nbytes + 2 * GUARD + 64, numpy.uint8)
        start = -self._memory.ctypes.data % 64
        whole = self._memory[start : start + content.nbytes + 2 * GUARD].view(content.dtype)
        edge = GUARD // content.itemsize
        self._edges = (whole[:edge], whole[whole.size - edge :])
        for part in self._edges:
            part[:] = 77 if content.dtype == numpy.int8 else numpy.nan
        self.inside = whole[edge : whole.size - edge]
        self.inside[:] = content.reshape(-1)

    def whole(self) -> bool:
        """Whether nothing was written outside."""
        untouched = (lambda v: v == 77) if self.inside.dtype == numpy.int8 else numpy.isnan
        return all(untouched(part).all() for part in self._edges)


def call(name: str, *arguments, writes: tuple[int, ...], kernel=None) -> None:
    """Calls a kernel (of the target's library, if none is given) with arrays, integers and floats; those arrays whose positions are
    in `writes` are changed. An array given twice is one array for the kernel.
    """
    guarded = {id(a): Guarded(a) for a in arguments if isinstance(a, numpy.ndarray)}
    before = {key: place.inside.tobytes() for key, place in guarded.items()}
    written = {id(arguments[i]) for i in writes}
    passed = [tvm_ffi.from_dlpack(guarded[id(a)].inside) if isinstance(a, numpy.ndarray) else a for a in arguments]
    if kernel is None:
        kernel = _library(Recipe(target.choose(None)).library_name(OfKernels.target, ".so"))[name]
    kernel(*passed)
    for position, argument in enumerate(arguments):
        if isinstance(argument, numpy.ndarray):
            place = guarded[id(argument)]
            if not place.whole():
                raise AssertionError(f"{name} for {OfKernels.target.name} wrote outside of its argument {position}")
            if id(argument) in written:
                argument.reshape(-1)[:] = place.inside
            elif place.inside.tobytes() != before[id(argument)]:
                raise AssertionError(f"{name} for {OfKernels.target.name} wrote to its argument {position}")


def nothing(*shape: int) -> numpy.ndarray:
    """Memory for results, not a number until it is written."""
    return numpy.full(shape, numpy.nan, numpy.float32)


def relative_error(ours: numpy.ndarray, wanted: numpy.ndarray) -> float:
    """The largest difference, as a share of the largest wanted value."""
    if not numpy.isfinite(ours).all():
        return numpy.inf
    return float(numpy.abs(ours - wanted).max() / max(numpy.abs(wanted).max(), 1e-30))

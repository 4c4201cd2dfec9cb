"""Writing kernels for TVM: plain Python that emits TIR with explicit vectors.

Every kernel of the voice is built from these few words. A kernel takes flat buffers and run-time integers, so one
compiled library serves every length; Python loops unroll, `T.serial` and `T.parallel` loops stay loops. Vectors are
`LANES` floats wide, which every target of the list in `target.py` maps onto whole registers.

Two things about TVM 0.27 that the code below depends on: a small accumulator is allocated with scope "global" (it then
lives in registers; with "local" each update is stored), and `match_buffer` takes its length as a symbol of its own.
"""

from __future__ import annotations

import tvm.tirx.script.builder as T
from tvm.script.ir_builder import IRBuilder

LANES = 8
"""Floats in a vector."""

GROUP = 16
"""Channels in a group of the blocked layout `[channels / GROUP][time][GROUP]`, and columns in a weight panel."""

HALVES = GROUP // LANES
"""Vectors in a group."""


class Kernel:
    """`with Kernel("name") as k: x = k.buffer(); n = k.integer(); …` — afterwards `k.function` is the TIR function.

    Arguments are numbered in the order in which they are declared; that order is the call's.
    """

    def __init__(self, name: str):
        self.name = name
        self.function = None
        self._arguments = 0

    def __enter__(self):
        self._builder = IRBuilder()
        self._builder.__enter__()
        self._body = T.prim_func(s_tir=True)
        self._body.__enter__()
        T.func_name(self.name)
        return self

    def __exit__(self, kind, *rest):
        if kind:
            return False
        self._body.__exit__(None, None, None)
        self._builder.__exit__(None, None, None)
        self.function = self._builder.get().with_attr("global_symbol", self.name)
        return None

    def _next(self, prefix: str) -> str:
        self._arguments += 1
        return f"{prefix}{self._arguments}"

    def buffer(self, dtype: str = "float32"):
        """A flat buffer argument of any length."""
        handle = T.arg(self._next("buffer"), T.handle())
        return T.match_buffer(handle, (T.int32(),), dtype)

    def integer(self):
        """A run-time integer argument."""
        return T.arg(self._next("integer"), T.int32())

    def real(self):
        """A run-time float argument."""
        return T.arg(self._next("real"), T.float32())


def bind(expression):
    """Computes `expression` once and names the result."""
    return T.bind(expression)


def splat(value: float):
    """A vector of one constant."""
    return T.broadcast(T.float32(float(value)), LANES)


def spread(scalar):
    """A vector of one run-time float."""
    return T.broadcast(scalar, LANES)


def peek(buffer, offset):
    """The vector at `offset`, read where it is used (an accumulator in registers)."""
    return buffer[T.ramp(offset, 1, LANES)]


def load(buffer, offset):
    """The vector at `offset`, read now."""
    return bind(peek(buffer, offset))


def load_as_float(buffer, offset):
    """The vector at `offset` of a buffer of narrower numbers, as floats."""
    return bind(T.cast(peek(buffer, offset), f"float32x{LANES}"))


def store(buffer, offset, value):
    """Writes a vector at `offset`."""
    T.buffer_store(buffer, value, [T.ramp(offset, 1, LANES)])


def put(buffer, offset, value):
    """Writes one float at `offset`."""
    T.buffer_store(buffer, value, [offset])


def scratch(length: int, dtype: str = "float32"):
    """A buffer of constant length; a small one whose indices are all constant stays in registers."""
    return T.alloc_buffer((length,), dtype, scope="global")


def clear(buffer, vectors: int):
    """Zeroes the first `vectors` vectors of a scratch buffer."""
    for q in range(vectors):
        store(buffer, q * LANES, splat(0))


def ceil_div(a, b):
    """`a / b` rounded up, for non-negative `a`."""
    return (a + b - 1) // b


def leaky(value, slope):
    """max(v, slope v): the leaky rectifier for a run-time slope of at most one; one leaves the value as it is."""
    return T.max(value, value * spread(slope))


def multiply_tile(a, rows, weights, weights_at, depth, accumulator, clear_first=True):
    """accumulator[i][column] += sum over k of a[rows[i] + k] · weights[weights_at + k][column].

    The register tile all products use: `len(rows)` rows by one panel. `depth` may be a constant or a run-time integer, and
    must be even (two steps are unrolled).
    """
    if clear_first:
        clear(accumulator, len(rows) * HALVES)
    with T.serial(0, depth // 2) as pair:
        for step in range(2):
            k = pair * 2 + step
            panel = [load(weights, weights_at + k * GROUP + j * LANES) for j in range(HALVES)]
            for i, row in enumerate(rows):
                value = bind(spread(a[row + k]))
                for j in range(HALVES):
                    at = (i * HALVES + j) * LANES
                    store(accumulator, at, peek(accumulator, at) + value * panel[j])


def touch(buffer, offset, write=False, locality=3):
    """Asks the cache for the line at `offset` (llvm.prefetch; no effect where the target has none)."""
    address = T.address_of(buffer[offset])
    T.evaluate(
        T.call_llvm_intrin("void", "llvm.prefetch", address, T.int32(int(write)), T.int32(locality), T.int32(1))
    )

"""Writing kernels for TVM: plain Python that emits TIR with explicit vectors.

Every kernel of the voice is built from these few words. A kernel takes flat buffers and run-time integers, so one
compiled library serves every length; Python loops unroll, `T.serial` and `T.parallel` loops stay loops. Vectors are
as wide as the target's registers, `lanes()` floats: kernels are written `with vectors_of(width)`.

Two things about TVM 0.27 that the code below depends on: a small accumulator is allocated with scope "global" (it then
lives in registers; with "local" each update is stored), and `match_buffer` takes its length as a symbol of its own.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable

import tvm
import tvm.tirx.script.builder as T
from tvm.script.ir_builder import IRBuilder

GROUP = 16
"""Channels in a group of the blocked layout `[channels / GROUP][time][GROUP]`, and columns in a weight panel."""

Definitions = dict[str, Callable[[], tvm.tirx.PrimFunc]]
"""Kernels by name; each is written when it is asked for, with vectors as wide as they are there."""

_width = contextvars.ContextVar("width")


@contextlib.contextmanager
def vectors_of(width: int):
    """Kernels that are written inside have vectors of `width` floats: 8, or 16 where the registers are as wide."""
    if GROUP % width:
        raise ValueError(f"a vector of {width} floats does not divide a group of {GROUP}")
    token = _width.set(width)
    try:
        yield
    finally:
        _width.reset(token)


def lanes() -> int:
    """Floats in a vector."""
    return _width.get()


def group_vectors() -> int:
    """Vectors in a group."""
    return GROUP // lanes()


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
    return T.broadcast(T.float32(float(value)), lanes())


def spread(scalar):
    """A vector of one run-time float."""
    return T.broadcast(scalar, lanes())


def peek(buffer, offset):
    """The vector at `offset`, read where it is used."""
    return buffer[T.ramp(offset, 1, lanes())]


def load(buffer, offset):
    """The vector at `offset`, read now."""
    return bind(peek(buffer, offset))


def load_as_float(buffer, offset):
    """The vector at `offset` of a buffer of narrower numbers, as floats."""
    return bind(T.cast(peek(buffer, offset), f"float32x{lanes()}"))


def store(buffer, offset, value):
    """Writes a vector at `offset`."""
    T.buffer_store(buffer, value, [T.ramp(offset, 1, lanes())])


def put(buffer, offset, value):
    """Writes one float at `offset`."""
    T.buffer_store(buffer, value, [offset])


def scratch(length: int, dtype: str = "float32"):
    """A buffer of constant length for a part of the work of one thread."""
    return T.alloc_buffer((length,), dtype, scope="global")


class Registers:
    """Vectors that stay in registers: `r[i]` reads one, `r[i] = v` sets it.

    Each is a buffer of its own, since TVM puts a buffer of more than 1 KiB on the heap, and every update is stored then.
    """

    def __init__(self, count: int, value=None):
        self._vectors = [scratch(lanes()) for _ in range(count)]
        if value is not None:
            self.fill(value)

    def fill(self, value) -> None:
        """Sets all of them."""
        for i in range(len(self._vectors)):
            self[i] = value

    def __getitem__(self, i: int):
        return peek(self._vectors[i], 0)

    def __setitem__(self, i: int, value) -> None:
        store(self._vectors[i], 0, value)


def ceil_div(a, b):
    """`a / b` rounded up, for non-negative `a`."""
    return (a + b - 1) // b


def leaky(value, slope):
    """max(v, slope v): the leaky rectifier for a run-time slope of at most one; one leaves the value as it is."""
    return T.max(value, value * spread(slope))


def multiply_tile(a, rows, weights, panels, depth, accumulator, less=None):
    """accumulator[i][p][column] += sum over k of a[rows[i] + k] · weights[panels[p] + k][column].

    The register tile all products use: `len(rows)` rows by `len(panels)` panels. `depth` may be a constant or a run-time
    integer, and must be even (two steps are unrolled). With `less`, the weights are what lies at a panel less what lies so far
    behind it.
    """

    def column(at):
        value = load(weights, at)
        return value if less is None else bind(value - load(weights, at + less))

    with T.serial(0, depth // 2) as pair:
        for step in range(2):
            k = pair * 2 + step
            columns = [column(panel + k * GROUP + j * lanes()) for panel in panels for j in range(group_vectors())]
            for i, row in enumerate(rows):
                value = bind(spread(a[row + k]))
                for j, weight in enumerate(columns):
                    q = i * len(columns) + j
                    accumulator[q] = accumulator[q] + value * weight


def touch(buffer, offset, write=False, locality=3):
    """Asks the cache for the line at `offset` (llvm.prefetch; no effect where the target has none)."""
    address = T.address_of(buffer[offset])
    T.evaluate(
        T.call_llvm_intrin("void", "llvm.prefetch", address, T.int32(int(write)), T.int32(locality), T.int32(1))
    )

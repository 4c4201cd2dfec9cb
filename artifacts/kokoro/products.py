"""Matrix products over rows, which serve every linear layer and every convolution that is not the vocoder's.

A convolution over `[time][channels]` rows is a product too: the K rows that one output sees lie one after another, so the
"row" of K · channels floats begins at each input row (the caller pads the ends with zero rows). A transposed convolution
is one product per output phase.
"""

from __future__ import annotations

import tvm.tirx.script.builder as T

from .emit import GROUP, Definitions, Kernel, Registers, bind, ceil_div, group_vectors, lanes, load, load_as_float, multiply_tile, peek, put, scratch
from .emit import splat, spread, store, touch
from .functions import gelu


DEPTH_BLOCK = 192
"""Depth that is worked off at a time: so much of a unit's weights, as floats, stays in the first-level cache."""

UNIT_ROWS = 96
"""Rows of one parallel unit, at most."""

PACKED_ROW = DEPTH_BLOCK + GROUP
"""Floats from row to row of what was copied. Rows as they come are often 4 KiB apart, and then share the same few places of the
cache."""


def tile() -> tuple[int, int]:
    """Rows and panels in a register tile; with the weights and a value, 16 registers of 8 floats or most of 32 of 16."""
    return (6, 1) if lanes() == 8 else (12, 2)


def unit_panels() -> int:
    """Panels of one parallel unit. The more, the less often rows are copied; but processors with vectors of 8 may have small
    caches.
    """
    return 4 if lanes() == 8 else 8


def product(name: str, dtype: str = "int8", activation=None):
    """Y[r][c] = activation(scale[c] · Σ_k A[r][k] (W[k][c] − zero[c]) + bias[c]) + gain · R[r >> shift][c].

    Weights are the model's own 8-bit integers (exact in float32), or float32, in panels `[columns/16][depth][16]`.
    Arguments, in order:
      A, weights
      columns      [columns/16][3][16]: scale, zero, bias
      R, Y         R is read only where gain is not 0, and may be Y if they have the same places
      rows, depth (even), panels (columns/16)
      a_at, a_row                      where A begins, floats from row to row
      y_at, y_row, y_panel             the same for Y, and floats from panel to panel
      r_at, r_row, r_panel, shift      the same for R
      gain         a float
    """
    kernel = Kernel(name)
    with kernel as k:
        a, weights, columns, r, y = k.buffer(), k.buffer(dtype), k.buffer(), k.buffer(), k.buffer()
        rows, depth, panels = k.integer(), k.integer(), k.integer()
        a_at, a_row = k.integer(), k.integer()
        y_at, y_row, y_panel = k.integer(), k.integer(), k.integer()
        r_at, r_row, r_panel, shift = k.integer(), k.integer(), k.integer(), k.integer()
        gain = k.real()
        (tile_rows, tile_panels), most_panels = tile(), unit_panels()
        line_length = 64 if dtype == "int8" else 16  # elements
        lines = DEPTH_BLOCK * GROUP // line_length

        def finish(own, row, sums):
            """Writes one row of one panel: what its sums at `sums` come to."""
            for h in range(group_vectors()):
                column = bind(own * (3 * GROUP) + h * lanes())
                v = bind(load(partial, sums + h * lanes()) * load(columns, column) + load(columns, column + 2 * GROUP))
                v = activation(v) if activation else v
                to = bind(y_at + own * y_panel + row * y_row + h * lanes())
                with T.If(gain != T.float32(0)):
                    with T.Then():
                        other = bind(r_at + own * r_panel + (row >> shift) * r_row + h * lanes())
                        store(y, to, v + load(r, other) * spread(gain))
                    with T.Else():
                        store(y, to, v)

        across = bind(ceil_div(panels, most_panels))
        most = bind(ceil_div(ceil_div(rows, ceil_div(rows, UNIT_ROWS)), tile_rows) * tile_rows)  # evenly shared
        with T.parallel(0, ceil_div(rows, most) * across) as unit:
            first = bind(unit // across * most)
            count = bind(T.min(most, rows - first))
            panel = bind(unit % across * most_panels)
            width = bind(T.min(most_panels, panels - panel))
            packed, floats = scratch(UNIT_ROWS * PACKED_ROW), scratch(most_panels * DEPTH_BLOCK * GROUP)
            partial = scratch(UNIT_ROWS * most_panels * GROUP)
            with T.serial(0, ceil_div(depth, DEPTH_BLOCK)) as block:
                start = bind(block * DEPTH_BLOCK)
                deep = bind(T.min(DEPTH_BLOCK, depth - start))
                _copy_rows(a, bind(a_at + first * a_row + start), a_row, count, deep, packed)
                with T.serial(0, width) as p:
                    at = bind((panel + p) * depth + start)
                    _unpack(dtype, weights, at * GROUP, columns, bind((panel + p) * (3 * GROUP)), deep, floats, p * (DEPTH_BLOCK * GROUP))
                tiles, pairs = bind(ceil_div(count, tile_rows)), bind(ceil_div(width, tile_panels))
                coming = bind(T.if_then_else(start + DEPTH_BLOCK < depth, panel * depth + start + DEPTH_BLOCK, (panel + width) * depth))
                share = bind(ceil_div(lines * width, tiles * pairs))
                with T.serial(0, pairs) as pair:
                    with T.serial(0, tiles) as step:
                        with T.serial(0, share) as i:  # the weights of the next block come while this one is worked off
                            line = bind((pair * tiles + step) * share + i)
                            touch(weights, (coming + line // lines * depth) * GROUP + line % lines * line_length, locality=2)
                        row = bind(step * tile_rows)
                        kept = bind((step * (most_panels // tile_panels) + pair) * (tile_rows * tile_panels * GROUP))

                        def multiply(height):
                            """One tile, added to its sums so far."""
                            vectors = height * tile_panels * group_vectors()
                            accumulator = Registers(vectors)
                            with T.If(block == 0):
                                with T.Then():
                                    accumulator.fill(splat(0))
                                with T.Else():
                                    for q in range(vectors):
                                        accumulator[q] = peek(partial, kept + q * lanes())
                            starts = [bind((row + i) * PACKED_ROW) for i in range(height)]
                            at = [bind((pair * tile_panels + p) * (DEPTH_BLOCK * GROUP)) for p in range(tile_panels)]
                            multiply_tile(packed, starts, floats, at, deep, accumulator)
                            for q in range(vectors):
                                store(partial, kept + q * lanes(), accumulator[q])

                        with T.If(count - row > tile_rows // 2):
                            with T.Then():
                                multiply(tile_rows)
                            with T.Else():
                                multiply(tile_rows // 2)
                        with T.If(start + DEPTH_BLOCK >= depth):
                            with T.Then():
                                with T.serial(0, T.min(tile_rows, count - row)) as i:
                                    with T.serial(0, T.min(tile_panels, width - pair * tile_panels)) as p:
                                        own = bind(panel + pair * tile_panels + p)
                                        finish(own, bind(first + row + i), bind(kept + (i * tile_panels + p) * GROUP))
    return kernel.function


def _copy_rows(a, start, a_row, count, deep, packed):
    """`deep` floats of each of `count` rows, side by side."""
    whole = bind(deep // lanes() * lanes())
    with T.serial(0, count) as r:
        source, target = bind(start + r * a_row), bind(r * PACKED_ROW)
        with T.serial(0, deep // lanes()) as i:
            store(packed, target + i * lanes(), load(a, source + i * lanes()))
        with T.serial(0, deep - whole) as i:
            put(packed, target + whole + i, a[source + whole + i])


def _unpack(dtype, weights, start, columns, column, deep, floats, to):
    """One panel of weights as float32, its zero points taken off."""
    if dtype == "float32":
        with T.serial(0, deep * group_vectors()) as i:
            store(floats, to + i * lanes(), load(weights, start + i * lanes()))
        return
    zeros = [load(columns, column + GROUP + h * lanes()) for h in range(group_vectors())]
    with T.serial(0, deep) as k:
        for h in range(group_vectors()):
            value = load_as_float(weights, start + k * GROUP + h * lanes())
            store(floats, to + k * GROUP + h * lanes(), value - zeros[h])


def kernels() -> Definitions:
    """The products of the model: 8-bit weights, with GELU, and float weights."""
    return {
        "product": lambda: product("product"),
        "product_gelu": lambda: product("product_gelu", activation=gelu),
        "product_float": lambda: product("product_float", dtype="float32"),
    }

"""Matrix products over rows, which serve every linear layer and every convolution that is not the vocoder's.

A convolution over `[time][channels]` rows is a product too: the K rows that one output sees lie one after another, so the
"row" of K · channels floats begins at each input row (the caller pads the ends with zero rows). A transposed convolution
is one product per output phase.
"""

from __future__ import annotations

import tvm.tirx.script.builder as T

from .emit import GROUP, HALVES, LANES, Kernel, bind, ceil_div, load, load_as_float, multiply_tile, peek, scratch
from .emit import splat, spread, store
from .functions import gelu

TILE_ROWS = 6
"""Rows in a register tile. Kernels may read up to 5 rows past the last one; they never use what they find there."""

DEPTH_BLOCK = 256
"""Depth that is worked off at a time: its weight panel (16 KiB) stays in the first-level cache."""

UNIT_ROWS = 96
"""Rows that one parallel unit takes through a weight panel."""


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
        with T.parallel(0, ceil_div(rows, UNIT_ROWS) * panels) as unit:
            panel = bind(unit % panels)
            first = bind(unit // panels * UNIT_ROWS)
            tiles = bind(ceil_div(T.min(UNIT_ROWS, rows - first), TILE_ROWS))
            partial, block_weights = scratch(UNIT_ROWS * GROUP), scratch(DEPTH_BLOCK * GROUP)
            halves = [bind(panel * (3 * GROUP) + h * LANES) for h in range(HALVES)]
            with T.serial(0, ceil_div(depth, DEPTH_BLOCK)) as block:
                deep = bind(T.min(DEPTH_BLOCK, depth - block * DEPTH_BLOCK))
                from_weight = bind((panel * depth + block * DEPTH_BLOCK) * GROUP)
                _unpack(dtype, weights, from_weight, columns, halves, deep, block_weights)
                with T.serial(0, tiles) as tile:
                    accumulator = scratch(TILE_ROWS * GROUP)
                    with T.If(block == 0):
                        with T.Then():
                            for q in range(TILE_ROWS * HALVES):
                                store(accumulator, q * LANES, splat(0))
                        with T.Else():
                            for q in range(TILE_ROWS * HALVES):
                                store(accumulator, q * LANES, peek(partial, tile * (TILE_ROWS * GROUP) + q * LANES))
                    row = bind(first + tile * TILE_ROWS)
                    starts = [bind(a_at + (row + i) * a_row + block * DEPTH_BLOCK) for i in range(TILE_ROWS)]
                    multiply_tile(a, starts, block_weights, 0, deep, accumulator, clear_first=False)
                    with T.If((block + 1) * DEPTH_BLOCK < depth):
                        with T.Then():
                            for q in range(TILE_ROWS * HALVES):
                                store(partial, tile * (TILE_ROWS * GROUP) + q * LANES, peek(accumulator, q * LANES))
                        with T.Else():
                            out = bind(y_at + panel * y_panel)
                            add = bind(r_at + panel * r_panel)
                            for i in range(TILE_ROWS):
                                with T.If(row + i < rows):
                                    with T.Then():
                                        for h in range(HALVES):
                                            v = load(accumulator, (i * HALVES + h) * LANES) * load(columns, halves[h])
                                            v = bind(v + load(columns, halves[h] + 2 * GROUP))
                                            v = activation(v) if activation else v
                                            at = bind(out + (row + i) * y_row + h * LANES)
                                            with T.If(gain != T.float32(0)):
                                                with T.Then():
                                                    other = bind(add + ((row + i) >> shift) * r_row + h * LANES)
                                                    store(y, at, v + load(r, other) * spread(gain))
                                                with T.Else():
                                                    store(y, at, v)
    return kernel.function


def _unpack(dtype, weights, start, columns, halves, deep, target):
    """One panel of weights as float32, its zero points taken off."""
    if dtype == "float32":
        with T.serial(0, deep * HALVES) as i:
            store(target, i * LANES, load(weights, start + i * LANES))
        return
    zeros = [load(columns, at + GROUP) for at in halves]
    with T.serial(0, deep) as k:
        for h in range(HALVES):
            value = load_as_float(weights, start + k * GROUP + h * LANES)
            store(target, k * GROUP + h * LANES, value - zeros[h])


def kernels():
    """The products of the model: 8-bit weights, with GELU, and float weights."""
    yield product("product")
    yield product("product_gelu", activation=gelu)
    yield product("product_float", dtype="float32")

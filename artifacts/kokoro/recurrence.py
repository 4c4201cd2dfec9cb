"""The recurrence of a bidirectional LSTM, as a loop over time; one thread a direction.

The products of the input with its weights do not depend on the recurrence and are done before, for all steps at once
(`products.py`). What is left is, a step, one product of the 256 state values with 1024 columns per direction.
"""

from __future__ import annotations

import tvm.tirx.script.builder as T

from .emit import GROUP, Definitions, Kernel, Registers, bind, lanes, load, load_as_float, peek, scratch, splat, spread, store
from .functions import hyperbolic_tangent, sigmoid

UNITS = 256
"""Units a direction; every LSTM of the model has as many."""

ACCUMULATORS = 8
"""Independent sums, so that the processor need not wait for one product before it begins the next."""


def recurrence(name: str):
    """h, c ← LSTM(gates, h, c) over all steps, both directions; the second runs backwards in time.

    Arguments, in order:
      gates     [steps][2][UNITS/16][4][16]: input products with bias, gates in the order input, forget, cell, output
      weights   int8 [2][UNITS/16][UNITS][4][16], the recurrent weights in the same order of columns
      scales    [2][2]: for each direction, scale and zero point of its weights
      states    written: row t holds [2][UNITS] from state_at + t · state_row
      steps, state_at, state_row
    """
    columns = 4 * GROUP
    groups = ACCUMULATORS * lanes() // columns  # that are computed together
    kernel = Kernel(name)
    with kernel as k:
        gates, weights, scales, states = k.buffer(), k.buffer("int8"), k.buffer(), k.buffer()
        steps, state_at, state_row = k.integer(), k.integer(), k.integer()
        with T.parallel(0, 2) as direction:
            h, c = scratch(2 * UNITS), scratch(UNITS)
            with T.serial(0, UNITS // lanes()) as i:
                for buffer, offset in ((h, 0), (h, UNITS), (c, 0)):
                    store(buffer, offset + i * lanes(), splat(0))
            scale = bind(spread(scales[direction * 2]))
            zero = bind(spread(scales[direction * 2 + 1]))
            with T.serial(0, steps) as step:
                t = bind(T.if_then_else(direction == 0, step, steps - 1 - step))
                before = bind(step % 2 * UNITS)
                after = bind(UNITS - before)
                # Σ h (w − zero) = Σ h w − zero Σ h: the zero point costs one sum a step.
                total = scratch(lanes())
                store(total, 0, splat(0))
                with T.serial(0, UNITS) as i:
                    store(total, 0, peek(total, 0) + spread(h[before + i]))
                shift = bind(peek(total, 0) * zero)
                with T.serial(0, UNITS // (groups * GROUP)) as block:
                    accumulator = Registers(ACCUMULATORS, splat(0) - shift)
                    first = bind(block * groups)
                    panels = [bind((direction * (UNITS // GROUP) + first + g) * (UNITS * columns)) for g in range(groups)]
                    with T.serial(0, UNITS // 2) as pair:
                        for one in range(2):
                            i = pair * 2 + one
                            value = bind(spread(h[before + i]))
                            for g, panel in enumerate(panels):
                                for q in range(0, columns, lanes()):
                                    at = (g * columns + q) // lanes()
                                    weight = load_as_float(weights, panel + i * columns + q)
                                    accumulator[at] = accumulator[at] + value * weight
                    for g in range(groups):
                        for q in range(0, GROUP, lanes()):
                            unit = bind((first + g) * GROUP + q)
                            gate_at = bind((t * 2 + direction) * (4 * UNITS) + (first + g) * columns + q)
                            i_, f_, g_, o_ = [
                                bind(load(gates, gate_at + gate * GROUP) + accumulator[(g * columns + gate * GROUP + q) // lanes()] * scale)
                                for gate in range(4)
                            ]
                            cell = bind(sigmoid(f_) * load(c, unit) + sigmoid(i_) * hyperbolic_tangent(g_))
                            state = bind(sigmoid(o_) * hyperbolic_tangent(cell))
                            store(c, unit, cell)
                            store(h, after + unit, state)
                            store(states, state_at + t * state_row + direction * UNITS + unit, state)
    return kernel.function


def kernels() -> Definitions:
    """The one recurrence."""
    return {"recurrence": lambda: recurrence("recurrence")}

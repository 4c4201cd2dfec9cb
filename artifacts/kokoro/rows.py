"""Norms and activations over `[time][channels]` rows, and the sums they need."""

from __future__ import annotations

from functools import partial

import tvm.tirx.script.builder as T

from .emit import GROUP, Definitions, Kernel, bind, ceil_div, group_vectors, lanes, leaky, load, peek, put, scratch, splat, spread, store
from .functions import cosine_small, exponential, sine, sine_small

SUBTOTAL = 512
"""Terms of a float32 sum before it is added to the total."""


def layer_norm(name: str):
    """Y[t] = leaky(gamma · (X[t] − mean) / √(variance + epsilon) + beta), over the channels of each row.

    Arguments: X, parameters [2][channels] (gamma, beta), Y (may be X); rows, channels (a multiple of 16), x_at, x_row,
    y_at, y_row; epsilon, slope (floats).
    """
    kernel = Kernel(name)
    with kernel as k:
        x, parameters, y = k.buffer(), k.buffer(), k.buffer()
        rows, channels, x_at, x_row, y_at, y_row = [k.integer() for _ in range(6)]
        epsilon, slope = k.real(), k.real()
        with T.parallel(0, rows) as t:
            start, vectors = bind(x_at + t * x_row), bind(channels // lanes())
            per = bind(T.float32(1) / T.cast(channels, "float32"))
            mean = bind(_sum(x, start, vectors, lambda v: v) * per)
            deviation = bind(_sum(x, start, vectors, lambda v: (v - spread(mean)) * (v - spread(mean))) * per)
            scale = bind(spread(T.float32(1) / T.sqrt(deviation + epsilon)))
            with T.serial(0, vectors) as i:
                value = (load(x, start + i * lanes()) - spread(mean)) * scale
                value = bind(value * load(parameters, i * lanes()) + load(parameters, channels + i * lanes()))
                store(y, y_at + t * y_row + i * lanes(), leaky(value, slope))
    return kernel.function


def _sum(x, start, vectors, term):
    """Σ term(x) over `vectors` vectors from `start`, as one float."""
    total = scratch(lanes())
    store(total, 0, splat(0))
    with T.serial(0, vectors) as i:
        store(total, 0, peek(total, 0) + term(load(x, start + i * lanes())))
    result = total[0]
    for lane in range(1, lanes()):
        result = result + total[lane]
    return bind(result)


def column_sums(name: str):
    """sums[0][c] = Σ_t X[t][c], sums[1][c] = Σ_t X[t][c]².

    Arguments: X, sums [2][16 · groups]; rows, groups, x_at, x_row (floats from row to row), x_group (floats from one
    group of 16 channels to the next: 16 for rows, 16 · rows for the blocked layout, whose x_row is 16).
    """
    kernel = Kernel(name)
    with kernel as k:
        x, sums = k.buffer(), k.buffer()
        rows, groups, x_at, x_row, x_group = [k.integer() for _ in range(5)]
        with T.parallel(0, groups) as group:
            total, subtotal = scratch(2 * GROUP), scratch(2 * GROUP)
            for q in range(2 * group_vectors()):
                store(total, q * lanes(), splat(0))
            with T.serial(0, ceil_div(rows, SUBTOTAL)) as part:
                for q in range(2 * group_vectors()):
                    store(subtotal, q * lanes(), splat(0))
                with T.serial(0, T.min(SUBTOTAL, rows - part * SUBTOTAL)) as t:
                    for h in range(group_vectors()):
                        value = load(x, x_at + group * x_group + (part * SUBTOTAL + t) * x_row + h * lanes())
                        for q, term in ((h, value), (group_vectors() + h, value * value)):
                            store(subtotal, q * lanes(), peek(subtotal, q * lanes()) + term)
                for q in range(2 * group_vectors()):
                    store(total, q * lanes(), peek(total, q * lanes()) + peek(subtotal, q * lanes()))
            for q in range(2 * group_vectors()):
                at = bind((q // group_vectors() * groups + group) * GROUP + q % group_vectors() * lanes())
                store(sums, at, peek(total, q * lanes()))
    return kernel.function


def scale_rows(name: str):
    """Y[t][c] = leaky(scale[c] · X[t][c] + shift[c]).

    Arguments: X, affine [2][16 · groups] (scale, shift), Y; rows, groups, x_at, x_row, y_at, y_row; slope (float).
    """
    kernel = Kernel(name)
    with kernel as k:
        x, affine, y = k.buffer(), k.buffer(), k.buffer()
        rows, groups, x_at, x_row, y_at, y_row = [k.integer() for _ in range(6)]
        slope = k.real()
        with T.parallel(0, rows) as t:
            with T.serial(0, groups * group_vectors()) as i:
                value = load(x, x_at + t * x_row + i * lanes())
                value = bind(value * load(affine, i * lanes()) + load(affine, groups * GROUP + i * lanes()))
                store(y, y_at + t * y_row + i * lanes(), leaky(value, slope))
    return kernel.function


def double_rows(name: str):
    """The same, followed by a transposed depth-wise convolution (3 taps, stride 2, padding 1, output padding 1):
    Y[2t] = w₁ x[t] + b and Y[2t+1] = w₂ x[t] + w₀ x[t+1] + b, with x = leaky(scale X + shift) and x[rows] = 0.

    Arguments: X, affine [2][channels], taps [4][channels] (w₀, w₁, w₂, bias), Y; rows, groups, x_at, x_row, y_at, y_row;
    slope (float).
    """
    kernel = Kernel(name)
    with kernel as k:
        x, affine, taps, y = k.buffer(), k.buffer(), k.buffer(), k.buffer()
        rows, groups, x_at, x_row, y_at, y_row = [k.integer() for _ in range(6)]
        slope = k.real()
        with T.parallel(0, rows) as t:
            with T.serial(0, groups * group_vectors()) as i:
                channel = bind(i * lanes())
                scale, shift = load(affine, channel), load(affine, groups * GROUP + channel)
                w0, w1, w2, bias = [load(taps, q * groups * GROUP + channel) for q in range(4)]
                here = bind(leaky(bind(load(x, x_at + t * x_row + channel) * scale + shift), slope))
                out = bind(y_at + 2 * t * y_row + channel)
                store(y, out, here * w1 + bias)
                store(y, out + y_row, here * w2 + bias)
                with T.If(t + 1 < rows):
                    with T.Then():
                        following = load(x, x_at + (t + 1) * x_row + channel)
                        following = bind(leaky(bind(following * scale + shift), slope))
                        store(y, out + y_row, peek(y, out + y_row) + following * w0)
    return kernel.function


def mean_of_blocked(name: str):
    """Y[t][c] = leaky((A + B)[c/16][t][c%16] / 3): from the blocked layout back to rows. A is the sum of two blocks.

    Arguments: A, B, Y; rows, groups, y_at, y_row; slope (float).
    """
    block = 64  # rows a parallel unit: enough to amortise the launch, few enough to share the work
    kernel = Kernel(name)
    with kernel as k:
        a, b, y = k.buffer(), k.buffer(), k.buffer()
        rows, groups, y_at, y_row = [k.integer() for _ in range(4)]
        slope = k.real()
        with T.parallel(0, ceil_div(rows, block)) as part:
            with T.serial(0, groups) as group:
                with T.serial(0, T.min(block, rows - part * block)) as t:
                    for h in range(group_vectors()):
                        row = bind(part * block + t)
                        at = bind((group * rows + row) * GROUP + h * lanes())
                        value = bind((load(a, at) + load(b, at)) * splat(1 / 3))
                        store(y, y_at + row * y_row + group * GROUP + h * lanes(), leaky(value, slope))
    return kernel.function


def accumulate(name: str):
    """Y += X. Arguments: X, Y; floats, a multiple of 16."""
    block = 4096
    kernel = Kernel(name)
    with kernel as k:
        x, y, floats = k.buffer(), k.buffer(), k.integer()
        with T.parallel(0, ceil_div(floats, block)) as part:
            with T.serial(0, T.min(block, floats - part * block) // GROUP) as group:
                for h in range(group_vectors()):
                    at = bind(part * block + group * GROUP + h * lanes())
                    store(y, at, load(y, at) + load(x, at))
    return kernel.function


def spectrum(name: str):
    """From the last convolution to the rows of the inverse STFT: Y = [eᵐ cos(sin p) | eᵐ sin(sin p)].

    Arguments: X [rows][32] (log magnitudes m in 0…10, phases p in 16…26), Y; rows, y_at, y_row (32 floats of each are
    written; those between the bins are multiplied by zero weights later and only have to be finite).
    """
    block = 256
    kernel = Kernel(name)
    with kernel as k:
        x, y = k.buffer(), k.buffer()
        rows, y_at, y_row = [k.integer() for _ in range(3)]
        with T.parallel(0, ceil_div(rows, block)) as part:
            with T.serial(0, T.min(block, rows - part * block)) as t:
                row = bind(part * block + t)
                for h in range(group_vectors()):
                    magnitude = exponential(load(x, row * 32 + h * lanes()))
                    phase = sine(load(x, row * 32 + GROUP + h * lanes()))
                    at = bind(y_at + row * y_row + h * lanes())
                    store(y, at, magnitude * cosine_small(phase))
                    store(y, at + GROUP, magnitude * sine_small(phase))
    return kernel.function


def gather_hops(name: str):
    """audio[5 r + i] = X[r][i]: the five samples of each row, one after another. Arguments: X [rows][16], audio; rows."""
    block = 1024
    kernel = Kernel(name)
    with kernel as k:
        x, audio = k.buffer(), k.buffer()
        rows = k.integer()
        with T.parallel(0, ceil_div(rows, block)) as part:
            with T.serial(0, T.min(block, rows - part * block)) as t:
                row = bind(part * block + t)
                for i in range(5):
                    put(audio, row * 5 + i, x[row * GROUP + i])
    return kernel.function


def kernels() -> Definitions:
    """Norms of the text side, sums and activations of the decoder, the ends of the vocoder."""
    every = (layer_norm, column_sums, scale_rows, double_rows, accumulate, mean_of_blocked, spectrum, gather_hops)
    return {define.__name__: partial(define, define.__name__) for define in every}

"""The vocoder's residual convolutions, in a transform domain, with their norm and activation fused.

One kernel does: norm and style as an affine per channel, snake activation, convolution, bias, residual, and the sums
that the next norm needs. Activations are blocked, `[channels/16][time][16]`, so that a vector is channels: transforms
over time need no shuffles, dilation is an address stride, and the sums are lane by lane.

The taps are the model's own 8-bit integers. They are transformed at the beginning of every call, which costs a few
hundredths of it; kept transformed they would be four to seven times as many, and floats.

Work goes through chunks of blocks small enough for the cache. A chunk has three phases: forward transform (parallel over
channel groups), products per plane (parallel over planes), inverse transform (parallel over output groups).
"""

from __future__ import annotations

from functools import partial
from itertools import product

import tvm.tirx.script.builder as T

from .emit import GROUP, Definitions, Kernel, Registers, bind, ceil_div, group_vectors, lanes, load, load_as_float, multiply_tile, peek, scratch
from .emit import splat, spread, store, touch
from .functions import sine_squared
from .transforms import Fourier, Winograd

BLOCKS_AT_ONCE = 30
"""Blocks whose samples are staged together; a multiple of every dilation (1, 3, 5) and of the blocks of every tile."""

SUM_FRAMES = 128
"""Frames that are summed before they are added to the total: one long float32 sum would lose digits."""


def tile() -> tuple[int, int]:
    """Blocks and panels in a register tile of the products: what the registers hold, measured best."""
    return (6, 1) if lanes() == 8 else (10, 2)


def algorithm(taps: int):
    """The transform that measured best for this number of taps."""
    if taps == 3:
        return Winograd(6, 3, (0, 1, -1, 2, -2, 0.5, -0.5))
    return Fourier(32, taps)


def convolution(name: str, channels: int, taps: int, dilation: int, residual: bool):
    """Y = conv(snake(scale · X + shift)) + bias (+ R), "same" padding with zeros after the activation.

    Arguments, in order:
      X, R, Y      activations [channels/16][frames][16]; R is read only with `residual` and may be Y
      affine       [2][channels]: scale, shift
      snake        [2][channels]: alpha/π, 1/alpha
      weights      int8 [channels/16][channels][taps][16], packed by `pack.py`
      quantum      [2]: the weights' scale, times what undoes the transform's own, and their zero point
      bias         [channels]
      sums         [2][channels], written: Σ Y and Σ Y² over time
      planes       scratch, [weight planes][channels · channels + 16]: the transformed weights
      spectrum     scratch, [planes][blocks · channels + 16]
      products     scratch, [product planes][blocks · channels + 16]
      frames       the length in time
      blocks       blocks in a chunk, a multiple of 30
    """
    transform = algorithm(taps)
    kernel = Kernel(name)
    with kernel as k:
        x, residual_input, y = k.buffer(), k.buffer(), k.buffer()
        affine, snake, weights, quantum = k.buffer(), k.buffer(), k.buffer("int8"), k.buffer()
        bias, sums, planes, spectrum, products = k.buffer(), k.buffer(), k.buffer(), k.buffer(), k.buffer()
        frames, blocks = k.integer(), k.integer()
        step = dilation * transform.outputs
        total = bind(ceil_div(frames, step) * dilation)
        plane = bind(blocks * channels + GROUP)  # the odd 16 floats keep planes apart in the cache's sets
        _transform(transform, channels, weights, quantum, planes)
        with T.serial(0, ceil_div(total, blocks)) as chunk:
            first = bind(chunk * blocks)
            count = bind(T.min(blocks, total - first))
            _forward(transform, channels, dilation, x, affine, snake, spectrum, frames, first, count, plane)
            _multiply(transform, channels, planes, spectrum, products, count, plane)
            target = residual_input if residual else None
            _inverse(transform, channels, dilation, products, (quantum, bias), target, y, sums, frames, first, count, plane)
    return kernel.function


def _weight_plane(channels):
    """Floats from one plane of the weights to the next; the odd 16 keep planes apart in the cache's sets."""
    return channels * channels + GROUP


def _transform(transform, channels, weights, quantum, planes):
    with T.parallel(0, channels // GROUP) as out:
        zero = bind(spread(quantum[1]))
        with T.serial(0, channels) as channel:
            at = bind((out * channels + channel) * GROUP)
            for h in range(group_vectors()):
                taps = [bind(load_as_float(weights, at * transform.taps + k * GROUP + h * lanes()) - zero) for k in range(transform.taps)]
                for f, value in enumerate(transform.weights(taps)):
                    store(planes, at + h * lanes() + f * _weight_plane(channels), value)


def _first_frame(first, group, dilation, step):
    """Where the outputs of the `group`-th 30 blocks begin; consecutive blocks are the phases of a dilated filter."""
    return (first + group * BLOCKS_AT_ONCE) // dilation * step


def _forward(transform, channels, dilation, x, affine, snake, spectrum, frames, first, count, plane):
    taps, step = transform.taps, dilation * transform.outputs
    span = BLOCKS_AT_ONCE * transform.outputs + (taps - 1) * dilation
    with T.parallel(0, channels // GROUP) as group:
        staged = scratch(span * GROUP)
        with T.serial(0, ceil_div(count, BLOCKS_AT_ONCE)) as part:
            start = bind(_first_frame(first, part, dilation, step) - (taps - 1) * dilation // 2)
            at = group * GROUP
            halves = [at + h * lanes() for h in range(group_vectors())]
            scale, shift = [load(affine, o) for o in halves], [load(affine, channels + o) for o in halves]
            alpha, inverse = [load(snake, o) for o in halves], [load(snake, channels + o) for o in halves]
            with T.serial(0, span) as t:
                frame = bind(start + t)
                with T.If(T.And(frame >= 0, frame < frames)):
                    with T.Then():
                        for h in range(group_vectors()):
                            value = load(x, (group * frames + frame) * GROUP + h * lanes())
                            value = bind(value * scale[h] + shift[h])
                            value = value + sine_squared(bind(value * alpha[h])) * inverse[h]
                            store(staged, t * GROUP + h * lanes(), value)
                    with T.Else():
                        for h in range(group_vectors()):
                            store(staged, t * GROUP + h * lanes(), splat(0))
            with T.serial(0, T.min(BLOCKS_AT_ONCE, count - part * BLOCKS_AT_ONCE)) as block:
                base = bind((block // dilation * step + block % dilation) * GROUP)
                out = bind((part * BLOCKS_AT_ONCE + block) * channels + group * GROUP)
                for h in range(group_vectors()):
                    samples = [load(staged, base + n * dilation * GROUP + h * lanes()) for n in range(transform.size)]
                    for f, value in enumerate(transform.forward(samples)):
                        store(spectrum, out + h * lanes() + f * plane, value)


def _multiply(transform, channels, planes, spectrum, products, count, plane):
    columns = tile()[1]
    groups = channels // GROUP // columns

    def multiply(out, weights, source, target, less=None, combine=None):
        """The product of a plane of weights with one of samples, for some output channels. `combine` says what becomes of it and
        of what the plane before held there."""
        start = bind(weights * _weight_plane(channels) + out * (columns * channels * GROUP))
        panels = [start + p * (channels * GROUP) for p in range(columns)]
        with T.serial(0, ceil_div(count, tile()[0])) as step:
            _multiply_tile(channels, planes, panels, spectrum, products, plane, (out, step, source, target), less, combine)

    if isinstance(transform, Winograd):
        with T.parallel(0, transform.planes * groups) as unit:
            f, out = bind(unit // groups), bind(unit % groups)
            multiply(out, f, f, f)
        return
    with T.parallel(0, (transform.bins + 1) * groups) as unit:
        k, out = bind(unit // groups), bind(unit % groups)
        with T.If(k == 0):
            with T.Then():
                multiply(out, 0, 0, 0)
                multiply(out, 1, 1, 1)
            with T.Else():
                pair, triple = bind(2 * k), bind(3 * k - 1)
                real, imaginary, s, t = pair, pair + 1, pair, pair + 1
                multiply(out, s, triple, real, less=_weight_plane(channels))  # p
                multiply(out, t, triple + 1, imaginary, combine=(real, lambda p, q: p + q))
                multiply(out, s, triple + 2, real, combine=(real, lambda p, r: p - r))


def _multiply_tile(channels, planes, panels, spectrum, products, plane, place, less, combine):
    (out, step, source_plane, target_plane), (blocks, columns) = place, tile()
    vectors = columns * group_vectors()
    accumulator = Registers(blocks * vectors, splat(0))
    first = bind(step * (blocks * channels))
    source = bind(source_plane * plane + first)
    share = blocks * columns * GROUP  # the next plane's tile, a piece for each group of output channels
    for offset in range(0, share, GROUP):
        touch(spectrum, bind(source + plane + out * share) + offset, locality=2)
    multiply_tile(spectrum, [source + i * channels for i in range(blocks)], planes, panels, channels, accumulator, less)
    for i in range(blocks):
        for j in range(vectors):
            at = bind(first + out * (columns * GROUP) + i * channels + j * lanes())
            value = accumulator[i * vectors + j]
            if combine:
                kept, together = combine
                value = together(load(products, kept * plane + at), value)
            store(products, target_plane * plane + at, value)


def _inverse(transform, channels, dilation, products, constants, residual, y, sums, frames, first, count, plane):
    (quantum, bias), outputs, step = constants, transform.outputs, dilation * transform.outputs
    with T.parallel(0, channels // GROUP) as group:
        scale = bind(spread(quantum[0]))
        staged = scratch(BLOCKS_AT_ONCE * outputs * GROUP)
        at = group * GROUP
        offsets = [bind(at + q % group_vectors() * lanes() + q // group_vectors() * channels) for q in range(2 * group_vectors())]
        with T.If(first == 0):
            with T.Then():
                for offset in offsets:
                    store(sums, offset, splat(0))
        with T.serial(0, ceil_div(count, BLOCKS_AT_ONCE)) as part:
            start = bind(_first_frame(first, part, dilation, step))
            here = bind(T.min(BLOCKS_AT_ONCE, count - part * BLOCKS_AT_ONCE))
            with T.serial(0, here) as block:
                base = bind((block // dilation * step + block % dilation) * GROUP)
                source = bind((part * BLOCKS_AT_ONCE + block) * channels + group * GROUP)
                for h in range(group_vectors()):
                    planes = [load(products, source + h * lanes() + f * plane) for f in range(transform.product_planes)]
                    for n, value in enumerate(transform.inverse(planes)):
                        store(staged, base + n * dilation * GROUP + h * lanes(), value)
            here = bind(T.min(here * outputs, frames - start))
            with T.serial(0, ceil_div(here, SUM_FRAMES)) as segment:
                subtotal = Registers(2 * group_vectors(), splat(0))
                with T.serial(0, T.min(SUM_FRAMES, here - segment * SUM_FRAMES)) as i:
                    t = bind(segment * SUM_FRAMES + i)
                    for h in range(group_vectors()):
                        offset = bind((group * frames + start + t) * GROUP + h * lanes())
                        value = bind(load(staged, t * GROUP + h * lanes()) * scale + load(bias, at + h * lanes()))
                        if residual is not None:
                            value = bind(value + load(residual, offset))
                        store(y, offset, value)
                        subtotal[h] = subtotal[h] + value
                        subtotal[group_vectors() + h] = subtotal[group_vectors() + h] + value * value
                for q, offset in enumerate(offsets):
                    store(sums, offset, peek(sums, offset) + subtotal[q])


def kernels() -> Definitions:
    """The convolutions of both stages of the vocoder: 256 and 128 channels, 3, 7 and 11 taps."""
    every = {}
    for channels, taps in product((256, 128), (3, 7, 11)):
        for kind, dilation in (("1", 1), ("3", 3), ("5", 5), ("residual", 1)):
            name = f"convolution_{channels}_{taps}_{kind}"
            every[name] = partial(convolution, name, channels, taps, dilation, kind == "residual")
    return every

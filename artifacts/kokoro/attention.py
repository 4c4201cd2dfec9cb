"""Multi-head self-attention of ALBERT over all tokens of a chunk; one thread a head."""

from __future__ import annotations

import tvm.tirx.script.builder as T

from .emit import GROUP, HALVES, LANES, Kernel, bind, ceil_div, load, multiply_tile, peek, put, scratch, spread, store
from .functions import exponential

HEADS, WIDTH = 12, 64
MODEL = HEADS * WIDTH
TILE_ROWS = 6


def attention(name: str):
    """O = softmax(Q Kᵀ / √64) V, per head.

    Arguments, in order:
      qkv       [tokens + 5][3][12][64] (the rows after the last are read, never used)
      keys      scratch [12][64 · padded], padded = tokens rounded up to 16
      values    scratch [12][64 · padded]
      scores    scratch [12][6 · padded]
      out       [tokens + 5][12][64], written (the rows after the last hold nothing of use)
      tokens
    """
    row = 3 * MODEL
    kernel = Kernel(name)
    with kernel as k:
        qkv, keys, values, scores, out = [k.buffer() for _ in range(5)]
        tokens = k.integer()
        padded = bind(ceil_div(tokens, GROUP) * GROUP)
        with T.parallel(0, HEADS) as head:
            own, p0 = bind(head * WIDTH * padded), bind(head * TILE_ROWS * padded)
            _pack(qkv, keys, values, own, head, tokens, padded)
            with T.serial(0, ceil_div(tokens, TILE_ROWS)) as tile:
                queries = [bind((tile * TILE_ROWS + i) * row + head * WIDTH) for i in range(TILE_ROWS)]
                score_rows = [bind(p0 + i * padded) for i in range(TILE_ROWS)]
                with T.serial(0, padded // GROUP) as panel:
                    accumulator = scratch(TILE_ROWS * GROUP)
                    multiply_tile(qkv, queries, keys, own + panel * (WIDTH * GROUP), WIDTH, accumulator)
                    for i in range(TILE_ROWS):
                        for h in range(HALVES):
                            at = score_rows[i] + panel * GROUP + h * LANES
                            store(scores, at, peek(accumulator, (i * HALVES + h) * LANES))
                for i in range(TILE_ROWS):
                    _softmax(scores, score_rows[i], tokens, padded)
                with T.serial(0, WIDTH // GROUP) as panel:
                    result = scratch(TILE_ROWS * GROUP)
                    multiply_tile(scores, score_rows, values, own + panel * (padded * GROUP), padded, result)
                    for i in range(TILE_ROWS):
                        for h in range(HALVES):
                            at = (tile * TILE_ROWS + i) * MODEL + head * WIDTH + panel * GROUP + h * LANES
                            store(out, at, peek(result, (i * HALVES + h) * LANES))
    return kernel.function


def _pack(qkv, keys, values, own, head, tokens, padded):
    """Keys, scaled, as panels of 16 tokens [padded/16][64][16]; values as panels of 16 channels [4][padded][16]."""
    row = 3 * MODEL
    with T.serial(0, padded) as t:
        with T.If(t < tokens):
            with T.Then():
                at = bind(t * row + head * WIDTH)
                with T.serial(0, WIDTH) as e:
                    put(keys, own + (t // GROUP * WIDTH + e) * GROUP + t % GROUP, qkv[at + MODEL + e] * T.float32(WIDTH**-0.5))
                for e in range(0, WIDTH, LANES):
                    store(values, own + (e // GROUP * padded + t) * GROUP + e % GROUP, load(qkv, at + 2 * MODEL + e))
            with T.Else():
                with T.serial(0, WIDTH) as e:
                    put(keys, own + (t // GROUP * WIDTH + e) * GROUP + t % GROUP, T.float32(0))
                    put(values, own + (e // GROUP * padded + t) * GROUP + e % GROUP, T.float32(0))


def _softmax(scores, at, tokens, padded):
    """In place over `tokens` scores; the padding becomes zero."""
    largest, total = scratch(1), scratch(1)
    put(largest, 0, T.float32(-1e30))
    put(total, 0, T.float32(0))
    with T.serial(0, tokens) as j:
        put(largest, 0, T.max(largest[0], scores[at + j]))
    with T.serial(0, padded // LANES) as j:
        store(scores, at + j * LANES, exponential(bind(peek(scores, at + j * LANES) - spread(largest[0]))))
    with T.serial(0, padded - tokens) as j:
        put(scores, at + tokens + j, T.float32(0))
    with T.serial(0, tokens) as j:
        put(total, 0, total[0] + scores[at + j])
    with T.serial(0, padded // LANES) as j:
        store(scores, at + j * LANES, peek(scores, at + j * LANES) * spread(T.float32(1) / total[0]))


def kernels():
    """The one attention."""
    yield attention("attention")

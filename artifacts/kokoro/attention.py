"""Multi-head self-attention of ALBERT over all tokens of a chunk; one thread a head."""

from __future__ import annotations

import tvm.tirx.script.builder as T

from .emit import GROUP, Definitions, Kernel, Registers, bind, ceil_div, group_vectors, lanes, load, multiply_tile, peek, put, scratch, splat, spread, store
from .functions import exponential

HEADS, WIDTH = 12, 64
MODEL = HEADS * WIDTH


def tile_rows() -> int:
    """Rows in a register tile of one panel."""
    return 6 if lanes() == 8 else 12


def attention(name: str):
    """O = softmax(Q Kᵀ / √64) V, per head.

    Arguments, in order:
      qkv       [tokens + 11][3][12][64] (the rows after the last are read, never used)
      keys      scratch [12][64 · padded], padded = tokens rounded up to 16
      values    scratch [12][64 · padded]
      scores    scratch [12][12 · padded]
      out       [tokens + 11][12][64], written (the rows after the last hold nothing of use)
      tokens
    """
    row = 3 * MODEL
    kernel = Kernel(name)
    with kernel as k:
        qkv, keys, values, scores, out = [k.buffer() for _ in range(5)]
        tokens = k.integer()
        padded = bind(ceil_div(tokens, GROUP) * GROUP)
        with T.parallel(0, HEADS) as head:
            own, p0 = bind(head * WIDTH * padded), bind(head * tile_rows() * padded)
            _pack(qkv, keys, values, own, head, tokens, padded)
            with T.serial(0, ceil_div(tokens, tile_rows())) as tile:
                queries = [bind((tile * tile_rows() + i) * row + head * WIDTH) for i in range(tile_rows())]
                score_rows = [bind(p0 + i * padded) for i in range(tile_rows())]
                with T.serial(0, padded // GROUP) as panel:
                    accumulator = Registers(tile_rows() * group_vectors(), splat(0))
                    multiply_tile(qkv, queries, keys, [own + panel * (WIDTH * GROUP)], WIDTH, accumulator)
                    for i in range(tile_rows()):
                        for h in range(group_vectors()):
                            at = score_rows[i] + panel * GROUP + h * lanes()
                            store(scores, at, accumulator[i * group_vectors() + h])
                for i in range(tile_rows()):
                    _softmax(scores, score_rows[i], tokens, padded)
                with T.serial(0, WIDTH // GROUP) as panel:
                    result = Registers(tile_rows() * group_vectors(), splat(0))
                    multiply_tile(scores, score_rows, values, [own + panel * (padded * GROUP)], padded, result)
                    for i in range(tile_rows()):
                        for h in range(group_vectors()):
                            at = (tile * tile_rows() + i) * MODEL + head * WIDTH + panel * GROUP + h * lanes()
                            store(out, at, result[i * group_vectors() + h])
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
                for e in range(0, WIDTH, lanes()):
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
    with T.serial(0, padded // lanes()) as j:
        store(scores, at + j * lanes(), exponential(bind(peek(scores, at + j * lanes()) - spread(largest[0]))))
    with T.serial(0, padded - tokens) as j:
        put(scores, at + tokens + j, T.float32(0))
    with T.serial(0, tokens) as j:
        put(total, 0, total[0] + scores[at + j])
    with T.serial(0, padded // lanes()) as j:
        store(scores, at + j * lanes(), peek(scores, at + j * lanes()) * spread(T.float32(1) / total[0]))


def kernels() -> Definitions:
    """The one attention."""
    return {"attention": lambda: attention("attention")}

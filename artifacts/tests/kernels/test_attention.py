"""Attention over few tokens, whole panels, the most tokens, and one more or less, against float64."""

import unittest

import numpy

from compiled import OfKernels, call, nothing, relative_error

HEADS, WIDTH = 12, 64
RANDOM = numpy.random.default_rng(3)


def reference(qkv: numpy.ndarray) -> numpy.ndarray:
    """[tokens, 3, heads, width] → [tokens, heads, width]."""
    q, k, v = qkv.astype(numpy.float64).swapaxes(0, 1)
    scores = numpy.einsum("ahe,bhe->hab", q, k) / numpy.sqrt(WIDTH)
    weights = numpy.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    return numpy.einsum("hab,bhe->ahe", weights, v)


class Attention(OfKernels):
    def attend(self, qkv: numpy.ndarray) -> numpy.ndarray:
        """The kernel on tokens followed by rows that hold no numbers."""
        tokens = len(qkv)
        rows, padded = -(-tokens // 12) * 12, -(-tokens // 16) * 16
        inputs = nothing(rows, 3, HEADS, WIDTH)
        inputs[:tokens] = qkv
        keys, values = nothing(HEADS * WIDTH * padded), nothing(HEADS * WIDTH * padded)
        scores, out = nothing(HEADS * 12 * padded), nothing(rows, HEADS, WIDTH)
        call("attention", inputs, keys, values, scores, out, tokens, writes=(1, 2, 3, 4))
        return out[:tokens]

    def test_every_number_of_tokens(self):
        for tokens in (1, 2, 5, 6, 7, 12, 13, 15, 16, 17, 96, 511, 512):
            with self.subTest(tokens=tokens):
                qkv = RANDOM.standard_normal((tokens, 3, HEADS, WIDTH)).astype(numpy.float32)
                # The exponential of a few units is right to 1e-6, and what all of them err alike divides out.
                self.assertLess(relative_error(self.attend(qkv), reference(qkv)), 5e-6)

    def test_sharp_attention_does_not_overflow(self):
        qkv = RANDOM.standard_normal((40, 3, HEADS, WIDTH)).astype(numpy.float32)
        qkv[:, :2] *= 20  # scores of thousands, which are rounded to 1e-4; so are their exponentials, relatively
        self.assertLess(relative_error(self.attend(qkv), reference(qkv)), 5e-4)

    def test_equal_scores_take_the_mean(self):
        qkv = RANDOM.standard_normal((33, 3, HEADS, WIDTH)).astype(numpy.float32)
        qkv[:, 0] = 0
        mean = numpy.broadcast_to(qkv[:, 2].astype(numpy.float64).mean(0), (33, HEADS, WIDTH))
        self.assertLess(relative_error(self.attend(qkv), mean), 5e-6)


if __name__ == "__main__":
    unittest.main()

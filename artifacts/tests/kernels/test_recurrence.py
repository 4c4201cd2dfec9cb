"""The recurrence of the LSTMs, with weights packed as the model's are, against float64."""

import unittest

import numpy

from kokoro.weights import Linear, Recurrent

from compiled import OfKernels, call, nothing
from packed import pack

UNITS = 256
RANDOM = numpy.random.default_rng(2)


class OneLstm:
    """Weights of one LSTM, in the place of a model's."""

    def __init__(self, depth: int):
        columns = 2 * 4 * UNITS
        self.lstm = Recurrent(
            Linear(
                RANDOM.integers(-128, 128, (depth, columns)).astype(numpy.int8),
                numpy.full(columns, 0.004, numpy.float32),
                numpy.full(columns, 3, numpy.float32),
                RANDOM.standard_normal(columns).astype(numpy.float32),
            ),
            RANDOM.integers(-128, 128, (2, UNITS, 4, UNITS)).astype(numpy.int8),
            numpy.array([0.003, 0.002], numpy.float32),
            numpy.array([-7, 11], numpy.float32),
        )

    def recurrent(self, _layer: str) -> Recurrent:
        """As `Weights.recurrent`."""
        return self.lstm


def sigmoid(x):
    """The logistic function."""
    return 1 / (1 + numpy.exp(-x))


def reference(lstm: Recurrent, x: numpy.ndarray) -> numpy.ndarray:
    """[steps, depth] → [steps, 2, units]."""
    gates = (x.astype(numpy.float64) @ lstm.input.dense() + lstm.input.bias).reshape(len(x), 2, 4, UNITS)
    states = numpy.empty((len(x), 2, UNITS))
    for direction in range(2):
        weights = (lstm.state[direction].astype(numpy.float64) - lstm.zero[direction]) * lstm.scale[direction]
        h = c = numpy.zeros(UNITS)
        for t in range(len(x)) if direction == 0 else reversed(range(len(x))):
            i, f, g, o = gates[t, direction] + numpy.einsum("u,ugv->gv", h, weights)
            c = sigmoid(f) * c + sigmoid(i) * numpy.tanh(g)
            h = sigmoid(o) * numpy.tanh(c)
            states[t, direction] = h
    return states


class Recurrence(OfKernels):
    def test_both_directions_for_one_step_and_many(self):
        weights = OneLstm(32)
        tensors = pack(lambda packer: packer.recurrent("lstm", "layer"), weights)
        for steps in (1, 2, 3, 64):
            with self.subTest(steps=steps):
                x = RANDOM.standard_normal((-(-steps // 6) * 6, 32)).astype(numpy.float32)
                gates = nothing(steps, 2048)
                place = (0, 2048, 16)
                call(
                    "product", x, tensors["lstm.input.weight"], tensors["lstm.input.columns"], gates, gates,
                    steps, 32, 128, 0, 32, *place, *place, 0, 0.0, writes=(4,),
                )  # fmt: skip
                start, row = 8, 640  # states go into wider rows
                states = nothing(start + (steps - 1) * row + 512)
                call(
                    "recurrence", gates, tensors["lstm.state"], tensors["lstm.scales"], states,
                    steps, start, row, writes=(3,),
                )  # fmt: skip
                places = start + numpy.arange(steps)[:, None] * row + numpy.arange(512)
                wanted = reference(weights.lstm, x[:steps]).reshape(steps, 512)
                # States are below one; gates of a few units, whose sums of 256 products are rounded to 1e-6, are what errs.
                error = numpy.abs(states[places] - wanted).max()
                self.assertLess(error, 1e-5)
                states[places] = numpy.nan
                self.assertTrue(numpy.isnan(states).all(), "written between the rows")


if __name__ == "__main__":
    unittest.main()

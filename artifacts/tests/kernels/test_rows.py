"""Norms, sums and activations over rows, and the ends of the vocoder, against float64."""

import unittest

import numpy

from compiled import OfKernels, call, nothing, relative_error

RANDOM = numpy.random.default_rng(4)
ROUNDING = 1e-6
"""Of the largest output: a handful of operations, each right to 6e-8 of its result."""


def random(*shape):
    """Numbers like a normalised activation's."""
    return RANDOM.standard_normal(shape).astype(numpy.float32)


def leaky(x, slope):
    """The leaky rectifier."""
    return numpy.where(x > 0, x, slope * x)


def spread_rows(rows: numpy.ndarray, at: int, row: int) -> numpy.ndarray:
    """A buffer with rows in their places and no numbers between."""
    buffer = nothing(at + (len(rows) - 1) * row + rows.shape[1])
    buffer[places(*rows.shape, at, row)] = rows
    return buffer


def places(rows: int, width: int, at: int, row: int) -> numpy.ndarray:
    """Where rows lie in a buffer."""
    return at + numpy.arange(rows)[:, None] * row + numpy.arange(width)


def blocked(x: numpy.ndarray) -> numpy.ndarray:
    """[time, channels] → [channels/16, time, 16]."""
    return numpy.ascontiguousarray(x.reshape(len(x), -1, 16).swapaxes(0, 1))


class Rows(OfKernels):
    def assert_rows(self, y, wanted, at, row, tolerance=ROUNDING):
        """Rows are right, and nothing else was written."""
        where = places(*wanted.shape, at, row)
        self.assertLess(relative_error(y[where], wanted), tolerance)
        y[where] = numpy.nan
        self.assertTrue(numpy.isnan(y).all(), "written between the rows")

    def test_layer_norm(self):
        for rows, channels, slope in [(1, 128, 1.0), (7, 512, 0.2), (512, 768, 1.0), (3, 16, 0.2)]:
            with self.subTest(rows=rows, channels=channels):
                x = random(rows, channels) * 3 + 5
                gamma, beta = random(channels), random(channels)
                centred = x.astype(numpy.float64) - x.mean(1, keepdims=True, dtype=numpy.float64)
                normal = centred / numpy.sqrt((centred**2).mean(1, keepdims=True) + 1e-5)
                at, row = 24, channels + 16
                y = nothing(at + (rows - 1) * row + channels)
                call(
                    "layer_norm", spread_rows(x, 8, channels + 40), numpy.stack([gamma, beta]), y,
                    rows, channels, 8, channels + 40, at, row, 1e-5, slope, writes=(2,),
                )  # fmt: skip
                # A mean of 5 beside a deviation of 3 costs a digit.
                self.assert_rows(y, leaky(normal * gamma + beta, slope), at, row, 3 * ROUNDING)

    def test_layer_norm_in_place(self):
        x = random(9, 256)
        wanted = (x - x.mean(1, keepdims=True)) / numpy.sqrt(x.var(1, keepdims=True) + 1e-12)
        parameters = numpy.stack([numpy.ones(256, numpy.float32), numpy.zeros(256, numpy.float32)])
        call("layer_norm", x, parameters, x, 9, 256, 0, 256, 0, 256, 1e-12, 1.0, writes=(0,))
        self.assertLess(relative_error(x, wanted), 3 * ROUNDING)

    def test_layer_norm_of_rows_that_hardly_vary(self):
        x = random(3, 128) * 1e-3
        x[1] = 0.5
        parameters = numpy.stack([numpy.ones(128, numpy.float32), numpy.full(128, 2, numpy.float32)])
        y = nothing(3, 128)
        call("layer_norm", x, parameters, y, 3, 128, 0, 128, 0, 128, 1e-5, 1.0, writes=(2,))
        exact = x.astype(numpy.float64)
        centred = exact - exact.mean(1, keepdims=True)
        wanted = centred / numpy.sqrt((centred**2).mean(1, keepdims=True) + 1e-5) + 2
        self.assertLess(relative_error(y, wanted), 3 * ROUNDING)
        self.assertTrue((y[1] == 2).all(), "a row that does not vary becomes beta")

    def test_column_sums_of_rows_and_of_the_blocked_layout(self):
        for rows in (1, 511, 512, 513, 5000):
            x = random(rows, 48) + 1
            wanted = numpy.stack([x.sum(0, dtype=numpy.float64), (x.astype(numpy.float64) ** 2).sum(0)])
            layouts = {
                "rows": (spread_rows(x, 5, 60), 5, 60, 16),
                "blocked": (blocked(x), 0, 16, 16 * rows),
            }
            for layout, (buffer, at, row, group) in layouts.items():
                with self.subTest(rows=rows, layout=layout):
                    sums = nothing(2, 48)
                    call("column_sums", buffer, sums, rows, 3, at, row, group, writes=(1,))
                    # 512 terms before they join the total: no more than their rounding, however many rows there are.
                    self.assertLess(relative_error(sums, wanted), 3e-6)

    def test_scale_rows(self):
        for rows, channels in [(1, 16), (13, 528), (200, 256)]:
            with self.subTest(rows=rows, channels=channels):
                x, affine = random(rows, channels), random(2, channels)
                at, row = 3, channels + 5
                y = nothing(at + (rows - 1) * row + channels)
                call(
                    "scale_rows", spread_rows(x, 1, channels + 1), affine, y,
                    rows, channels // 16, 1, channels + 1, at, row, 0.2, writes=(2,),
                )  # fmt: skip
                self.assert_rows(y, leaky(x.astype(numpy.float64) * affine[0] + affine[1], 0.2), at, row)

    def test_double_rows_is_a_transposed_convolution(self):
        for rows in (1, 2, 31):
            with self.subTest(rows=rows):
                channels, affine, taps = 48, random(2, 48), random(4, 48)
                x = random(rows, channels)
                active = leaky(x.astype(numpy.float64) * affine[0] + affine[1], 0.2)
                # Stride 2, padding 1: tap k of input t goes to output 2t + k − 1; one more output at the end.
                wanted = numpy.tile(taps[3].astype(numpy.float64), (2 * rows, 1))
                for t in range(rows):
                    for k in range(3):
                        if 0 <= 2 * t + k - 1 < 2 * rows:
                            wanted[2 * t + k - 1] += active[t] * taps[k]
                at, row = 16, channels
                y = nothing(at + 2 * rows * row)
                call(
                    "double_rows", x, affine, taps, y, rows, 3, 0, channels, at, row, 0.2, writes=(3,)
                )
                self.assert_rows(y, wanted, at, row)

    def test_mean_of_blocked(self):
        for rows in (1, 63, 64, 65, 601):
            with self.subTest(rows=rows):
                a, b = random(2, rows, 32)
                at, row = 96, 40
                y = nothing(at + (rows - 1) * row + 32)
                call("mean_of_blocked", blocked(a), blocked(b), y, rows, 2, at, row, 0.1, writes=(2,))
                self.assert_rows(y, leaky((a.astype(numpy.float64) + b) / 3, 0.1), at, row)

    def test_accumulate(self):
        for floats in (16, 4096, 4112, 100_000):
            with self.subTest(floats=floats):
                x, y = random(2, floats)
                wanted = x + y
                call("accumulate", x, y, floats, writes=(1,))
                self.assertTrue((y == wanted).all())

    def test_spectrum(self):
        for rows in (1, 255, 257, 1000):
            with self.subTest(rows=rows):
                x = random(rows, 32)
                x[:, 16:] *= 300  # phases are whatever the last convolution gives
                magnitude, phase = numpy.exp(x[:, :16].astype(numpy.float64)), numpy.sin(x[:, 16:].astype(numpy.float64))
                wanted = numpy.concatenate([magnitude * numpy.cos(phase), magnitude * numpy.sin(phase)], 1)
                y = nothing(96 + rows * 32)
                call("spectrum", x, y, rows, 96, 32, writes=(1,))
                self.assert_rows(y, wanted, 96, 32, 3e-6)

    def test_gather_hops(self):
        for rows in (1, 1023, 1024, 1025, 3000):
            with self.subTest(rows=rows):
                x, audio = random(rows, 16), nothing(rows * 5)
                call("gather_hops", x, audio, rows, writes=(1,))
                self.assertEqual(audio.tobytes(), x[:, :5].tobytes())


if __name__ == "__main__":
    unittest.main()

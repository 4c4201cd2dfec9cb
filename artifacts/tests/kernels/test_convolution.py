"""The vocoder's convolutions with norm, activation, bias, residual and sums, at lengths from one frame to many chunks."""

import unittest

import numpy

from kokoro.convolution import algorithm

from compiled import OfKernels, call, nothing, relative_error
from evaluated import direct

RANDOM = numpy.random.default_rng(6)

LENGTHS = (1, 5, 29, 1000, 3001)

TO_DEFINITION = {3: 2e-5, 7: 5e-6, 11: 5e-6}
"""By taps, of the largest output: 2⁻²⁴ for each of the operations, and 64 for Winograd's points up to 2⁶ in the inverse."""


def blocks(channels: int, taps: int) -> int:
    """Blocks in a chunk, as the engine chooses them."""
    return (60 if channels == 128 else 90) * (4 if taps == 3 else 1)


class Layer:
    """One convolution: its weights, its input, and what it must give."""

    def __init__(self, channels: int, taps: int, dilation: int, residual: bool):
        self.channels, self.taps, self.dilation, self.residual = channels, taps, dilation, residual
        self.name = f"convolution_{channels}_{taps}_{'residual' if residual else dilation}"
        self.transform = algorithm(taps)
        values = RANDOM.integers(-128, 128, (channels, channels, taps), numpy.int8)
        scale, zero = 1 / (74 * numpy.sqrt(channels * taps)), -31
        self.weights = (values.astype(numpy.float64) - zero) * scale
        panels = values.reshape(channels // 16, 16, channels, taps).transpose(0, 2, 3, 1)
        self.panels = numpy.ascontiguousarray(panels)
        self.quantum = numpy.array([scale * self.transform.rescale, zero], numpy.float32)
        self.bias = RANDOM.standard_normal(channels).astype(numpy.float32)
        self.affine = RANDOM.uniform(-1.5, 1.5, (2, channels)).astype(numpy.float32)
        self.alpha = RANDOM.uniform(0.2, 4, channels)
        self.snake = numpy.stack([self.alpha / numpy.pi, 1 / self.alpha]).astype(numpy.float32)

    def activated(self, x: numpy.ndarray) -> numpy.ndarray:
        """[channels, time] after norm and snake."""
        value = x * self.affine[0][:, None].astype(numpy.float64) + self.affine[1][:, None]
        return value + numpy.sin(self.alpha[:, None] * value) ** 2 / self.alpha[:, None]

    def wanted(self, x: numpy.ndarray) -> numpy.ndarray:
        """By the definition, in 64 bits."""
        active = self.activated(x.astype(numpy.float64))
        return direct(self.weights, active, self.dilation) + self.bias[:, None] + (x if self.residual else 0)

    def run(self, x: numpy.ndarray, blocks: int, in_place: bool = False) -> tuple[numpy.ndarray, numpy.ndarray]:
        """The kernel's outputs [channels, time], and sums."""
        frames = x.shape[1]
        layout = numpy.ascontiguousarray(x.reshape(-1, 16, frames).swapaxes(1, 2))
        plane = blocks * self.channels + 16
        spectra, products = nothing(self.transform.planes * plane), nothing(self.transform.product_planes * plane)
        residual = layout.copy() if self.residual else nothing(1)
        y, sums = (residual if in_place else nothing(*layout.shape)), nothing(2, self.channels)
        call(
            self.name, layout, residual, y, self.affine, self.snake, self.panels, self.quantum, self.bias, sums,
            nothing(self.transform.weight_planes * (self.channels**2 + 16)), spectra, products, frames, blocks,
            writes=(2, 8, 9, 10, 11),
        )  # fmt: skip
        return y.swapaxes(1, 2).reshape(self.channels, frames), sums


def layers():
    """Every convolution of the library."""
    for channels in (256, 128):
        for taps in (3, 7, 11):
            for dilation, residual in ((1, False), (3, False), (5, False), (1, True)):
                yield Layer(channels, taps, dilation, residual)


def signal(channels: int, frames: int) -> numpy.ndarray:
    """An input like a hidden layer's."""
    return RANDOM.standard_normal((channels, frames)).astype(numpy.float32)


class Convolutions(OfKernels):
    def test_every_one_at_every_length(self):
        for layer in layers():
            for frames in LENGTHS:
                with self.subTest(kernel=layer.name, frames=frames):
                    x = signal(layer.channels, frames)
                    ours, sums = layer.run(x, blocks(layer.channels, layer.taps))
                    self.assertLess(relative_error(ours, layer.wanted(x)), TO_DEFINITION[layer.taps])
                    exact = ours.astype(numpy.float64)
                    # A few hundred terms at a time: the error of the sum stays that of its parts.
                    self.assertLess(numpy.abs(sums[0] - exact.sum(1)).max(), 1e-6 * numpy.abs(exact).sum(1).max())
                    self.assertLess(relative_error(sums[1], (exact**2).sum(1)), 3e-6)

    def test_the_result_may_take_the_residuals_place(self):
        for channels, taps in ((256, 3), (128, 11)):
            with self.subTest(channels=channels, taps=taps):
                layer, x = Layer(channels, taps, 1, True), signal(channels, 500)
                apart, together = layer.run(x, 30), layer.run(x, 30, in_place=True)
                self.assertEqual(apart[0].tobytes(), together[0].tobytes())

    def test_the_size_of_a_chunk_changes_no_bit_of_the_result(self):
        for taps, dilation in ((3, 3), (7, 5), (11, 1)):
            with self.subTest(taps=taps):
                layer, x = Layer(128, taps, dilation, False), signal(128, 2000)
                results = {layer.run(x, size)[0].tobytes() for size in (30, 60, 90, 240)}
                self.assertEqual(len(results), 1)

    def test_silence_gives_the_bias(self):
        layer = Layer(128, 7, 3, False)
        layer.affine[1] = 0
        ours, _ = layer.run(numpy.zeros((128, 40), numpy.float32), 30)
        self.assertTrue((ours == layer.bias[:, None]).all())


if __name__ == "__main__":
    unittest.main()

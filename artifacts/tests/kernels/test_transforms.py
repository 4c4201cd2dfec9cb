"""The convolution algorithms themselves are exact: in 64 bits they are the definition."""

import unittest

import numpy

from kokoro.convolution import algorithm
from kokoro.transforms import Fourier, Winograd

from evaluated import convolve, direct, planes

RANDOM = numpy.random.default_rng(5)


class Transforms(unittest.TestCase):
    def check(self, transform, tolerance):
        for dilation in (1, 3, 5):
            for frames in (1, 2, transform.outputs, 5 * transform.outputs + 1, 100):
                with self.subTest(taps=transform.taps, dilation=dilation, frames=frames):
                    taps = RANDOM.standard_normal((5, 7, transform.taps))
                    x = RANDOM.standard_normal((7, frames))
                    wanted = direct(taps, x, dilation)
                    ours = convolve(transform, planes(transform, taps), x, dilation)
                    self.assertLess(numpy.abs(ours - wanted).max(), tolerance * numpy.abs(wanted).max())

    def test_those_of_the_model(self):
        for taps in (3, 7, 11):
            # Seven points from −2 to 2 lose two digits of sixteen; a Fourier transform none.
            self.check(algorithm(taps), 1e-12)

    def test_other_sizes(self):
        for size in (4, 6, 8, 12, 16, 24, 48, 64):
            self.check(Fourier(size, 3), 1e-13)
        self.check(Winograd(2, 3, (0, 1, -1)), 1e-13)
        self.check(Winograd(4, 3, (0, 1, -1, 2, -2)), 1e-13)

    def test_planes_are_as_many_as_said(self):
        for taps in (3, 7, 11):
            transform = algorithm(taps)
            self.assertEqual(planes(transform, numpy.zeros((1, 1, taps))).shape, (transform.weight_planes, 1, 1))
            self.assertEqual(transform.outputs, transform.size - taps + 1)

    def test_points_must_be_as_many_as_the_size_needs(self):
        with self.assertRaises(ValueError):
            Winograd(6, 3, (0, 1, -1))


if __name__ == "__main__":
    unittest.main()

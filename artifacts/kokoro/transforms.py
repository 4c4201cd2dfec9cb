"""Convolution as products in a transform domain: straight-line transforms on vectors.

Time is cut into blocks of N samples; each block is transformed to a number of planes, multiplied there, and transformed
back into m = N − K + 1 outputs of a K-tap correlation. An algorithm has `forward`, `inverse` and `weights`, which emit code
for blocks of samples, for what comes of them, and for the taps. Products are per plane, so they are ordinary matrix
products over channels.

- `Fourier`: the real DFT; a complex product is made of three real ones (Karatsuba), so N samples have 3(N/2−1)+2 planes.
- `Winograd`: Toom–Cook on real points (Lavin & Gray 2016, "Fast Algorithms for Convolutional Neural Networks").

A value is a bound vector, or None where it is known to be zero; a complex one is a pair.
"""

from __future__ import annotations

import math

import numpy

from .emit import bind, splat


def _add(a, b):
    return a if b is None else b if a is None else bind(a + b)


def _subtract(a, b):
    return a if b is None else _negate(b) if a is None else bind(a - b)


def _negate(a):
    return None if a is None else bind(splat(0) - a)


def _scale(a, factor):
    return a if a is None or factor == 1 else bind(a * splat(factor))


def _rotate(value, k, size, sign):
    """value · exp(sign 2πi k / size), with the multiplications that are by 0, ±1 or equal factors left out."""
    re, im = value
    cosine, sine = math.cos(2 * math.pi * k / size), sign * math.sin(2 * math.pi * k / size)
    if abs(sine) < 1e-12:
        return value
    if abs(cosine) < 1e-12:
        return (_negate(im), re) if sine > 0 else (im, _negate(re))
    if im is None:
        return _scale(re, cosine), _scale(re, sine)
    if re is None:
        return _scale(im, -sine), _scale(im, cosine)
    if abs(abs(cosine) - abs(sine)) < 1e-12:
        same = sine * cosine > 0
        real = re - im if same else re + im
        imaginary = im + re if same else im - re
        return bind(real * splat(cosine)), bind(imaginary * splat(cosine))
    return bind(re * splat(cosine) - im * splat(sine)), bind(re * splat(sine) + im * splat(cosine))


def real_dft(x):
    """Bins 0 … N/2 of the DFT of real values, by halves (radix 2) down to 1, 2 or 3 points."""
    size = len(x)
    if size == 1:
        return [(x[0], None)]
    if size == 2:
        return [(_add(x[0], x[1]), None), (_subtract(x[0], x[1]), None)]
    if size == 3:
        pair = _add(x[1], x[2])
        imaginary = _scale(_subtract(x[2], x[1]), math.sqrt(3) / 2)
        return [(_add(x[0], pair), None), (_subtract(x[0], _scale(pair, 0.5)), imaginary)]
    even, odd, half = real_dft(x[0::2]), real_dft(x[1::2]), size // 2
    bins = [None] * (half + 1)
    bins[0] = (_add(even[0][0], odd[0][0]), None)
    bins[half] = (_subtract(even[0][0], odd[0][0]), None)
    for k in range(1, (half - 1) // 2 + 1):
        o, e = _rotate(odd[k], k, size, -1), even[k]
        bins[k] = (_add(e[0], o[0]), _add(e[1], o[1]))
        bins[half - k] = (_subtract(e[0], o[0]), _subtract(o[1], e[1]))
    if half % 2 == 0:
        bins[half // 2] = (even[half // 2][0], _negate(odd[half // 2][0]))
    return bins


def inverse_real_dft(bins, size):
    """The inverse of `real_dft`, times `size` (unnormalised). Outputs nobody uses are dropped by LLVM."""
    if size == 1:
        return [bins[0][0]]
    if size == 2:
        return [_add(bins[0][0], bins[1][0]), _subtract(bins[0][0], bins[1][0])]
    if size == 3:
        a, (re, im) = bins[0][0], bins[1]
        t, q = _subtract(a, re), _scale(im, math.sqrt(3))
        return [_add(a, bind(re + re)), _subtract(t, q), _add(t, q)]
    half = size // 2
    even, odd = [None] * (half // 2 + 1), [None] * (half // 2 + 1)
    even[0] = (_add(bins[0][0], bins[half][0]), None)
    odd[0] = (_subtract(bins[0][0], bins[half][0]), None)
    for k in range(1, (half - 1) // 2 + 1):
        a, b = bins[k], bins[half - k]
        even[k] = (_add(a[0], b[0]), _subtract(a[1], b[1]))
        odd[k] = _rotate((_subtract(a[0], b[0]), _add(a[1], b[1])), k, size, +1)
    if half % 2 == 0:
        re, im = bins[half // 2]
        even[half // 2], odd[half // 2] = (bind(re + re), None), (_scale(im, -2), None)
    result = [None] * size
    result[0::2], result[1::2] = inverse_real_dft(even, half), inverse_real_dft(odd, half)
    return result


class Fourier:
    """Correlation with `taps` taps in the DFT of `size` points (size = 2^a or 3·2^a).

    Per complex bin (a + ib)(c + id) takes three products: p = c(a+b), q = a(d−c), r = b(c+d); real p − r, imaginary p + q. Of the
    taps only s = c+d and t = d−c are kept, since c = (s−t)/2; the half is taken of a+b. The transform of the taps is left
    unnormalised; `rescale` undoes it.

    Planes, behind those of the two real bins (0 and N/2): of samples (a+b)/2, a, b for each bin; of taps s, t; of products
    the real and the imaginary part.
    """

    def __init__(self, size: int, taps: int):
        self.size, self.taps, self.outputs = size, taps, size - taps + 1
        self.bins = size // 2 - 1
        """Complex ones."""
        self.planes = 2 + 3 * self.bins
        self.weight_planes = self.product_planes = 2 + 2 * self.bins
        self.rescale = 1 / size

    def forward(self, x):
        """The planes of one block of `size` samples."""
        bins, half = real_dft(x), self.size // 2
        planes = [bins[0][0], bins[half][0]]
        for a, b in bins[1:half]:
            planes += [bind((a + b) * splat(0.5)), a, b]
        return planes

    def inverse(self, products):
        """The `outputs` samples of a block from the planes of its products."""
        bins = [(products[0], None), *zip(products[2::2], products[3::2]), (products[1], None)]
        return inverse_real_dft(bins, self.size)[: self.outputs]

    def weights(self, taps):
        """The planes of the taps: of the conjugate of their DFT, since it is a correlation."""
        bins, half = real_dft(list(taps) + [None] * (self.size - self.taps)), self.size // 2
        planes = [bins[0][0], bins[half][0]]
        for c, e in bins[1:half]:  # d = −e
            planes += [_subtract(c, e), _negate(_add(e, c))]
        return planes


class Winograd:
    """F(outputs, taps) on the given finite points and infinity: outputs + taps − 1 planes."""

    rescale = 1.0

    def __init__(self, outputs: int, taps: int, points: tuple[float, ...]):
        self.size = self.planes = self.weight_planes = self.product_planes = outputs + taps - 1
        self.outputs, self.taps = outputs, taps
        if len(points) != self.size - 1:
            raise ValueError(f"F({outputs},{taps}) needs {self.size - 1} finite points")
        evaluate = lambda n: numpy.vstack([[p**j for j in range(n)] for p in points] + [[0.0] * (n - 1) + [1.0]])
        self._output_matrix, self._tap_matrix = evaluate(outputs).T, evaluate(taps)
        self._input_matrix = numpy.linalg.inv(evaluate(self.size)).T
        for row in range(self.size):  # rows of unit maximum keep the planes in one range
            largest = numpy.abs(self._input_matrix[row]).max()
            self._input_matrix[row] /= largest
            self._tap_matrix[row] *= largest
        self._input_matrix[numpy.abs(self._input_matrix) < 1e-12] = 0

    @staticmethod
    def _apply(matrix, x):
        result = []
        for row in matrix:
            total = None
            for factor, value in zip(row, x):
                if factor == 0:
                    continue
                if total is None:
                    total = value if factor == 1 else bind(value * splat(factor))
                elif abs(factor) == 1:
                    total = bind(total + value) if factor == 1 else bind(total - value)
                else:
                    total = bind(total + value * splat(factor))
            result.append(total)
        return result

    def forward(self, x):
        """The planes of one block of `size` samples."""
        return self._apply(self._input_matrix, x)

    def inverse(self, products):
        """The `outputs` samples of a block from its products."""
        return self._apply(self._output_matrix, products)

    def weights(self, taps):
        """The planes of the taps."""
        return self._apply(self._tap_matrix, taps)

"""The transforms of the convolutions, evaluated in NumPy instead of compiled.

`transforms.py` writes code through two words of `emit`, one that names a value and one that spreads a constant over a vector. With
both taken as identities, the same algorithms compute with NumPy arrays, in whatever precision those have.
"""

from __future__ import annotations

import contextlib
from unittest import mock

import numpy

from kokoro import transforms


def planes(transform, taps: numpy.ndarray) -> numpy.ndarray:
    """The transformed taps [planes, out, in] of taps [out, in, taps]."""
    with _numbers():
        return numpy.stack(transform.weights([taps[..., k] for k in range(transform.taps)]))


def _numbers():
    identity = mock.patch.object(transforms, "bind", lambda value: value)
    constant = mock.patch.object(transforms, "splat", float)
    stack = contextlib.ExitStack()
    stack.enter_context(identity)
    stack.enter_context(constant)
    return stack


def convolve(transform, planes: numpy.ndarray, x: numpy.ndarray, dilation: int = 1) -> numpy.ndarray:
    """The "same" correlation of x [in, time] with taps given as planes [planes, out, in], through the transform."""
    channels, frames = planes.shape[1], x.shape[1]
    y = numpy.empty((channels, frames), numpy.result_type(planes, x))
    for phase in range(min(dilation, frames)):
        y[:, phase::dilation] = _convolve(transform, planes, x[:, phase::dilation])
    return y


def _convolve(transform, planes, x):
    outputs, frames = transform.outputs, x.shape[1]
    blocks, before = -(-frames // outputs), (transform.taps - 1) // 2
    padded = numpy.zeros((x.shape[0], blocks * outputs + transform.taps - 1), x.dtype)
    padded[:, before : before + frames] = x
    samples = [padded[:, n : n + blocks * outputs : outputs] for n in range(transform.size)]
    with _numbers():
        spectra = transform.forward(samples)
        products = _products(transform, planes, spectra)
        pieces = transform.inverse(products)
    whole = numpy.stack(pieces, -1) * transform.rescale  # [out, blocks, outputs]
    return whole.reshape(len(whole), -1)[:, :frames]


def _products(transform, planes, spectra):
    if isinstance(transform, transforms.Winograd):
        return [weights @ spectrum for weights, spectrum in zip(planes, spectra, strict=True)]
    products = [planes[0] @ spectra[0], planes[1] @ spectra[1]]
    for k in range(transform.bins):
        s, t = planes[2 + 2 * k : 4 + 2 * k]
        half_sum, a, b = spectra[2 + 3 * k : 5 + 3 * k]
        p, q, r = (s - t) @ half_sum, t @ a, s @ b
        products += [p - r, p + q]
    return products


def direct(taps: numpy.ndarray, x: numpy.ndarray, dilation: int = 1) -> numpy.ndarray:
    """The same by its definition; taps [out, in, taps]."""
    count, frames = taps.shape[2], x.shape[1]
    reach = (count - 1) // 2 * dilation
    padded = numpy.pad(x, ((0, 0), (reach, reach)))
    return sum(taps[:, :, k] @ padded[:, k * dilation : k * dilation + frames] for k in range(count))

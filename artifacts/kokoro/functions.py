"""Elementary functions on vectors, as polynomials.

Errors are absolute unless said otherwise, against the exact value of the rounded argument, and hold over the stated range:
`artifacts/tests/kernels/test_functions.py` measures them. The snake activation
needs only sin², whose period is π: one reduction and one even polynomial, no quadrants.
"""

from __future__ import annotations

import functools
import math

import numpy
import tvm.tirx.script.builder as T

from .emit import bind, lanes, splat


def polynomial(x, coefficients):
    """Horner's rule, lowest coefficient first."""
    result = splat(coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        result = bind(result * x + splat(coefficient))
    return result


def nearest(x):
    """The nearest integer, ties to even. (Adding and subtracting a large number may be folded away by LLVM.)"""
    return bind(T.nearbyint(x))


@functools.cache
def sine_squared_coefficients(degree: int = 6) -> tuple[float, ...]:
    """c with sin²(π r) ≈ Σ c[i] u^(i+1), u = r² ≤ 1/4: a least-squares fit whose weights are driven towards the
    largest errors (Lawson's iteration), so that it ends near the minimax polynomial. Error 7e-9, before rounding."""
    u = (numpy.cos(numpy.linspace(0, math.pi, 4000)) + 1) / 8
    powers = numpy.stack([u ** (i + 1) for i in range(degree)], 1)
    target = numpy.sin(math.pi * numpy.sqrt(u)) ** 2
    weight = numpy.ones_like(u)
    for _ in range(40):
        solution = numpy.linalg.lstsq(powers * weight[:, None], target * weight, rcond=None)[0]
        error = numpy.abs(powers @ solution - target)
        weight *= (error / error.max() + 0.02) ** 0.3
        weight /= weight.max()
    return tuple(float(c) for c in solution)


def sine_squared(z):
    """sin²(π z) for |z| < 2²². Error 3e-7."""
    r = bind(z - nearest(z))
    u = bind(r * r)
    return bind(polynomial(u, sine_squared_coefficients()) * u)


def sine(x):
    """sin x for |x| ≤ 4000: Cody–Waite reduction to [−π, π], folded to [−π/2, π/2], Taylor to x¹¹. Error 3e-7 up to 10, 5e-7
    beyond."""
    turns = nearest(bind(x * splat(1 / (2 * math.pi))))
    r = bind(bind(x - turns * splat(6.28125)) - turns * splat(2 * math.pi - 6.28125))
    r = bind(T.max(r, bind(splat(-math.pi) - r)))
    r = bind(T.min(r, bind(splat(math.pi) - r)))
    u = bind(r * r)
    return bind(r + r * u * polynomial(u, [(-1) ** (i + 1) / math.factorial(2 * i + 3) for i in range(5)]))


def sine_small(x):
    """sin x for |x| ≤ 1. Error 2e-7."""
    u = bind(x * x)
    return bind(x * polynomial(u, [(-1) ** i / math.factorial(2 * i + 1) for i in range(5)]))


def cosine_small(x):
    """cos x for |x| ≤ 1. Error 2e-7."""
    return polynomial(bind(x * x), [(-1) ** i / math.factorial(2 * i) for i in range(6)])


def exponential(x):
    """eˣ, its argument clamped to ±80: 2^(integer) through the exponent bits, 2^(fraction) as a polynomial.
    Relative error 3e-7 for |x| ≤ 1, 1e-5 beyond (an argument of 80 is itself rounded to 4e-6)."""
    y = bind(T.max(T.min(x, splat(80)), splat(-80)) * splat(1 / math.log(2)))
    whole = nearest(y)
    fraction = polynomial(bind(y - whole), [math.log(2) ** i / math.factorial(i) for i in range(8)])
    integers = f"int32x{lanes()}"
    bits = (T.cast(whole, integers) + T.broadcast(T.int32(127), lanes())) * T.broadcast(T.int32(1 << 23), lanes())
    return bind(fraction * T.reinterpret(f"float32x{lanes()}", bits))


def sigmoid(x):
    """1 / (1 + e⁻ˣ). Error 2e-7."""
    return bind(splat(1) / (splat(1) + exponential(bind(splat(0) - x))))


def hyperbolic_tangent(x):
    """tanh x = 2 sigmoid(2x) − 1. Error 4e-7."""
    return bind(splat(2) * sigmoid(bind(x + x)) - splat(1))


def gelu(x):
    """The Gaussian error linear unit in the tanh form that ALBERT was trained with. Error 1e-6 for |x| ≤ 50."""
    return bind(x * sigmoid(bind(splat(2 * math.sqrt(2 / math.pi)) * (x + splat(0.044715) * x * x * x))))

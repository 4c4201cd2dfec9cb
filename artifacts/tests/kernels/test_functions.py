"""The elementary functions, compiled for the voice's targets, against NumPy's in 64 bits, over the range that each states.

The bounds are those that `kokoro/functions.py` states.
"""

import unittest

import numpy
import tvm
import tvm.tirx.script.builder as T

from kokoro import functions
from kokoro.emit import Kernel, bind, lanes, load, store, vectors_of

from compiled import OfKernels, call, nothing, targets

FUNCTIONS = (
    "sine_squared",
    "sine",
    "sine_small",
    "cosine_small",
    "exponential",
    "sigmoid",
    "hyperbolic_tangent",
    "gelu",
)
COUNT = 400_000


def evaluate(kernel, name: str, low: float, high: float) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Evenly spaced arguments as float64 (of float32 value), and the compiled function's values."""
    x = numpy.linspace(low, high, COUNT, dtype=numpy.float64).astype(numpy.float32)
    y = nothing(COUNT)
    call(name, x, y, COUNT // 16, writes=(1,), kernel=kernel)
    return x.astype(numpy.float64), y.astype(numpy.float64)


def kernel(name: str):
    """A kernel that applies one function to a buffer."""
    with (kernel := Kernel(name)) as k:
        x, y, groups = k.buffer(), k.buffer(), k.integer()
        with T.serial(0, groups * (16 // lanes())) as i:
            at = bind(i * lanes())
            store(y, at, getattr(functions, name)(load(x, at)))
    return kernel.function


class Functions(OfKernels):
    @classmethod
    def setUpClass(cls):
        cls.libraries = {}
        for target in targets():
            with vectors_of(target.vector):
                module = tvm.IRModule({name: kernel(name) for name in FUNCTIONS})
            cls.libraries[target] = tvm.compile(module, target=tvm.target.Target(target.tvm()))

    def assert_within(self, bound, name, low, high, exact, relative=False):
        x, y = evaluate(self.libraries[self.target][name], name, low, high)
        wanted = exact(x)
        error = numpy.abs(y - wanted) / (numpy.abs(wanted) if relative else 1)
        worst = error.argmax()
        self.assertLess(error[worst], bound, f"{name} at {x[worst]}")

    def test_sine_squared(self):
        exact = lambda z: numpy.sin(numpy.pi * (z - numpy.rint(z))) ** 2
        self.assert_within(3e-7, "sine_squared", -20, 20, exact)
        self.assert_within(3e-7, "sine_squared", -(2.0**22) + 1, 2.0**22 - 1, exact)

    def test_the_coefficients_of_sine_squared(self):
        u = numpy.linspace(0, 0.25, 10_001)
        fitted = sum(c * u ** (i + 1) for i, c in enumerate(functions.sine_squared_coefficients()))
        self.assertLess(numpy.abs(fitted - numpy.sin(numpy.pi * numpy.sqrt(u)) ** 2).max(), 7e-9)

    def test_sine(self):
        self.assert_within(3e-7, "sine", -10, 10, numpy.sin)
        self.assert_within(5e-7, "sine", -4000, 4000, numpy.sin)

    def test_small_sine_and_cosine(self):
        self.assert_within(2e-7, "sine_small", -1, 1, numpy.sin)
        self.assert_within(2e-7, "cosine_small", -1, 1, numpy.cos)

    def test_exponential(self):
        self.assert_within(1e-5, "exponential", -80, 80, numpy.exp, relative=True)
        self.assert_within(3e-7, "exponential", -1, 1, numpy.exp, relative=True)
        clamped = lambda x: numpy.exp(numpy.clip(x, -80, 80))
        self.assert_within(1e-5, "exponential", -500, 500, clamped, relative=True)

    def test_sigmoid_and_tanh(self):
        sigmoid = lambda x: 1 / (1 + numpy.exp(-x))
        for reach in (1, 10, 200):
            self.assert_within(2e-7, "sigmoid", -reach, reach, sigmoid)
            self.assert_within(4e-7, "hyperbolic_tangent", -reach, reach, numpy.tanh)

    def test_gelu(self):
        exact = lambda x: 0.5 * x * (1 + numpy.tanh(numpy.sqrt(2 / numpy.pi) * (x + 0.044715 * x**3)))
        self.assert_within(1e-6, "gelu", -10, 10, exact)
        self.assert_within(1e-6, "gelu", -50, 50, exact)


if __name__ == "__main__":
    unittest.main()

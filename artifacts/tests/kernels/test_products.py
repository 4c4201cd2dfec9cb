"""Matrix products: all shapes of rows, depths and panels that the engine uses, against float64."""

import unittest

import numpy

from kokoro.weights import Linear

from compiled import OfKernels, call, nothing, relative_error
from packed import pack

RANDOM = numpy.random.default_rng(1)

TOLERANCE = 5e-6
"""Of the largest output: up to 2560 terms of random sign, each rounded to 2⁻²⁴ of a partial sum."""


def linear(depth: int, columns: int, kind: str) -> Linear:
    """A map of 8-bit integers with scale and zero by column, or of floats, as the model has them."""
    bias = RANDOM.standard_normal(columns).astype(numpy.float32)
    if kind == "product_float":
        values = RANDOM.standard_normal((depth, columns)).astype(numpy.float32)
        return Linear(values, numpy.ones(columns, numpy.float32), numpy.zeros(columns, numpy.float32), bias)
    values = RANDOM.integers(-128, 128, (depth, columns)).astype(numpy.int8)
    scale = RANDOM.uniform(0.001, 0.01, columns).astype(numpy.float32)
    return Linear(values, scale, RANDOM.integers(-20, 20, columns).astype(numpy.float32), bias)


def gelu(x: numpy.ndarray) -> numpy.ndarray:
    """In the tanh form."""
    return 0.5 * x * (1 + numpy.tanh(numpy.sqrt(2 / numpy.pi) * (x + 0.044715 * x**3)))


class Product:
    """One call: where everything lies, and what must come out."""

    def __init__(self, kind: str, rows: int, depth: int, columns: int, a_at=0, a_row=None):
        self.kind, self.rows, self.depth, self.columns = kind, rows, depth, columns
        self.linear = linear(depth, columns, kind)
        self.tensors = pack(lambda packer: packer.product("p", self.linear))
        self.panels = columns // 16
        self.a_at, self.a_row = a_at, depth if a_row is None else a_row
        self.a = RANDOM.standard_normal(a_at + (rows - 1) * self.a_row + depth).astype(numpy.float32)

    def wanted(self) -> numpy.ndarray:
        """The result without residual, [rows, columns]."""
        starts = self.a_at + numpy.arange(self.rows) * self.a_row
        inputs = self.a[starts[:, None] + numpy.arange(self.depth)].astype(numpy.float64)
        outputs = inputs @ self.linear.dense().astype(numpy.float64) + self.linear.bias
        return gelu(outputs) if self.kind == "product_gelu" else outputs

    def run(self, y, place, r=None, r_place=(0, 0, 0), shift=0, gain=0.0):
        """`place` is where y begins, and the floats from row to row and from panel to panel; `r_place` the same for r."""
        r = y if r is None else r
        call(
            self.kind, self.a, self.tensors["p.weight"], self.tensors["p.columns"], r, y,
            self.rows, self.depth, self.panels, self.a_at, self.a_row, *place, *r_place, shift, gain,
            writes=(4,),
        )  # fmt: skip
        return y


def at(rows, columns, place):
    """The places of [rows, columns] in a buffer."""
    start, row, panel = place
    column = numpy.arange(columns)
    return start + numpy.arange(rows)[:, None] * row + column // 16 * panel + column % 16


class Products(OfKernels):
    def check(self, product: Product, y, place, wanted):
        """The result is right where it belongs, and nothing else was written."""
        places = at(product.rows, product.columns, place)
        self.assertLess(relative_error(y[places], wanted), TOLERANCE)
        elsewhere = numpy.ones(y.size, bool)
        elsewhere[places] = False
        self.assertTrue(numpy.isnan(y[elsewhere]).all(), "written between the rows")

    def test_rows_of_every_remainder(self):
        # 6 or 12 rows in a register tile and half of that, 96 in a parallel unit; 4 panels; 192 of depth at a time.
        for kind in ("product", "product_gelu", "product_float"):
            for rows, depth, columns in [
                (1, 2, 16), (1, 128, 512), (5, 256, 16), (6, 258, 48), (7, 510, 32), (95, 64, 16),
                (96, 512, 48), (97, 514, 32), (200, 768, 32), (13, 2560, 16), (18, 192, 80), (19, 194, 64), (103, 386, 144),
            ]:  # fmt: skip
                with self.subTest(kind=kind, rows=rows, depth=depth, columns=columns):
                    product = Product(kind, rows, depth, columns)
                    place = (0, columns, 16)
                    self.check(product, product.run(nothing(rows * columns), place), place, product.wanted())

    def test_rows_that_overlap_are_a_convolution(self):
        product = Product("product", 50, 5 * 32, 32, a_at=64, a_row=32)
        place = (0, 32, 16)
        self.check(product, product.run(nothing(50 * 32), place), place, product.wanted())

    def test_rows_with_gaps_and_the_blocked_layout(self):
        product = Product("product_float", 31, 64, 48, a_at=7, a_row=80)
        for place in [(16, 100, 16), (0, 16, 31 * 16), (32, 3 * 16, 31 * 3 * 16 + 32)]:
            with self.subTest(place=place):
                y = nothing(int(at(31, 48, place).max()) + 9)
                self.check(product, product.run(y, place), place, product.wanted())

    def test_a_residual_is_added_with_its_gain(self):
        for kind in ("product", "product_gelu", "product_float"):
            for shift in (0, 1):
                with self.subTest(kind=kind, shift=shift):
                    product = Product(kind, 33, 64, 32)
                    r_place = (5, 40, 16)
                    residual_rows = (33 - 1 >> shift) + 1
                    r = nothing(int(at(residual_rows, 32, r_place).max()) + 1)
                    r[at(residual_rows, 32, r_place)] = RANDOM.standard_normal((residual_rows, 32))
                    wanted = product.wanted() + 0.75 * r[at(residual_rows, 32, r_place)][numpy.arange(33) >> shift]
                    place = (0, 32, 16)
                    y = product.run(nothing(33 * 32), place, r, r_place, shift, 0.75)
                    self.check(product, y, place, wanted)

    def test_a_residual_may_lie_where_the_result_goes(self):
        product = Product("product_float", 40, 128, 32)
        place = (0, 16, 40 * 16)
        y = RANDOM.standard_normal(40 * 32).astype(numpy.float32)
        wanted = product.wanted() + y[at(40, 32, place)]
        product.run(y, place, y, place, 0, 1.0)
        self.assertLess(relative_error(y[at(40, 32, place)], wanted), TOLERANCE)

    def test_without_a_gain_the_residual_is_not_read(self):
        product = Product("product", 7, 64, 16)
        y = product.run(nothing(7 * 16), (0, 16, 16), nothing(1), (0, 0, 0), 0, 0.0)
        self.check(product, y, (0, 16, 16), product.wanted())

    def test_an_odd_depth_is_grown(self):
        linear_ = linear(7, 20, "product")
        tensors = pack(lambda packer: packer.product("p", linear_))
        self.assertEqual(tensors["p.weight"].shape, (2, 8, 16))
        a = RANDOM.standard_normal((6, 8)).astype(numpy.float32)  # whatever the eighth input is, it counts for nothing
        y = nothing(6, 32)
        call("product", a, *tensors.values(), y, y, 6, 8, 2, 0, 8, 0, 32, 16, 0, 0, 0, 0, 0.0, writes=(4,))
        wanted = a[:, :7].astype(numpy.float64) @ linear_.dense() + linear_.bias
        self.assertLess(relative_error(y[:, :20], wanted), TOLERANCE)
        self.assertTrue((y[:, 20:] == 0).all(), "columns that fill the panel are zero")

    def test_weights_of_another_type_are_refused(self):
        product = Product("product_float", 6, 64, 16)
        product.kind = "product"
        with self.assertRaises(Exception):
            product.run(nothing(96), (0, 16, 16))


if __name__ == "__main__":
    unittest.main()

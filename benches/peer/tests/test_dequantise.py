"""Dequantising, with made-up models that are computed by onnx's own reference: the float model computes the exact product.

Needs numpy and onnx; `make test-kernels` runs it where they are, elsewhere it is skipped.
"""

import importlib.util
import sys
import unittest
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))

READY = all(importlib.util.find_spec(name) for name in ("numpy", "onnx"))
if READY:
    import numpy
    from dequantise import dequantise
    from onnx import TensorProto, checker, helper, numpy_helper
    from onnx.reference import ReferenceEvaluator

    RANDOM = numpy.random.default_rng(5)


def model(nodes, constants, rank):
    """A graph from x to y, both of this rank, as a model."""
    tensors = [numpy_helper.from_array(numpy.asarray(value), name) for name, value in constants.items()]
    (x, y) = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * rank) for name in "xy")
    graph = helper.make_graph(nodes, "made up", [x], [y], tensors)
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=imports, ir_version=8)


def integers(*shape, dtype="int8"):
    """All values of an 8-bit type."""
    limits = numpy.iinfo(dtype)
    return RANDOM.integers(limits.min, limits.max + 1, shape).astype(dtype)


def floats(*shape):
    """Ordinary numbers."""
    return RANDOM.standard_normal(shape).astype(numpy.float32)


@unittest.skipUnless(READY, "needs numpy and onnx: make test-kernels")
class Dequantising(unittest.TestCase):
    def computed(self, made, x):
        """What the model makes of x once it is dequantised; integers are gone from it."""
        dequantise(made)
        checker.check_model(made)
        kinds = {node.op_type for node in made.graph.node}
        self.assertFalse(kinds & {"DynamicQuantizeLinear", "MatMulInteger", "ConvInteger", "DynamicQuantizeLSTM"}, kinds)
        (y,) = ReferenceEvaluator(made).run(None, {"x": x})
        return y

    def test_a_product(self):
        q, zero, scale = integers(8, 5, dtype="uint8"), integers(5, dtype="uint8"), numpy.abs(floats(5)) + 0.1
        nodes = [
            helper.make_node("DynamicQuantizeLinear", ["x"], ["xq", "x_scale", "x_zero"]),
            helper.make_node("MatMulInteger", ["xq", "w_quantized", "x_zero", "w_zero_point"], ["product"]),
            helper.make_node("Cast", ["product"], ["cast"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["x_scale", "w_scale"], ["scales"]),
            helper.make_node("Mul", ["cast", "scales"], ["y"]),
        ]
        made = model(nodes, {"w_quantized": q, "w_zero_point": zero, "w_scale": scale}, 2)
        x = floats(3, 8)
        wanted = x.astype(float) @ ((q.astype(float) - zero) * scale)
        # f32 of sums of eight: a few units in the last place of values below 1e3.
        numpy.testing.assert_allclose(self.computed(made, x), wanted, rtol=1e-5, atol=1e-3)

    def test_a_convolution_with_its_bias_unrounded(self):
        q, zero, scale, bias = integers(4, 3, 5), integers(4), numpy.abs(floats(4)) + 0.1, floats(4)
        nodes = [
            helper.make_node("DynamicQuantizeLinear", ["x"], ["xq", "x_scale", "x_zero"]),
            helper.make_node(
                "ConvInteger", ["xq", "w_quantized", "x_zero", "w_zero_point"], ["sums"], dilations=[2], pads=[4, 4]
            ),
            helper.make_node("Mul", ["x_scale", "w_scale"], ["scales"]),
            helper.make_node("Div", ["bias", "scales"], ["bias_divided"]),
            helper.make_node("Floor", ["bias_divided"], ["bias_quant_rounded:0"]),
            helper.make_node("Cast", ["bias_quant_rounded:0"], ["bias_quantized"], to=TensorProto.INT32),
            helper.make_node("Reshape", ["bias_quantized", "across"], ["bias_across"]),
            helper.make_node("Add", ["sums", "bias_across"], ["with_bias"]),
            helper.make_node("Cast", ["with_bias"], ["cast"], to=TensorProto.FLOAT),
            helper.make_node("Reshape", ["scales", "across"], ["scales_across"]),
            helper.make_node("Mul", ["cast", "scales_across"], ["y"]),
        ]
        constants = {"w_quantized": q, "w_zero_point": zero, "w_scale": scale, "bias": bias}
        made = model(nodes, constants | {"across": numpy.array([1, 4, 1])}, 3)
        x = floats(1, 3, 9)
        weights = (q.astype(float) - zero[:, None, None]) * scale[:, None, None]
        padded = numpy.pad(x[0].astype(float), ((0, 0), (4, 4)))
        taps = numpy.stack([padded[:, 2 * k : 2 * k + 9] for k in range(5)], axis=1)  # [input, tap, time]
        wanted = numpy.einsum("oik,ikt->ot", weights, taps)[None] + bias[:, None]
        numpy.testing.assert_allclose(self.computed(made, x), wanted, rtol=1e-5, atol=1e-3)

    def test_an_lstm_for_scales_of_either_shape(self):
        for per_unit in (False, True):
            shape = (2, 8) if per_unit else (2,)
            w, r = integers(2, 3, 8), integers(2, 2, 8)  # [direction, input, 4 · units], two units
            scales = [numpy.abs(floats(*shape)) * 0.01 for _ in range(2)]
            zeros = [integers(*shape) for _ in range(2)]
            bias = floats(2, 16)
            quantised = ["x", "w", "r", "b", "", "", "", "", "ws", "wz", "rs", "rz"]
            nodes = [
                helper.make_node(
                    "DynamicQuantizeLSTM",
                    quantised,
                    ["y4"],
                    domain="com.microsoft",
                    hidden_size=2,
                    direction="bidirectional",
                ),
                helper.make_node("Reshape", ["y4", "flat"], ["y"]),
            ]
            constants = {"w": w, "r": r, "b": bias, "ws": scales[0], "wz": zeros[0], "rs": scales[1], "rz": zeros[1]}
            made = model(nodes, constants | {"flat": numpy.array([4, 1, 4])}, 3)
            x = floats(4, 1, 3)

            def turned(q, zero, scale):
                wide = (lambda a: a[:, None, :]) if per_unit else (lambda a: a[:, None, None])
                return ((q.astype(numpy.float32) - wide(zero)) * wide(scale)).transpose(0, 2, 1)

            plain = [
                helper.make_node("LSTM", ["x", "w", "r", "b"], ["y4"], hidden_size=2, direction="bidirectional"),
                nodes[1],
            ]
            weights = {"w": turned(w, zeros[0], scales[0]), "r": turned(r, zeros[1], scales[1]), "b": bias}
            reference = ReferenceEvaluator(model(plain, weights | {"flat": numpy.array([4, 1, 4])}, 3))
            (wanted,) = reference.run(None, {"x": x})
            numpy.testing.assert_allclose(self.computed(made, x), wanted, rtol=1e-6, atol=1e-6)

    def test_what_was_float_stays_as_it_is(self):
        made = model([helper.make_node("MatMul", ["x", "w"], ["y"])], {"w": floats(4, 4)}, 2)
        before = made.SerializeToString()
        dequantise(made)
        self.assertEqual(made.SerializeToString(), before)


if __name__ == "__main__":
    unittest.main()

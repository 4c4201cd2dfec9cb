"""Packing: the container, the weights of an ONNX file, and the layouts that the kernels read."""

import math
import tempfile
import unittest
from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

from kokoro import pack as packing
from kokoro.container import ALIGNMENT, Container
from kokoro.weights import Linear, Weights

from packed import pack, read

RANDOM = numpy.random.default_rng(7)


def integers(*shape, dtype=numpy.int8) -> numpy.ndarray:
    """All values of an 8-bit type."""
    limits = numpy.iinfo(dtype)
    return RANDOM.integers(limits.min, limits.max + 1, shape).astype(dtype)


def floats(*shape) -> numpy.ndarray:
    """Ordinary numbers."""
    return RANDOM.standard_normal(shape).astype(numpy.float32)


class Folder(unittest.TestCase):
    """A folder of its own for each test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="utter-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class Containers(Folder):
    def test_what_is_added_is_found_aligned_and_apart(self):
        path = self.folder / "weights.bin"
        tensors = {
            "bytes": integers(3, 5),
            "empty": floats(0, 4),
            "halves": floats(7).astype(numpy.float16),
            "floats": floats(2, 3, 4),
            "turned": floats(6, 4).T,  # not in C order until it is packed
            "single": numpy.float32(3.5),
        }
        with Container(path) as container:
            for name, tensor in tensors.items():
                container.add(name, tensor)
        end = 0
        for name, tensor in read(path, container.index).items():
            numpy.testing.assert_array_equal(tensor.reshape(tensors[name].shape), tensors[name])
            offset = container.index[name]["offset"]
            self.assertEqual(offset % ALIGNMENT, 0)
            self.assertTrue(end <= offset < end + ALIGNMENT, "one after another, no further apart than they must be")
            end = offset + tensor.nbytes
        self.assertEqual(path.stat().st_size, end)

    def test_a_name_is_given_once_and_a_type_is_known(self):
        with Container(self.folder / "weights.bin") as container:
            container.add("a", floats(1))
            with self.assertRaisesRegex(ValueError, "a is packed twice"):
                container.add("a", floats(1))
            for dtype in (numpy.float64, numpy.uint8, numpy.int32):
                with self.assertRaises(TypeError):
                    container.add("b", numpy.zeros(1, dtype))
            self.assertEqual(list(container.index), ["a"])


class Files(Folder):
    """Weights out of ONNX files with one layer of each kind, made on the spot."""

    def weights(self, nodes, **tensors) -> Weights:
        """A file with these nodes and tensors, read."""
        inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, None)]
        initializers = [numpy_helper.from_array(numpy.asarray(v), k) for k, v in tensors.items()]
        outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]
        path = self.folder / "model.onnx"
        onnx.save(helper.make_model(helper.make_graph(nodes, "g", inputs, outputs, initializers)), str(path))
        return Weights(path)

    def linear(self, op: str, values, zero, scale) -> Weights:
        """One quantised layer at `encoder/layer`."""
        node = helper.make_node(op, ["x", "w_quantized", "", "w_zero"], ["y"], name=f"/encoder/layer/{op}_quant")
        return self.weights([node], w_quantized=values, w_zero=zero, w_scale=scale, bias=numpy.arange(5, dtype=numpy.float32))

    def test_a_linear_layer_of_signed_and_of_unsigned_integers(self):
        for dtype, zero in ((numpy.int8, -3), (numpy.uint8, 131)):
            with self.subTest(dtype=dtype):
                values = integers(8, 5, dtype=dtype)
                weights = self.linear("MatMulInteger", values, numpy.array(zero, dtype), numpy.float32(0.25))
                found = weights.linear("encoder/layer", "bias")
                self.assertEqual(found.values.dtype, numpy.int8)
                numpy.testing.assert_array_equal(found.dense(), (values.astype(numpy.float32) - zero) * 0.25)
                numpy.testing.assert_array_equal(found.bias, numpy.arange(5))
                numpy.testing.assert_array_equal(weights.linear("encoder/layer").bias, numpy.zeros(5))

    def test_a_zero_point_that_is_left_out_is_zero(self):
        values = integers(8, 5, dtype=numpy.uint8)
        node = helper.make_node("MatMulInteger", ["x", "w_quantized"], ["y"], name="/encoder/layer/MatMul_quant")
        found = self.weights([node], w_quantized=values, w_scale=numpy.float32(0.5)).linear("encoder/layer")
        numpy.testing.assert_array_equal(found.dense(), values * numpy.float32(0.5))

    def test_a_convolution_is_linear_over_taps_and_channels(self):
        values, scale = integers(5, 4, 3), numpy.linspace(0.1, 0.5, 5, dtype=numpy.float32)
        weights = self.linear("ConvInteger", values, numpy.int8(7), scale)
        taps = (values.astype(numpy.float32) - 7) * scale[:, None, None]
        numpy.testing.assert_allclose(weights.taps("encoder/layer"), taps, rtol=1e-6)
        found = weights.convolution("encoder/layer", "bias", channels=6)
        self.assertEqual(found.values.shape, (3 * 6, 5))
        dense = found.dense().reshape(3, 6, 5)
        numpy.testing.assert_allclose(dense[:, :4], taps.transpose(2, 1, 0), rtol=1e-6)
        self.assertTrue((dense[:, 4:] == 0).all(), "grown inputs count for nothing")

    def test_a_convolution_of_floats(self):
        taps = floats(4, 2, 3)
        node = helper.make_node("Conv", ["x", "taps"], ["y"], name="/decoder/decoder/generator/post/Conv")
        found = self.weights([node], taps=taps).convolution("decoder/generator/post", channels=4)
        numpy.testing.assert_array_equal(found.dense().reshape(3, 4, 4)[:, :2], taps.transpose(2, 1, 0))
        self.assertTrue((found.dense().reshape(3, 4, 4)[:, 2:] == 0).all())

    def test_the_gates_of_an_lstm_are_put_in_order(self):
        units, depth = 3, 2
        gate = numpy.repeat(numpy.arange(4, dtype=numpy.int8), units)  # input, output, forget, cell: 0, 1, 2, 3
        tensors = {
            "w": numpy.broadcast_to(gate, (2, depth, 4 * units)).copy(),
            "r": numpy.broadcast_to(gate, (2, units, 4 * units)).copy(),
            "b": numpy.broadcast_to(numpy.concatenate([gate, 10 * gate]), (2, 8 * units)).astype(numpy.float32),
            "ws": numpy.array([1, 2], numpy.float32),
            "wz": numpy.array([0, 1], numpy.int8),
            "rs": numpy.array([3, 4], numpy.float32),
            "rz": numpy.array([5, 6], numpy.int8),
        }
        inputs = ["x", "w", "r", "b", "", "", "", "", "ws", "wz", "rs", "rz"]
        node = helper.make_node("DynamicQuantizeLSTM", inputs, ["y"], name="/encoder/lstm/LSTM_quant", domain="com.microsoft")
        found = self.weights([node], **tensors).recurrent("encoder/lstm")
        order = numpy.array([0, 2, 3, 1])  # input, forget, cell, output
        self.assertEqual(found.state.shape, (2, units, 4, units))
        numpy.testing.assert_array_equal(found.state[1, 0, :, 0], order)
        numpy.testing.assert_array_equal(found.input.bias.reshape(2, 4, units)[0, :, 1], 11 * order)
        dense = found.input.dense().reshape(depth, 2, 4, units)
        numpy.testing.assert_array_equal(dense[0, 0, :, 0], order)
        numpy.testing.assert_array_equal(dense[1, 1, :, 2], 2 * (order - 1))
        self.assertEqual((found.scale.tolist(), found.zero.tolist()), ([3, 4], [5, 6]))

    def test_what_is_not_there_is_named(self):
        weights = self.weights([], embedding=floats(1))
        with self.assertRaisesRegex(KeyError, "no tensor nothing"):
            weights.tensor("nothing")
        with self.assertRaisesRegex(KeyError, "no layer encoder/nothing"):
            weights.linear("encoder/nothing")


class Style:
    """One style layer, in the place of a model's weights."""

    def __init__(self, channels: int):
        columns = 2 * channels
        ones = numpy.ones(columns, numpy.float32)
        self.found = Linear(integers(128, columns), 0.5 * ones, 2 * ones, floats(columns))

    def linear(self, _layer: str, _bias: str) -> Linear:
        """As `Weights.linear`."""
        return self.found


def unpack(tensors: dict[str, numpy.ndarray], name: str) -> Linear:
    """A product out of its panels."""
    columns = tensors[f"{name}.columns"].transpose(1, 0, 2).reshape(3, -1)
    panels = tensors[f"{name}.weight"]
    return Linear(panels.transpose(1, 0, 2).reshape(panels.shape[1], -1), *columns)


class Layouts(unittest.TestCase):
    def test_a_product_comes_back_out_of_its_panels(self):
        for depth, columns in ((2, 16), (64, 48), (7, 20), (128, 1)):
            with self.subTest(depth=depth, columns=columns):
                linear = Linear(integers(depth, columns), floats(columns), RANDOM.integers(-9, 9, columns).astype(numpy.float32), floats(columns))
                back = unpack(pack(lambda packer: packer.product("p", linear)), "p")
                self.assertEqual((back.values.shape[0] % 2, back.values.shape[1] % 16), (0, 0))
                numpy.testing.assert_array_equal(back.values[:depth, :columns], linear.values)
                for field in ("scale", "zero", "bias"):
                    numpy.testing.assert_array_equal(getattr(back, field)[:columns], getattr(linear, field))
                dense = back.dense()
                self.assertTrue((dense[depth:] == 0).all() and (dense[:, columns:] == 0).all(), "what is grown is zero")
                self.assertTrue((back.bias[columns:] == 0).all())

    def test_a_product_of_floats_comes_back(self):
        matrix, bias = floats(10, 22), floats(22)
        back = unpack(pack(lambda packer: packer.dense("p", matrix, bias)), "p")
        numpy.testing.assert_array_equal(back.dense()[:, :22], matrix)
        numpy.testing.assert_array_equal(back.bias[:22], bias)

    def test_gamma_and_beta_begin_at_whole_groups(self):
        style = Style(20)
        back = unpack(pack(lambda packer: packer.style("n", "layer", "bias", 20), style), "n")
        dense = style.found.dense()
        numpy.testing.assert_array_equal(back.dense()[:, :20], dense[:, :20])
        numpy.testing.assert_array_equal(back.dense()[:, 32:52], dense[:, 20:])
        self.assertTrue((back.dense()[:, 20:32] == 0).all())
        numpy.testing.assert_array_equal(back.bias[32:52], style.found.bias[20:])

    def test_upsampling_by_phases_is_a_transposed_convolution(self):
        for index, (stride, padding) in enumerate(packing.UPSAMPLING):
            taps, bias, x = floats(4, 16, 2 * stride), floats(16), floats(5, 4)
            tensors = pack(lambda packer: packer._transposed(index, taps, bias))
            # Tap k of input t goes to output t · stride + k − padding.
            wanted = numpy.tile(bias.astype(numpy.float64), (5 * stride, 1))
            for t in range(5):
                for k in range(2 * stride):
                    if 0 <= t * stride + k - padding < len(wanted):
                        wanted[t * stride + k - padding] += x[t] @ taps[:, :, k].astype(numpy.float64)
            rows = numpy.pad(x, ((1, 1), (0, 0)))  # as the engine lays them out
            for phase in range(stride):
                linear = unpack(tensors, f"vocoder.up.{index}.{phase}")
                later = 1 if phase >= stride // 2 else 0
                ours = [rows[t + later : t + later + 2].reshape(-1) @ linear.dense() + linear.bias for t in range(5)]
                numpy.testing.assert_allclose(ours, wanted[phase::stride], atol=1e-4)


class InverseStft(unittest.TestCase):
    def test_it_is_windowed_overlap_and_add(self):
        length, hop, frames = packing.FFT, packing.HOP, 12
        window = 0.5 - 0.5 * numpy.cos(2 * math.pi * numpy.arange(length) / length)
        spectra = RANDOM.standard_normal((frames, 11)) + 1j * RANDOM.standard_normal((frames, 11))
        signal, weight = numpy.zeros((frames + 3) * hop), numpy.zeros((frames + 3) * hop)
        for t, spectrum in enumerate(spectra):
            place = slice(t * hop, t * hop + length)
            signal[place] += numpy.fft.irfft(spectrum, length) * window
            weight[place] += window**2
        rows = numpy.zeros((frames, 2, 16))
        rows[:, 0, :11], rows[:, 1, :11] = spectra.real, spectra.imag
        rows[:, :, 11:] = 99  # what lies between the bins counts for nothing
        matrix = packing.inverse_stft_matrix()
        for hop_number in range(3, frames):  # where four frames overlap
            ours = rows[hop_number - 3 : hop_number + 1].reshape(-1) @ matrix
            place = slice(hop_number * hop, (hop_number + 1) * hop)
            numpy.testing.assert_allclose(ours, signal[place] / weight[place], atol=1e-6)

    def test_a_signal_survives_its_spectrum(self):
        signal = RANDOM.standard_normal(100)
        window = numpy.hanning(21)[:-1]
        spectra = numpy.array([numpy.fft.rfft(signal[t : t + 20] * window) for t in range(0, 80, 5)])
        rows = numpy.zeros((len(spectra), 2, 16))
        rows[:, 0, :11], rows[:, 1, :11] = spectra.real, spectra.imag
        ours = rows[4:8].reshape(-1) @ packing.inverse_stft_matrix()
        numpy.testing.assert_allclose(ours, signal[35:40], atol=1e-6)


if __name__ == "__main__":
    unittest.main()

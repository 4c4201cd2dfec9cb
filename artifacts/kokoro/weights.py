"""Reading Kokoro-82M's weights out of the 8-bit ONNX file.

The file serves only as a container: nodes are looked up by the path of the layer they belong to, their weights taken out
as integers with scale and zero point (value = (q − zero) · scale), and the graph is forgotten. Layer paths are the
original model's, e.g. `encoder/F0.0/conv1`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy
import onnx
from onnx import numpy_helper


@dataclass
class Linear:
    """A linear map of `depth` inputs to `columns` outputs: (values − zero) · scale, and a bias.

    `values` is int8 [depth, columns] with per-column float32 `scale` and `zero`, or float32 with `scale` 1 and `zero` 0.
    """

    values: numpy.ndarray
    scale: numpy.ndarray
    zero: numpy.ndarray
    bias: numpy.ndarray

    def scaled(self, factor: float) -> "Linear":
        """The same map times `factor`."""
        return Linear(self.values, self.scale * numpy.float32(factor), self.zero, self.bias * numpy.float32(factor))

    def with_bias(self, bias: numpy.ndarray) -> "Linear":
        """The same map with another bias."""
        return Linear(self.values, self.scale, self.zero, bias.astype(numpy.float32))

    def padded(self, depth: int, columns: int) -> "Linear":
        """Grown with inputs that are ignored and outputs that are zero."""
        more_in, more_out = depth - self.values.shape[0], columns - self.values.shape[1]
        # An ignored input has the value `zero`, so that it vanishes exactly.
        values = numpy.concatenate([self.values, numpy.broadcast_to(self.zero, (more_in, self.zero.size)).astype(self.values.dtype)])
        widen = lambda v: numpy.pad(v, (0, more_out))
        return Linear(numpy.pad(values, ((0, 0), (0, more_out))), widen(self.scale), widen(self.zero), widen(self.bias))

    def dense(self) -> numpy.ndarray:
        """The weights as float32 [depth, columns]."""
        return (self.values.astype(numpy.float32) - self.zero) * self.scale


@dataclass
class Recurrent:
    """A bidirectional LSTM's weights, gates in the order input, forget, cell, output.

    `input` maps to [direction, gate, unit] flattened; `state` is int8 [2, units, 4, units] with `scale` and `zero` [2].
    """

    input: Linear
    state: numpy.ndarray
    scale: numpy.ndarray
    zero: numpy.ndarray


def _signed(values: numpy.ndarray, zero: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """uint8 values as int8, with the zero point moved along."""
    if values.dtype == numpy.uint8:
        return (values.astype(numpy.int16) - 128).astype(numpy.int8), zero.astype(numpy.float32) - 128
    return values, zero.astype(numpy.float32)


class Weights:
    """The weights of one ONNX file."""

    def __init__(self, path: Path):
        graph = onnx.load(str(path)).graph
        self._tensors = {i.name: i for i in graph.initializer}
        self._nodes = {}
        for node in graph.node:
            if node.op_type in ("ConvInteger", "MatMulInteger", "DynamicQuantizeLSTM", "Conv", "ConvTranspose", "MatMul"):
                layer = node.name.strip("/").rsplit("/", 1)[0]
                self._nodes.setdefault(layer.removeprefix("decoder/"), node)

    def tensor(self, name: str) -> numpy.ndarray:
        """A tensor that the file holds as it is."""
        if name not in self._tensors:
            raise KeyError(f"the weights hold no tensor {name}")
        return numpy_helper.to_array(self._tensors[name])

    def _node(self, layer: str):
        if layer not in self._nodes:
            raise KeyError(f"the weights hold no layer {layer}")
        return self._nodes[layer]

    def _quantised(self, node) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
        name = node.input[1]
        scale = self.tensor(name.removesuffix("_quantized") + "_scale")
        zero = self.tensor(node.input[3]) if len(node.input) > 3 and node.input[3] else numpy.zeros((), numpy.int8)
        values, zero = _signed(self.tensor(name), zero)
        return values, scale, zero

    def linear(self, layer: str, bias: str | None = None) -> Linear:
        """A fully connected layer; `bias` names its bias tensor."""
        values, scale, zero = self._quantised(self._node(layer))
        columns = values.shape[1]
        return Linear(
            values,
            numpy.broadcast_to(scale, columns).astype(numpy.float32),
            numpy.broadcast_to(zero, columns).astype(numpy.float32),
            self.tensor(bias) if bias else numpy.zeros(columns, numpy.float32),
        )

    def taps(self, layer: str) -> numpy.ndarray:
        """The taps of a convolution, float32 [out, in, taps] (transposed convolutions: [in, out, taps])."""
        node = self._node(layer)
        if node.op_type in ("Conv", "ConvTranspose"):
            return self.tensor(node.input[1]).astype(numpy.float32)
        values, scale, zero = self._quantised(node)
        per_channel = lambda v: v.reshape(-1, 1, 1) if v.ndim else v
        return (values.astype(numpy.float32) - per_channel(zero)) * per_channel(scale)

    def quantised_taps(self, layer: str) -> tuple[numpy.ndarray, float, float]:
        """The taps of a convolution as integers, int8 [out, in, taps], and the scale and the zero point of all of them."""
        values, scale, zero = self._quantised(self._node(layer))
        if scale.size != 1 or zero.size != 1:
            raise ValueError(f"{layer}: a scale for each channel is not handled")
        return values, float(scale.reshape(())), float(zero.reshape(()))

    def convolution(self, layer: str, bias: str | None = None, channels: int | None = None) -> Linear:
        """A convolution as a linear map of taps · channels inputs (tap by tap); `channels` grows its inputs."""
        node = self._node(layer)
        if node.op_type == "Conv":
            values = self.taps(layer)
            scale, zero = numpy.ones((), numpy.float32), numpy.zeros((), numpy.float32)
        else:
            values, scale, zero = self._quantised(node)
        out, inputs, _ = values.shape
        filler = float(zero) if zero.ndim == 0 else 0.0
        if channels and channels > inputs:
            if zero.ndim:
                raise ValueError(f"{layer}: a zero point per channel with grown inputs is not handled")
            values = numpy.pad(values, ((0, 0), (0, channels - inputs), (0, 0)), constant_values=int(filler))
        return Linear(
            numpy.ascontiguousarray(values.transpose(2, 1, 0).reshape(-1, out)),
            numpy.broadcast_to(scale, out).astype(numpy.float32),
            numpy.broadcast_to(zero, out).astype(numpy.float32),
            self.tensor(bias) if bias else numpy.zeros(out, numpy.float32),
        )

    def recurrent(self, layer: str) -> Recurrent:
        """A bidirectional LSTM. ONNX orders the gates input, output, forget, cell."""
        node = self._node(layer)
        name = list(node.input)  # X W R B lengths h0 c0 P W_scale W_zero R_scale R_zero
        input_values, state_values, bias = (self.tensor(n) for n in name[1:4])
        units = state_values.shape[1]
        reorder = lambda v: v.reshape(*v.shape[:-1], 4, units)[..., [0, 2, 3, 1], :]
        bias = reorder(bias.reshape(2, 2, 4 * units).sum(1))
        depth = input_values.shape[1]
        values = reorder(input_values).transpose(1, 0, 2, 3).reshape(depth, -1)
        per_column = lambda v: numpy.repeat(self.tensor(v).astype(numpy.float32), 4 * units)
        return Recurrent(
            Linear(values, per_column(name[8]), per_column(name[9]), bias.reshape(-1)),
            reorder(state_values),
            self.tensor(name[10]).astype(numpy.float32),
            self.tensor(name[11]).astype(numpy.float32),
        )

    def plain_product(self, layer: str) -> numpy.ndarray:
        """The matrix of a product that was left in float32."""
        return self.tensor(self._node(layer).input[1])

    def embedding(self, name: str) -> numpy.ndarray:
        """An embedding table, float32 [symbols, width]."""
        # Its zero point is 0, which the file stores once, under the first table's name.
        return self.tensor(f"{name}.weight_quantized").astype(numpy.float32) * self.tensor(f"{name}.weight_scale")

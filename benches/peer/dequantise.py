"""Writes the published 8-bit model again with 32-bit float weights: value = (q − zero point) · scale.

`python dequantise.py QUANTISED.onnx FLOAT.onnx`, in the peer's environment; `prepare` calls it once. The graph stays what it
is. Where the 8-bit model quantises its activations as it goes, this one hands them on unchanged, with the scale 1 and the
zero point 0, so all that the graph does with these later comes to nothing.
"""

import sys
from pathlib import Path

import numpy
import onnx
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper


def dequantise(model: ModelProto) -> None:
    """Changes `model` in place. Knows the operators that the dynamic quantisation of ONNX Runtime writes."""
    graph = model.graph
    tensors = _Tensors(graph.initializer)
    nodes = [_replaced(node, tensors) for node in graph.node]
    used = {name for node in nodes for name in node.input}
    used.update(output.name for output in graph.output)
    # The shapes and types between nodes were those of the integers.
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    graph.node.extend(nodes)
    graph.initializer.extend(tensors.only(used))


class _Tensors:
    """The constants of a graph by name: those it came with, and those that take their place."""

    def __init__(self, initializers):
        self._old = {tensor.name: tensor for tensor in initializers}
        self._new: dict[str, TensorProto] = {}

    def __getitem__(self, name: str) -> numpy.ndarray:
        """The value that the graph came with."""
        return numpy_helper.to_array(self._old[name])

    def __contains__(self, name: str) -> bool:
        return name in self._old

    def put(self, name: str, value: numpy.ndarray) -> str:
        """Gives `name` this value from now on."""
        self._new[name] = numpy_helper.from_array(numpy.ascontiguousarray(value), name)
        return name

    def only(self, used: set[str]) -> list[TensorProto]:
        """The constants with these names, each in its newest state."""
        both = {**self._old, **self._new}
        return [tensor for name, tensor in both.items() if name in used]


def _replaced(node: NodeProto, tensors: _Tensors) -> NodeProto:
    """The node that does in floats what `node` does in integers; other nodes as they are."""
    if node.op_type == "DynamicQuantizeLinear":
        _, scale, zero = node.output
        tensors.put(scale, numpy.array(1, numpy.float32))
        tensors.put(zero, numpy.array(0, numpy.uint8))
        return _node("Identity", node, node.input[:1], node.output[:1])
    if node.op_type == "MatMulInteger":
        return _node("MatMul", node, [node.input[0], _weights(node, tensors, channels_first=False)], node.output)
    if node.op_type == "ConvInteger":
        return _node("Conv", node, [node.input[0], _weights(node, tensors, channels_first=True)], node.output)
    if node.op_type == "DynamicQuantizeLSTM":
        return _lstm(node, tensors)
    if _rounds_a_bias(node):
        return _node("Identity", node, node.input, node.output, attributes=False)
    return node


def _node(kind: str, old: NodeProto, inputs, outputs, *, attributes: bool = True) -> NodeProto:
    new = helper.make_node(kind, list(inputs), list(outputs), name=old.name)
    if attributes:
        new.attribute.extend(old.attribute)
    return new


def _weights(node: NodeProto, tensors: _Tensors, *, channels_first: bool) -> str:
    """The name of the node's weights as floats. Their scale, which the graph multiplies with afterwards, becomes 1.

    `channels_first` says where the output channels of the weights lie: in front (convolutions) or last (matrices).
    """
    name = node.input[1]
    scale_name = name.removesuffix("_quantized") + "_scale"
    values, scale = tensors[name].astype(numpy.float32), tensors[scale_name]
    zero = numpy.float32(0)
    if len(node.input) > 3 and node.input[3]:
        zero = tensors[node.input[3]].astype(numpy.float32)

    def aligned(each: numpy.ndarray) -> numpy.ndarray:
        per_channel = channels_first and numpy.size(each) > 1
        return numpy.reshape(each, (-1,) + (1,) * (values.ndim - 1)) if per_channel else each

    tensors.put(scale_name, numpy.ones_like(scale))
    return tensors.put(f"{name}_f32", ((values - aligned(zero)) * aligned(scale)).astype(numpy.float32))


def _lstm(node: NodeProto, tensors: _Tensors) -> NodeProto:
    """An LSTM with float weights. ONNX Runtime keeps the 8-bit ones transposed: [direction, input, 4 · units]."""
    data, to_gates, state_to_gates, *rest = node.input
    bias_to_peepholes, scales = rest[:5], rest[5:]

    def floats(name: str, scale: str, zero: str) -> str:
        values, scale, zero = (tensors[n].astype(numpy.float32) for n in (name, scale, zero))
        # One for each direction, or one for each of its gates' units.
        aligned = (lambda a: a[:, None, None]) if scale.ndim == 1 else (lambda a: a[:, None, :])
        weights = (values - aligned(zero)) * aligned(scale)
        return tensors.put(f"{name}_f32", weights.transpose(0, 2, 1))

    inputs = [data, floats(to_gates, *scales[:2]), floats(state_to_gates, *scales[2:4]), *bias_to_peepholes]
    while not inputs[-1]:  # optional inputs at the end are left out
        inputs.pop()
    return _node("LSTM", node, inputs, node.output)


def _rounds_a_bias(node: NodeProto) -> bool:
    """Whether the node makes an integer of a convolution's bias, which has been divided by the scales for that."""
    name = node.output[0]
    return (node.op_type == "Floor" and name.endswith("bias_quant_rounded:0")) or (
        node.op_type == "Cast" and name.endswith("bias_quantized")
    )


def main() -> int:
    """The command."""
    quantised, written = map(Path, sys.argv[1:])
    model = onnx.load(str(quantised))
    dequantise(model)
    onnx.save(model, str(written))
    return 0


if __name__ == "__main__":
    sys.exit(main())

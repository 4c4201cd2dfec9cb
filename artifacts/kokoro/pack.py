"""Packing the model's weights for the kernels: names, layouts, and what is folded in.

The names are the engine's; `engine/src/voice/` looks them up. A product `p` has the tensors `p.weight` (panels
`[columns/16][depth][16]`) and `p.columns` (`[columns/16][3][16]`: scale, zero, bias). Folded into the weights here, so
that nothing of it happens at run time: the factor 1/√2 of the residual blocks, the two biases of an LSTM, the padding of
channel counts to 16, the inverse STFT's window, overlap and normalisation.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Callable

import numpy

from .container import Container
from .convolution import algorithm
from .emit import GROUP
from .weights import Linear, Weights

ALBERT = "encoder/bert/encoder/albert_layer_groups.0/albert_layers.0"
DILATIONS = (1, 3, 5)
VOCODER_BLOCKS = {  # name of the block in the model: (channels, taps)
    "noise_res.0": (256, 7),
    "resblocks.0": (256, 3),
    "resblocks.1": (256, 7),
    "resblocks.2": (256, 11),
    "noise_res.1": (128, 11),
    "resblocks.3": (128, 3),
    "resblocks.4": (128, 7),
    "resblocks.5": (128, 11),
}
UPSAMPLING = ((10, 5), (6, 3))
"""Stride and padding of the vocoder's two transposed convolutions; their kernels are twice the stride."""

FFT, HOP = 20, 5
"""The vocoder's inverse STFT."""


def round_up(n: int) -> int:
    """`n` rounded up to whole groups of channels."""
    return -(-n // GROUP) * GROUP


class Packer:
    """Writes the layers of one model into a container."""

    def __init__(self, weights: Weights, container: Container):
        self.weights, self.container = weights, container

    def product(self, name: str, linear: Linear) -> None:
        """A linear map; odd sizes grow."""
        depth, columns = linear.values.shape
        linear = linear.padded(depth + depth % 2, round_up(columns))
        depth, columns = linear.values.shape
        panels = linear.values.reshape(depth, columns // GROUP, GROUP).transpose(1, 0, 2)
        parameters = numpy.stack([linear.scale, linear.zero, linear.bias]).astype(numpy.float32)
        self.container.add(f"{name}.weight", panels)
        self.container.add(f"{name}.columns", parameters.reshape(3, columns // GROUP, GROUP).transpose(1, 0, 2))

    def dense(self, name: str, matrix: numpy.ndarray, bias: numpy.ndarray) -> None:
        """A linear map given as float32 [depth, columns]."""
        columns = matrix.shape[1]
        one, zero = numpy.ones(columns, numpy.float32), numpy.zeros(columns, numpy.float32)
        self.product(name, Linear(matrix.astype(numpy.float32), one, zero, bias.astype(numpy.float32)))

    def layer_norm(self, name: str, gamma: str, beta: str) -> None:
        """Gamma and beta as [2][channels]."""
        self.container.add(name, numpy.stack([self.weights.tensor(gamma), self.weights.tensor(beta)]))

    def style(self, name: str, layer: str, bias: str, channels: int) -> None:
        """The map from a style to a norm's gamma and beta, each grown to whole groups of channels."""
        linear = self.weights.linear(layer, bias)
        half = linear.values.shape[1] // 2
        part = lambda at: Linear(*(v[..., at : at + half] for v in (linear.values, linear.scale, linear.zero, linear.bias)))
        gamma, beta = (part(at).padded(linear.values.shape[0], round_up(channels)) for at in (0, half))
        join = lambda a, b: numpy.concatenate([a, b], -1)
        fields = ("values", "scale", "zero", "bias")
        self.product(name, Linear(*(join(getattr(gamma, f), getattr(beta, f)) for f in fields)))

    def recurrent(self, name: str, layer: str) -> None:
        """A bidirectional LSTM: `name.input`, a product, `name.state` and `name.scales`, see `recurrence.py`."""
        lstm = self.weights.recurrent(layer)
        units = lstm.state.shape[1]
        in_groups = lambda v: v.reshape(*v.shape[:-1], 2, 4, units // GROUP, GROUP).swapaxes(-3, -2).reshape(v.shape)
        fields = ("values", "scale", "zero", "bias")
        self.product(f"{name}.input", Linear(*(in_groups(getattr(lstm.input, f)) for f in fields)))
        state = lstm.state.reshape(2, units, 4, units // GROUP, GROUP)
        self.container.add(f"{name}.state", state.transpose(0, 3, 1, 2, 4))
        self.container.add(f"{name}.scales", numpy.stack([lstm.scale, lstm.zero], 1).astype(numpy.float32))

    def residual_block(self, name: str, layer: str, tensors: str, channels: tuple[int, int], pooled: bool = False) -> None:
        """An AdaIN residual block of K=3 convolutions; its outputs carry the factor 1/√2."""
        inputs, outputs = channels
        w, half = self.weights, math.sqrt(0.5)
        self.style(f"{name}.norm1", f"{layer}/norm1/fc", f"{tensors}.norm1.fc.bias", inputs)
        self.style(f"{name}.norm2", f"{layer}/norm2/fc", f"{tensors}.norm2.fc.bias", outputs)
        self.product(f"{name}.convolution1", w.convolution(f"{layer}/conv1", f"{tensors}.conv1.bias", round_up(inputs)))
        self.product(f"{name}.convolution2", w.convolution(f"{layer}/conv2", f"{tensors}.conv2.bias").scaled(half))
        if inputs != outputs:
            self.product(f"{name}.shortcut", w.convolution(f"{layer}/conv1x1", None, round_up(inputs)).scaled(half))
        if pooled:
            taps = w.taps(f"{layer}/pool")[:, 0].T  # [3][channels]
            taps = numpy.concatenate([taps, w.tensor(f"{tensors}.pool.bias")[None]])
            self.container.add(f"{name}.pool", numpy.pad(taps, ((0, 0), (0, round_up(inputs) - inputs))))

    def albert(self) -> None:
        """The encoder that knows the language: one layer, used twelve times."""
        w, container = self.weights, self.container
        embeddings = "encoder.bert.embeddings"
        kind = w.embedding(f"{embeddings}.token_type_embeddings")[0]  # there is only one kind of token
        container.add("albert.symbols", w.embedding(f"{embeddings}.word_embeddings"))
        container.add("albert.positions", w.embedding(f"{embeddings}.position_embeddings") + kind)
        self.layer_norm("albert.embedding_norm", f"{embeddings}.LayerNorm.weight", f"{embeddings}.LayerNorm.bias")
        tensors = "encoder.bert.encoder"
        self.product(
            "albert.project", w.linear("encoder/bert/encoder/embedding_hidden_mapping_in", f"{tensors}.embedding_hidden_mapping_in.bias")
        )
        layer = f"{tensors}.albert_layer_groups.0.albert_layers.0"
        three = [w.linear(f"{ALBERT}/attention/{n}", f"{layer}.attention.{n}.bias") for n in ("query", "key", "value")]
        join = lambda field: numpy.concatenate([getattr(x, field) for x in three], -1)
        self.product("albert.qkv", Linear(join("values"), join("scale"), join("zero"), join("bias")))
        for name, path in (("attention_out", "attention/dense"), ("feed_forward_in", "ffn"), ("feed_forward_out", "ffn_output")):
            self.product(f"albert.{name}", w.linear(f"{ALBERT}/{path}", f"{layer}.{path.replace('/', '.')}.bias"))
        self.layer_norm("albert.attention_norm", f"{layer}.attention.LayerNorm.weight", f"{layer}.attention.LayerNorm.bias")
        self.layer_norm("albert.norm", f"{layer}.full_layer_layer_norm.weight", f"{layer}.full_layer_layer_norm.bias")
        self.product("albert.encode", w.linear("encoder/bert_encoder", "encoder.bert_encoder.bias"))

    def text_encoder(self) -> None:
        """The encoder that knows the sounds."""
        w, tensors = self.weights, "encoder.text_encoder"
        self.container.add("text.symbols", w.embedding(f"{tensors}.embedding"))
        for i in range(3):
            self.product(f"text.convolution.{i}", w.convolution(f"encoder/text_encoder/cnn.{i}/cnn.{i}.0", f"{tensors}.cnn.{i}.0.bias"))
            self.layer_norm(f"text.norm.{i}", f"{tensors}.cnn.{i}.1.gamma", f"{tensors}.cnn.{i}.1.beta")
        self.recurrent("text.lstm", "encoder/text_encoder/lstm")

    def prosody(self) -> None:
        """Durations, pitch and energy."""
        w, tensors = self.weights, "encoder.predictor"
        for i in range(3):
            self.recurrent(f"duration.lstm.{i}", f"encoder/predictor/text_encoder/lstms.{2 * i}")
            layer = f"text_encoder.lstms.{2 * i + 1}"
            self.style(f"duration.norm.{i}", f"encoder/predictor/text_encoder/lstms.{2 * i + 1}/fc", f"{tensors}.{layer}.fc.bias", 512)
        self.recurrent("duration.lstm.3", "encoder/predictor/lstm")
        self.product("duration.project", w.linear("encoder/predictor/duration_proj/linear_layer", f"{tensors}.duration_proj.linear_layer.bias"))
        self.recurrent("prosody.lstm", "encoder/shared")
        for name, curve in (("pitch", "F0"), ("energy", "N")):
            for i, channels in enumerate(((512, 512), (512, 256), (256, 256))):
                self.residual_block(f"{name}.{i}", f"encoder/{curve}.{i}", f"{tensors}.{curve}.{i}", channels, pooled=i == 1)
            self.product(f"{name}.project", w.convolution(f"encoder/{curve}_proj", f"{tensors}.{curve}_proj.bias"))

    def decoder(self) -> None:
        """From aligned text, pitch and energy to the vocoder's input."""
        w, tensors = self.weights, "decoder.decoder"
        for name, curve in (("pitch", "F0"), ("energy", "N")):
            taps = w.taps(f"decoder/{curve}_conv").reshape(3)
            self.container.add(f"decoder.{name}", numpy.concatenate([taps, w.tensor(f"{tensors}.{curve}_conv.bias")]))
        self.product("decoder.text", w.convolution("decoder/asr_res/asr_res.0", f"{tensors}.asr_res.0.bias"))
        self.residual_block("decoder.encode", "decoder/encode", f"{tensors}.encode", (514, 1024))
        for i in range(4):
            channels = (1090, 512 if i == 3 else 1024)
            self.residual_block(f"decoder.decode.{i}", f"decoder/decode.{i}", f"{tensors}.decode.{i}", channels, pooled=i == 3)

    def vocoder(self, progress: Callable[[float], None]) -> None:
        """The generator: upsampling, residual blocks in the transform domain, spectrum, inverse STFT."""
        w, path, tensors = self.weights, "decoder/generator", "decoder.decoder.generator"
        mix = w.plain_product(f"{path}/m_source/l_linear").reshape(-1)  # nine harmonics into one source
        self.container.add("source.mix", numpy.append(mix, w.tensor(f"{tensors}.m_source.l_linear.bias")))
        for i in range(2):
            self.product(f"vocoder.noise.{i}", w.convolution(f"{path}/noise_convs.{i}", f"{tensors}.noise_convs.{i}.bias"))
            self._transposed(i, w.taps(f"{path}/ups.{i}"), w.tensor(f"{tensors}.ups.{i}.bias"))
        for done, (block, (channels, taps)) in enumerate(VOCODER_BLOCKS.items()):
            progress(done / len(VOCODER_BLOCKS))
            for i in range(3):
                for which in (1, 2):
                    self._vocoder_convolution(f"vocoder.{block}.{which}.{i}", f"{block}/convs{which}.{i}", (block, which, i), channels, taps)
        post = w.taps(f"{path}/conv_post")  # [22, 128, 7]: log magnitudes to the first panel, phases to the second
        matrix, bias = numpy.zeros((7 * 128, 32), numpy.float32), numpy.zeros(32, numpy.float32)
        dense, offsets = post.transpose(2, 1, 0).reshape(7 * 128, 22), w.tensor(f"{tensors}.conv_post.bias")
        for to, at in ((0, 0), (GROUP, 11)):
            matrix[:, to : to + 11], bias[to : to + 11] = dense[:, at : at + 11], offsets[at : at + 11]
        self.dense("vocoder.post", matrix, bias)
        self.dense("vocoder.inverse_stft", inverse_stft_matrix(), numpy.zeros(HOP, numpy.float32))

    def _transposed(self, index: int, taps: numpy.ndarray, bias: numpy.ndarray) -> None:
        """One product for each output phase, over two neighbouring input rows."""
        stride, padding = UPSAMPLING[index]
        for phase in range(stride):
            later = phase + padding
            pair = (later + stride, later) if later < stride else (later, later - stride)
            self.dense(f"vocoder.up.{index}.{phase}", numpy.concatenate([taps[:, :, k] for k in pair]), bias)

    def _vocoder_convolution(self, name: str, layer: str, which: tuple[str, int, int], channels: int, taps: int) -> None:
        w, tensors = self.weights, "decoder.decoder.generator"
        block, half, i = which
        values, scale, zero = w.quantised_taps(f"decoder/generator/{layer}")
        panels = values.reshape(channels // GROUP, GROUP, channels, taps).transpose(0, 2, 3, 1)
        self.container.add(f"{name}.weight", panels)
        self.container.add(f"{name}.quantum", numpy.array([scale * algorithm(taps).rescale, zero], numpy.float32))
        self.container.add(f"{name}.bias", w.tensor(f"{tensors}.{block}.convs{half}.{i}.bias"))
        alpha = w.tensor(f"{tensors}.{block}.alpha{half}.{i}").reshape(-1)
        self.container.add(f"{name}.snake", numpy.stack([alpha / math.pi, 1 / alpha]).astype(numpy.float32))
        self.style(f"{name}.norm", f"decoder/generator/{block}/adain{half}.{i}/fc", f"{tensors}.{block}.adain{half}.{i}.fc.bias", channels)


def inverse_stft_matrix() -> numpy.ndarray:
    """Four overlapping spectra (each 32 floats: real parts from 0, imaginary from 16) to the five samples they end in.

    Sample n of a hop is Σ over the four frames that cover it of the windowed inverse DFT, divided by the squared window's
    overlap, which is 1.5 wherever four frames overlap (Hann, hop a quarter of the length).
    """
    window = numpy.hanning(FFT + 1)[:-1]
    n, bins = numpy.arange(FFT), numpy.arange(FFT // 2 + 1)
    once = numpy.where((bins == 0) | (bins == FFT // 2), 1, 2)
    angle = 2 * math.pi * numpy.outer(bins, n) / FFT
    real, imaginary = once[:, None] * numpy.cos(angle), -once[:, None] * numpy.sin(angle)
    matrix = numpy.zeros((4, 2, GROUP, HOP))
    for frame in range(4):
        part = slice(HOP * (3 - frame), HOP * (4 - frame))
        for half, basis in enumerate((real, imaginary)):
            matrix[frame, half, : FFT // 2 + 1] = (basis * window / (FFT * 1.5))[:, part]
    return matrix.reshape(4 * 2 * GROUP, HOP).astype(numpy.float32)


def pack_weights(onnx: Path, output: Path, progress: Callable[[str, float], None]) -> dict[str, dict]:
    """Packs the weights of the 8-bit ONNX file into `output` and returns the index of its tensors."""
    progress("reading weights", 0.0)
    weights = Weights(onnx)
    with Container(output) as container:
        packer = Packer(weights, container)
        progress("packing the text side", 0.1)
        for part in (packer.albert, packer.text_encoder, packer.prosody, packer.decoder):
            part()
        packer.vocoder(lambda share: progress("packing the vocoder", 0.2 + 0.8 * share))
        progress("packed weights", 1.0)
        return container.index

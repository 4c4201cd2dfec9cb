"""Packing a few layers in memory: tensors as the engine finds them, for the tests of packing and of the kernels."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy

from kokoro.container import Container
from kokoro.pack import Packer


def pack(write, weights=None) -> dict[str, numpy.ndarray]:
    """What `write(packer)` packs, read back by its index: name to tensor."""
    with tempfile.TemporaryDirectory(prefix="utter-test-") as folder:
        path = Path(folder, "weights.bin")
        with Container(path) as container:
            write(Packer(weights, container))
        return read(path, container.index)


def read(path: Path, index: dict[str, dict]) -> dict[str, numpy.ndarray]:
    """The tensors of a container."""
    content = path.read_bytes()
    tensors = {}
    for name, entry in index.items():
        count = int(numpy.prod(entry["shape"]))
        flat = numpy.frombuffer(content, entry["dtype"], count, entry["offset"])
        tensors[name] = flat.reshape(entry["shape"])
    return tensors

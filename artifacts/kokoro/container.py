"""The file of packed weights: tensors one after another, each on a boundary of 64 bytes, and an index beside it.

The engine maps the file and hands out slices; nothing is copied or converted when a voice is loaded.
"""

from __future__ import annotations

from pathlib import Path

import numpy

ALIGNMENT = 64
"""Bytes: a cache line, and the widest vector register of the targets."""


class Container:
    """Writes tensors to a file; `index` maps each name to its dtype, shape and byte offset."""

    def __init__(self, path: Path):
        self._file = open(path, "wb")
        self._offset = 0
        self.index: dict[str, dict] = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def add(self, name: str, tensor: numpy.ndarray) -> None:
        """Appends a tensor in C order. A name can be given once."""
        if name in self.index:
            raise ValueError(f"the tensor {name} is packed twice")
        tensor = numpy.ascontiguousarray(tensor)
        if tensor.dtype not in (numpy.float32, numpy.float16, numpy.int8):
            raise TypeError(f"{name}: {tensor.dtype} is not a type of the container")
        self._file.write(b"\0" * (-self._offset % ALIGNMENT))
        self._offset += -self._offset % ALIGNMENT
        self.index[name] = {"dtype": str(tensor.dtype), "shape": list(tensor.shape), "offset": self._offset}
        self._file.write(tensor.tobytes())
        self._offset += tensor.nbytes

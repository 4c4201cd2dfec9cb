"""Stands in for the model package: the same three functions, tiny outputs, no TVM.

`builder/worker.py` calls it exactly as it calls the real one, so this is also the contract written down as
code.
"""

import os
import struct
import time
from collections.abc import Callable
from pathlib import Path


def compile_library(output: Path, target, progress: Callable[[str, float], None]) -> None:
    """Writes the compiled library for `target` to `output`."""
    if os.environ.get("STAND_IN") == "fail":
        raise RuntimeError("kernel 3 does not compile")
    progress("kernels", 0.5)
    if os.environ.get("STAND_IN") == "wait":
        time.sleep(600)
    if os.environ.get("STAND_IN") == "chatter":
        print("@ chatter of the compiler\n@utterly unlike progress", flush=True)
    output.write_bytes(f"library for {target.triple} {target.cpu}".encode())
    progress("kernels", 1.0)


def compile_object(output: Path, target) -> list[str]:
    """Writes the object file for a `target` of another system to `output`; returns the kernels' names."""
    output.write_bytes(f"object for {target.triple} {target.cpu}".encode())
    return ["product"]


def pack_weights(onnx: Path, output: Path, progress: Callable[[str, float], None]) -> dict:
    """Writes the weights to `output`; returns name -> dtype, shape, offset (a multiple of 64)."""
    content = onnx.read_bytes()
    output.write_bytes(struct.pack("<4f", 1, 2, 3, 4).ljust(64, b"\0") + content)
    progress("tensors", 1.0)
    return {
        "layer.weight": {"dtype": "float32", "shape": [2, 2], "offset": 0},
        "layer.bytes": {"dtype": "uint8", "shape": [len(content)], "offset": 64},
    }

"""The kernels' definitions know of no processor: the same ones become machine code for aarch64, with its vectors.

They are compiled here, not run: that they compute the same there, nothing here shows.
"""

import tempfile
import unittest
from pathlib import Path

import numpy

from kokoro import library

from object_file import ObjectFile

TARGET = {"kind": "llvm", "mtriple": "aarch64-unknown-linux-gnu", "mattr": ["+neon"]}

VECTOR = 8
"""Floats in a vector of the kernels: two registers of four."""

MACHINE = 183
"""AArch64's number in ELF."""

CONVOLUTIONS = ("convolution_256_3_1", "convolution_128_7_3", "convolution_256_11_residual")
"""One for each number of taps, on which the transform depends. All 24 take most of a minute, and differ from these in numbers."""

MATRICES = ("convolution_", "product", "recurrence", "attention")
"""Kernels that multiply matrices begin with one of these."""

FEWEST_FUSED = 6 * 4 * 2
"""Fused multiply-adds in the code of such a kernel: a tile of six rows by 16 columns, four to a register, two steps unrolled."""

MOVES_ONLY = ("gather_hops",)
"""Kernels that compute nothing."""

FUSED = [(0xFFE0FC00, 0x4E20CC00), (0xFFE0FC00, 0x4EA0CC00), (0xFFC0F400, 0x4F801000), (0xFFC0F400, 0x4F805000)]
"""Mask and value of FMLA and FMLS on four floats, with a vector and with an element of one (Arm ARM, "Advanced SIMD")."""

PLAIN = [(0xFFE0FC00, 0x4E20D400), (0xFFE0FC00, 0x6E20DC00), (0xFFC0F400, 0x4F809000)]
"""FADD, and FMUL in both forms."""


def chosen() -> list[str]:
    """What is compiled."""
    return [name for name in library.definitions() if name in CONVOLUTIONS or not name.startswith("convolution_")]


def compiled(name: str) -> ObjectFile:
    """The kernel for aarch64, in an object file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kernel.o"
        library.compile_object(name, TARGET, VECTOR, path)
        return ObjectFile(path.read_bytes())


def count(code: bytes, instructions: list[tuple[int, int]]) -> int:
    """How many of these instructions there are; each has four bytes."""
    words = numpy.frombuffer(code, "<u4")
    return sum(int(((words & mask) == value).sum()) for mask, value in instructions)


class OtherProcessors(unittest.TestCase):
    def test_kernels_become_vector_code_for_aarch64(self):
        self.assertLessEqual(set(CONVOLUTIONS), set(chosen()))
        for name in chosen():
            with self.subTest(name):
                made = compiled(name)
                self.assertEqual(made.machine, MACHINE)
                self.assertIn(f"__tvm_ffi_{name}", made.functions(), "the name by which the engine finds it")
                fused = count(made.code(), FUSED)
                if name.startswith(MATRICES):
                    self.assertGreaterEqual(fused, FEWEST_FUSED)
                if name not in MOVES_ONLY:
                    self.assertGreater(fused + count(made.code(), PLAIN), 0)


if __name__ == "__main__":
    unittest.main()

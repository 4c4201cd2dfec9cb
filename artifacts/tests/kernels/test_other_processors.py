"""The kernels' definitions know of no processor: the same ones become machine code for aarch64, with its vectors, and object files
and libraries for other systems.

They are compiled here, not run: that they compute the same there, nothing here shows.
"""

import tempfile
import unittest
from pathlib import Path

import numpy

from builder import link, object_file, target
from builder.object_file import ObjectFile
from builder.platforms import PLATFORMS, RAISED, Platform
from kokoro import library

TARGET = {"kind": "llvm", "mtriple": "aarch64-unknown-linux-gnu", "mattr": ["+neon"]}

VECTOR = 8
"""Floats in a vector of the kernels: two registers of four."""

MACHINE = 183
"""AArch64's number in ELF."""

CONVOLUTIONS = ("convolution_256_3_1", "convolution_128_7_3", "convolution_256_11_residual")
"""One for each number of taps, on which the transform depends. All 24 take most of a minute, and differ from these in numbers."""

FEW = ["attention", "gather_hops", "convolution_128_3_1"]
"""Of what is compiled for each system: one that needs memory cleared, one that computes nothing, one that is mostly arithmetic."""

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
        library.compile_object([name], TARGET, VECTOR, path)
        return ObjectFile.read(path.read_bytes())


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
                self.assertIn(f"__tvm_ffi_{name}", made.defined, "the name by which the engine finds it")
                fused = count(made.code, FUSED)
                if name.startswith(MATRICES):
                    self.assertGreaterEqual(fused, FEWEST_FUSED)
                if name not in MOVES_ONLY:
                    self.assertGreater(fused + count(made.code, PLAIN), 0)

    def test_they_become_an_object_file_and_a_library_for_each_other_system(self):
        for platform in PLATFORMS.values():
            for each in target.choose(platform.name):
                with self.subTest(platform.name, target=each.name), tempfile.TemporaryDirectory() as folder:
                    path = Path(folder) / f"kokoro{platform.object_suffix}"
                    library.compile_object(FEW, each.tvm(), each.vector, path)
                    self.refused(path.read_bytes(), platform)
                    self.linked(path, platform)

    def refused(self, content: bytes, platform: Platform) -> None:
        """The check takes what was compiled for what it is, and nothing else."""
        object_file.check(content, platform, FEW)
        for other in PLATFORMS.values():
            if other is not platform:
                with self.assertRaises(ValueError):
                    object_file.check(content, other, FEW)
        with self.assertRaisesRegex(ValueError, "lacks kernels: layer_norm"):
            object_file.check(content, platform, [*FEW, "layer_norm"])
        strange = content.replace(RAISED.encode(), b"N" + RAISED.encode()[1:])
        with self.assertRaisesRegex(ValueError, "provides: _?NVMFFI"):
            object_file.check(strange, platform, FEW)

    def linked(self, path: Path, platform: Platform) -> None:
        """A linker, where there is one, makes a library with all kernels of it."""
        linker = link.find(platform)
        if not linker:
            self.skipTest("there is no LLD here")
        made = path.with_name(platform.library("kokoro"))
        link.link(linker, platform, path, made, path.with_name("link.log"))
        content = made.read_bytes()
        for name in FEW:
            self.assertIn(f"__tvm_ffi_{name}".encode(), content)
        if platform.format == "COFF":
            self.assertEqual(content[:2], b"MZ")
            return
        self.assertLessEqual({platform.symbol(object_file.KERNEL + name) for name in FEW}, ObjectFile.read(content).defined)


if __name__ == "__main__":
    unittest.main()

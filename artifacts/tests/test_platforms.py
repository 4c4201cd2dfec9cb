"""Voices for other systems: what is compiled for them, what an object file must be like, and what the directory holds with a linker
and without one.

Object files are made on the spot here, with nothing in them but names; `kernels/test_other_processors` has real ones.
"""

import json
import plistlib
import struct
import unittest
from functools import partial
from pathlib import Path
from unittest import mock

from builder import link, object_file, platforms, target
from builder.object_file import ObjectFile
from builder.platforms import PLATFORMS

from .schema import violations
from .test_voice import REPOSITORY, VoiceTest
from .workbench import InProcessCompiler

KERNELS = ["product", "recurrence"]
RAISED = platforms.RAISED
SCHEMA = json.loads((REPOSITORY / "artifacts" / "manifest.schema.json").read_text())


def elf(machine: int, defined: list[str], undefined: list[str]) -> bytes:
    """An ELF file with these symbols."""
    names, symbols = b"\0", bytes(24)
    for name in [*defined, *undefined]:
        symbols += struct.pack("<IBBHQQ", len(names), 1 << 4 | 2, 0, int(name in defined), 0, 0)
        names += name.encode() + b"\0"
    header = struct.pack(
        "<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 1, machine, 1, 0, 0, 64, 0, 64, 0, 0, 64, 3, 0
    )
    at = 64 + 3 * 64
    sections = bytes(64)
    sections += struct.pack("<IIQQQQIIQQ", 0, 2, 0, 0, at, len(symbols), 2, 1, 8, 24)
    sections += struct.pack("<IIQQQQIIQQ", 0, 3, 0, 0, at + len(symbols), len(names), 0, 0, 1, 0)
    return header + sections + symbols + names


def mach_o(machine: int, defined: list[str], undefined: list[str], system: int = 2) -> bytes:
    """A Mach-O file with these symbols, for iOS or another of Apple's systems."""
    names, symbols = b"\0", b""
    for name in [*defined, *undefined]:
        kind, section = (0xF, 1) if name in defined else (0x1, 0)
        symbols += struct.pack("<IBBHQ", len(names), kind, section, 0, 0)
        names += name.encode() + b"\0"
    count, at = len(defined) + len(undefined), 32 + 24 + 24
    header = struct.pack("<8I", 0xFEEDFACF, machine, 0, 1, 2, 48, 0, 0)
    header += struct.pack("<6I", 0x32, 24, system, 0, 0, 0)
    return header + struct.pack("<6I", 2, 24, at, count, at + len(symbols), len(names)) + symbols + names


def coff(machine: int, defined: list[str], undefined: list[str]) -> bytes:
    """A COFF file with these symbols."""
    names, symbols = b"", b""
    for name in [*defined, *undefined]:
        text = name.encode()
        short = text.ljust(8, b"\0") if len(text) <= 8 else struct.pack("<II", 0, 4 + len(names))
        if len(text) > 8:
            names += text + b"\0"
        symbols += struct.pack("<8sIhHBB", short, 0, int(name in defined), 32, 2, 0)
    header = struct.pack("<HHIIIHH", machine, 0, 0, 20, len(defined) + len(undefined), 0, 0)
    return header + symbols + struct.pack("<I", 4 + len(names)) + names


def made(platform: platforms.Platform, kernels: list[str] = KERNELS, needs: tuple[str, ...] = (), machine=None) -> bytes:
    """An object file as one of these kernels' for the platform would be."""
    symbol = platform.symbol
    make = {"ELF": elf, "Mach-O": partial(mach_o, system=platform.system), "COFF": coff}[platform.format]
    defined = [symbol(object_file.KERNEL + name) for name in kernels]
    undefined = [symbol(name) for name in ("memset", RAISED, *needs)]
    return make(platform.machine if machine is None else machine, defined, undefined)


class TheTable(unittest.TestCase):
    def test_the_four_systems(self):
        known = {
            name: (p.format, p.library("kokoro"), p.library("tvm_ffi"), p.object_suffix)
            for name, p in PLATFORMS.items()
        }
        self.assertEqual(
            known,
            {
                "aarch64-linux-android": ("ELF", "libkokoro.so", "libtvm_ffi.so", ".o"),
                "aarch64-apple-ios": ("Mach-O", "kokoro", "tvm_ffi", ".o"),
                "aarch64-apple-darwin": ("Mach-O", "libkokoro.dylib", "libtvm_ffi.dylib", ".o"),
                "x86_64-pc-windows-msvc": ("COFF", "kokoro.dll", "tvm_ffi.dll", ".obj"),
            },
        )

    def test_each_can_be_chosen_from_any_machine(self):
        for name, platform in PLATFORMS.items():
            with self.subTest(name):
                chosen = target.choose(name)
                self.assertEqual({t.triple for t in chosen}, {platform.triple})
                self.assertIs(platforms.of(platform.triple), platform)
                if name.startswith("aarch64-"):
                    # Every such processor has it; what needs more would leave some phones without a voice.
                    self.assertEqual([(t.cpu, t.features, t.vector) for t in chosen], [("generic", ("neon",), 8)])
                else:
                    self.assertEqual([(t.name, t.vector) for t in chosen], [("x86-64-v3", 8), ("x86-64-v4", 16)])

    def test_the_system_that_builds_is_none_of_them(self):
        self.assertIsNone(platforms.of("x86_64-unknown-linux-gnu"))

    def test_the_command_of_the_systems_own_tools_names_both_files(self):
        for name, platform in PLATFORMS.items():
            command = platform.link_by_hand("the library", "the object")
            self.assertTrue(any("the library" in part for part in command), name)
            self.assertIn("the object", command)
            self.assertNotIn("{", " ".join(command))


class TheCheck(unittest.TestCase):
    def refused(self, content: bytes, platform: platforms.Platform) -> str:
        """Why the check refuses it."""
        with self.assertRaises(ValueError) as raised:
            object_file.check(content, platform, KERNELS)
        return str(raised.exception)

    def test_what_is_as_it_should_be_passes(self):
        for platform in PLATFORMS.values():
            with self.subTest(platform.name):
                object_file.check(made(platform), platform, KERNELS)

    def test_a_kernel_that_is_not_defined(self):
        for platform in PLATFORMS.values():
            with self.subTest(platform.name):
                self.assertIn("lacks kernels: recurrence", self.refused(made(platform, ["product"]), platform))

    def test_a_function_that_nobody_provides(self):
        for platform in PLATFORMS.values():
            with self.subTest(platform.name):
                said = self.refused(made(platform, needs=("expf",)), platform)
                self.assertIn(f"provides: {platform.symbol('expf')}", said)

    def test_another_processor(self):
        for platform in PLATFORMS.values():
            with self.subTest(platform.name):
                self.assertIn("for machine 0x3e", self.refused(made(platform, machine=62), platform))

    def test_another_format(self):
        for platform in PLATFORMS.values():
            for other in PLATFORMS.values():
                if other.format != platform.format:
                    with self.subTest(f"{other.name} as {platform.name}"):
                        self.assertIn(f"is {other.format}", self.refused(made(other), platform))

    def test_the_other_system_of_the_same_maker(self):
        ios, macos = PLATFORMS["aarch64-apple-ios"], PLATFORMS["aarch64-apple-darwin"]
        self.assertIn("for Apple's system 1", self.refused(made(macos), ios))
        self.assertIn("for Apple's system 2", self.refused(made(ios), macos))

    def test_what_is_no_object_file_or_cut_short(self):
        for platform in PLATFORMS.values():
            whole = made(platform)
            for content in (b"", b"#!/bin/sh\n" * 10, whole[:10], whole[:30], whole[:-3]):
                with self.subTest(f"{platform.name}, {len(content)} bytes"), self.assertRaises(ValueError):
                    object_file.check(content, platform, KERNELS)

    def test_names_are_read_as_they_stand_there(self):
        for make, machine in ((elf, 183), (mach_o, 0x0100000C), (coff, 0x8664)):
            found = ObjectFile.read(make(machine, ["short", "a_name_of_more_than_eight"], ["memset"]))
            self.assertEqual((found.defined, found.undefined), ({"short", "a_name_of_more_than_eight"}, {"memset"}))


class Building(VoiceTest):
    """The stand-in model for each of the systems."""

    def build(self, name: str, linker: tuple[str, ...] | None) -> tuple[Path, dict]:
        """The directory, and its manifest."""
        recipe = self.bench.recipe(targets=target.choose(name), linker=linker)
        code, out, err = self.command(recipe=recipe)
        self.assertEqual((code, err), (0, ""))
        folder = Path(out)
        return folder, json.loads((folder / "manifest.json").read_text())

    def test_with_a_linker_the_directory_holds_the_library(self):
        for name, platform in PLATFORMS.items():
            with self.subTest(name):
                folder, manifest = self.build(name, ("lld",))
                library = platform.library("kokoro")
                self.assertEqual(manifest["library"], library)
                self.assertEqual((folder / library).read_bytes(), f"lld: object for {platform.triple} {manifest['target']['cpu']}".encode())
                self.assertEqual(violations(manifest, SCHEMA), [])
                self.assertEqual(manifest["target"]["triple"], platform.triple)
                self.assertEqual(manifest["runtime"], [platform.library("tvm_ffi")] if platform.wheel else [])
                there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
                self.assertEqual(there, set(manifest["files"]) | {"manifest.json"})
                self.assertFalse(any(file.endswith((".o", ".obj")) for file in there))
                signed = {file for file, described in manifest["files"].items() if described.get("signed")}
                info = {"Info.plist"} if platform.framework else set()
                self.assertEqual(signed, {library, *manifest["runtime"], *info} if platform.signs else set())

    def test_without_a_linker_it_holds_the_object_file_and_says_how_to_go_on(self):
        for name, platform in PLATFORMS.items():
            with self.subTest(name):
                recipe = self.bench.recipe(targets=target.choose(name), linker=None)
                code, out, err = self.command(recipe=recipe)
                self.assertEqual(code, 0)
                self.assertIn("not linked", err)
                manifest = json.loads((Path(out) / "manifest.json").read_text())
                compiled = "kokoro" + platform.object_suffix
                self.assertEqual((manifest["library"], manifest["object"]), (None, compiled))
                self.assertIn(compiled, manifest["files"])
                self.assertIn(compiled, manifest["link"])
                self.assertEqual(violations(manifest, SCHEMA), [])
                self.assertIn("not linked", self.command(recipe=recipe)[2], "told each time")

    def test_the_schema_refuses_what_is_neither_linked_nor_says_how(self):
        _, manifest = self.build("x86_64-pc-windows-msvc", ("lld",))
        for part in (manifest, manifest["alternatives"][0]):
            library = part["library"]
            part["library"] = None
            self.assertNotEqual(violations(manifest, SCHEMA), [])
            part["library"] = library
        self.assertEqual(violations(manifest, SCHEMA), [])
        self.assertEqual(violations(json.loads((self.built() / "manifest.json").read_text()), SCHEMA), [])

    def test_a_linker_that_turns_up_later_is_used_without_compiling_again(self):
        class NoCompiler(InProcessCompiler):
            def object(self, folder, target, report):
                raise AssertionError("compiled again")

        name = "aarch64-linux-android"
        recipe = lambda linker: self.bench.recipe(targets=target.choose(name), linker=linker)
        self.assertEqual(self.command(recipe=recipe(None))[0], 0)
        code, out, err = self.command(recipe=recipe(("lld",)), compiler=NoCompiler, fetch=self.bench.offline)
        self.assertEqual((code, err), (0, ""))
        self.assertTrue((Path(out) / "libkokoro.so").exists())

    def test_it_is_nobodys_default_and_shares_the_weights(self):
        here = self.built()
        default = self.bench.places.pointer(1).read_text()
        folder, _ = self.build("aarch64-linux-android", ("lld",))
        self.assertEqual(self.bench.places.pointer(1).read_text(), default)
        steps = {p.name for p in self.bench.places.steps.glob("pack-*")}
        self.assertEqual(len(steps), 1, "packed once for all systems")
        self.assertEqual((here / "weights.bin").stat().st_ino, (folder / "weights.bin").stat().st_ino)

    def test_a_framework_says_what_it_is(self):
        folder, manifest = self.build("aarch64-apple-ios", ("lld",))
        info = plistlib.loads((folder / "Info.plist").read_bytes())
        self.assertEqual((info["CFBundlePackageType"], info["CFBundleExecutable"]), ("FMWK", manifest["library"]))


class Linking(unittest.TestCase):
    def test_the_one_that_is_named_is_taken_for_each_format(self):
        with mock.patch.dict("os.environ", {link.LLD_VARIABLE: "/opt/lld"}):
            flavors = {name: link.find(platform)[1:] for name, platform in PLATFORMS.items()}
        self.assertEqual(
            flavors,
            {
                "aarch64-linux-android": ["-flavor", "gnu"],
                "aarch64-apple-ios": ["-flavor", "darwin"],
                "aarch64-apple-darwin": ["-flavor", "darwin"],
                "x86_64-pc-windows-msvc": ["-flavor", "link"],
            },
        )


if __name__ == "__main__":
    unittest.main()

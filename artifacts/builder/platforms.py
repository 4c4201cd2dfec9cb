"""The systems that a voice is compiled for on another: what a library is called there, what its file says, and where
what it does not define comes from.

A table, looked up by `target`, `recipe`, `object_file` and `link`. The system that builds is not in it: there the voice is linked with
the system's compiler, and nothing here is asked. The names are those of Rust's targets.
"""

from collections.abc import Mapping
from dataclasses import dataclass

FFI = "tvm_ffi"
RAISED = "TVMFFIErrorSetRaisedFromCStrParts"
"""The one function of TVM's FFI library that a kernel calls: when an argument is not what it expects."""

_AARCH64_ELF, _ARM64_MACH_O, _X86_64_COFF = 183, 0x0100000C, 0x8664


@dataclass(frozen=True)
class Platform:
    """A system and its processor family."""

    name: str
    triple: str
    """In LLVM's words, with the oldest version of the system that is served."""
    format: str
    """Of object files: `ELF`, `Mach-O` or `COFF`."""
    machine: int
    """The processor's number in such a file."""
    prefix: str
    suffix: str
    provided: Mapping[str, tuple[str, ...]]
    """What a compiled kernel may leave undefined: names by the library that brings them."""
    toolchain: tuple[str, ...]
    """How the system's own tools link a voice; {library}, {object} and {name} stand for themselves."""
    wheel: str | None = None
    """pip's name of the platform, where its index has `libtvm_ffi` ready."""
    system: int = 0
    """In an object file of Apple's: for which of its systems it is."""
    signs: bool = False
    """Whether an app's libraries are signed, which changes the file, and loaded only with a signature that holds."""
    oldest: str = ""
    """The oldest version of the system, where a library names it."""
    framework: bool = False
    """Whether an app can only carry the library as part of a framework, which the artifact directory then is."""

    def library(self, name: str) -> str:
        """The file name of a library."""
        return f"{self.prefix}{name}{self.suffix}"

    @property
    def object_suffix(self) -> str:
        """What object files end in."""
        return ".obj" if self.format == "COFF" else ".o"

    def symbol(self, name: str) -> str:
        """How a function of C is called in an object file."""
        return f"_{name}" if self.format == "Mach-O" else name

    def link_by_hand(self, library: str, object_name: str) -> list[str]:
        """The command of the system's own tools that links the object file of a voice."""
        named = {"library": library, "object": object_name, "name": self.symbol(RAISED)}
        return [part.format(**named) for part in self.toolchain]


def _apple(name: str, word: str, number: int, oldest: str, sdk: str, install_name: str, **rest) -> Platform:
    """A system of Apple's: LLVM's word for it, its number in object files, its oldest version, and Xcode's name for it."""
    return Platform(
        name,
        f"arm64-apple-{word}{oldest}",
        "Mach-O",
        _ARM64_MACH_O,
        provided={"libSystem": ("bzero", "memset", "memcpy", "memmove"), FFI: (RAISED,)},
        toolchain=(
            "xcrun", "--sdk", sdk, "clang", "-target", f"arm64-apple-{word}{oldest}", "-dynamiclib",
            "-install_name", install_name, "-Wl,-U,{name}", "-o", "{library}", "{object}",
        ),
        system=number,
        signs=True,
        oldest=oldest,
        **rest,
    )  # fmt: skip


PLATFORMS: Mapping[str, Platform] = {
    platform.name: platform
    for platform in (
        Platform(
            "aarch64-linux-android",
            "aarch64-linux-android26",
            "ELF",
            _AARCH64_ELF,
            "lib",
            ".so",
            {"libc": ("memset", "memcpy", "memmove"), FFI: (RAISED,)},
            (
                "aarch64-linux-android26-clang", "-shared", "-Wl,-soname,{library}", "-Wl,-z,max-page-size=16384",
                "-Wl,--no-undefined", "-o", "{library}", "{object}", "libtvm_ffi.so",
            ),  # fmt: skip
        ),
        _apple(
            "aarch64-apple-ios",
            "ios",
            2,
            "13.0",
            "iphoneos",
            "@rpath/kokoro.framework/{library}",
            prefix="",
            suffix="",
            framework=True,
        ),
        _apple(
            "aarch64-apple-darwin",
            "macosx",
            1,
            "11.0",
            "macosx",
            "@rpath/{library}",
            prefix="lib",
            suffix=".dylib",
            wheel="macosx_11_0_arm64",
        ),
        Platform(
            "x86_64-pc-windows-msvc",
            "x86_64-pc-windows-msvc",
            "COFF",
            _X86_64_COFF,
            "",
            ".dll",
            {"VCRUNTIME140": ("memset", "memcpy", "memmove"), FFI: (RAISED,), "": ("_fltused",)},
            ("link.exe", "/DLL", "/OUT:{library}", "{object}", "tvm_ffi.lib", "msvcrt.lib", "vcruntime.lib"),
            wheel="win_amd64",
        ),
    )
}


def of(triple: str) -> Platform | None:
    """The platform with this triple; none for the system that builds."""
    return next((platform for platform in PLATFORMS.values() if platform.triple == triple), None)

"""Links an object file into a shared library for another system, with LLD.

LLD links for every system from any other, and whoever builds Utter has it: Rust brings it as `rust-lld`. What it wants to know of
the system are the names in a few libraries, so stubs with those that kernels may use (`platforms`) stand in for an SDK. Called
by `build`; where there is no LLD, the voice holds the object file instead, and the command for the system's own tools.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from . import process
from .object_file import KERNEL, ObjectFile
from .platforms import RAISED, Platform

LLD_VARIABLE = "UTTER_LLD"
_FLAVORS = {"ELF": ("gnu", "ld.lld"), "Mach-O": ("darwin", "ld64.lld"), "COFF": ("link", "lld-link")}
_APPLE_SYSTEMS = {"aarch64-apple-ios": "ios", "aarch64-apple-darwin": "macos"}


def find(platform: Platform) -> list[str] | None:
    """How a command that links for this platform begins: with the LLD that `UTTER_LLD` names, the one on PATH, the Android NDK's,
    or Rust's. None where there is none of them.
    """
    flavor, name = _FLAVORS[platform.format]
    chosen = os.environ.get(LLD_VARIABLE)
    if chosen:
        return [chosen, "-flavor", flavor]
    on_path = shutil.which(name)
    if on_path:
        return [on_path]
    for lld in [*_in_ndk(), *_in_rust()]:
        return [str(lld), "-flavor", flavor]
    return None


def _in_ndk() -> list[Path]:
    ndk = os.environ.get("ANDROID_NDK_HOME")
    return sorted(Path(ndk).glob("toolchains/llvm/prebuilt/*/bin/lld")) if ndk else []


def _in_rust() -> list[Path]:
    try:
        told = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return []
    return sorted(Path(told.stdout.strip()).glob("lib/rustlib/*/bin/rust-lld"))


def link(linker: Sequence[str], platform: Platform, object_file: Path, library: Path, log: Path) -> None:
    """Writes the shared library `library` of one object file, with all kernels in it; the folder `stubs` beside it goes away again."""
    defined = ObjectFile.read(object_file.read_bytes()).defined
    kernels = sorted(name for name in defined if name.startswith(platform.symbol(KERNEL)))
    stubs = library.parent / "stubs"
    stubs.mkdir()
    commands = {"ELF": _elf, "Mach-O": _mach_o, "COFF": _coff}[platform.format](platform, stubs, library, kernels)
    for command in commands[:-1]:
        process.run([*linker, *command], what="Linking", log=log)
    process.run([*linker, *commands[-1], str(object_file)], what="Linking the voice", log=log)
    shutil.rmtree(stubs)
    library.with_suffix(".lib").unlink(missing_ok=True)  # for who links against it, which nobody does


def _elf(platform: Platform, stubs: Path, library: Path, kernels: Sequence[str]) -> list[list[str]]:
    """On Android a library finds only what the libraries that it names define, so both are named."""
    shared = ["-m", "aarch64linux", "-shared"]
    commands, libraries = [], []
    for name, symbols in platform.provided.items():
        file = platform.library(name.removeprefix("lib"))
        script = stubs / f"{file}.script"
        script.write_text("".join(f"{symbol} = 0;\n" for symbol in symbols))
        commands.append([*shared, "-soname", file, "-o", str(stubs / file), str(script)])
        libraries.append(str(stubs / file))
    wanted = [f"--undefined={kernel}" for kernel in kernels]
    # Android's kernels with pages of 16 KiB refuse what is aligned to less.
    how = ["-soname", library.name, "-z", "max-page-size=16384", "-z", "now", "--no-undefined", "--strip-debug", "--build-id=sha1"]
    return [*commands, [*shared, *how, *wanted, "-o", str(library), *libraries]]


def _mach_o(platform: Platform, stubs: Path, library: Path, kernels: Sequence[str]) -> list[list[str]]:
    """TVM's function is looked up in the whole process (`-U`): an app may have linked it in any way."""
    system = _APPLE_SYSTEMS[platform.name]
    names = ", ".join(platform.symbol(name) for name in (*platform.provided["libSystem"],))
    targets = f"[ arm64-{system} ]"
    stub = stubs / "libSystem.tbd"
    stub.write_text(
        f"--- !tapi-tbd\ntbd-version: 4\ntargets: {targets}\ninstall-name: '/usr/lib/libSystem.B.dylib'\n"
        f"exports:\n  - targets: {targets}\n    symbols: [ {names}, dyld_stub_binder ]\n...\n"
    )
    place = f"@rpath/kokoro.framework/{library.name}" if platform.framework else f"@rpath/{library.name}"
    wanted = [part for kernel in kernels for part in ("-u", kernel)]
    how = ["-arch", "arm64", "-dylib", "-platform_version", system, platform.oldest, platform.oldest]
    rest = ["-install_name", place, "-U", platform.symbol(RAISED), "-S", "-adhoc_codesign"]
    return [[*how, *rest, *wanted, "-o", str(library), str(stub)]]


def _coff(platform: Platform, stubs: Path, library: Path, kernels: Sequence[str]) -> list[list[str]]:
    """There is nothing to begin or end in it, so it goes without the C library's entry; `_fltused` is a name that only has to
    be there.
    """
    commands, libraries = [], []
    for name, symbols in platform.provided.items():
        if not name:
            continue
        definition = stubs / f"{name}.def"
        definition.write_text(f"LIBRARY {name}.dll\nEXPORTS\n" + "".join(f"{symbol}\n" for symbol in symbols))
        commands.append(["/lib", "/machine:x64", f"/def:{definition}", f"/out:{stubs / name}.lib"])
        libraries.append(f"{stubs / name}.lib")
    wanted = [f"/export:{kernel}" for kernel in kernels]
    how = ["/dll", "/noentry", "/nodefaultlib", "/machine:x64", "/brepro", f"/alternatename:_fltused={kernels[0]}"]
    return [*commands, [*how, *wanted, f"/out:{library}", *libraries]]

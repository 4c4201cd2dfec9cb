"""Object files before they are linked: for which processor they are, and which names they define and ask for.

`worker` has `check` look at what was compiled for another system, since nothing here can run it; the tests of the kernels read
with `ObjectFile`. It reads ELF (System V ABI), Mach-O (Apple's `loader.h`, `nlist.h`) and COFF (Microsoft's PE format), each
for 64 bits and little-endian, and no more of them than that. The packages that read all three are large, and the one that was tried
loses a name of COFF's string table.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

from .platforms import Platform

KERNEL = "__tvm_ffi_"
"""What stands before a kernel's name in an object file."""


@dataclass
class ObjectFile:
    """What an object file says of itself. Names are as they stand in the file."""

    format: str
    machine: int
    defined: set[str] = field(default_factory=set)
    """Names that others can use, weak ones as well."""
    undefined: set[str] = field(default_factory=set)
    code: bytes = b""
    """The machine code of all sections that have some."""
    system: int = 0
    """Apple's number of the system that it is for; 0 where the file does not say."""

    @staticmethod
    def read(content: bytes) -> "ObjectFile":
        """Reads a whole file; `ValueError` when it is none of the three or cut short."""
        try:
            if content.startswith(b"\x7fELF\x02\x01"):
                return _elf(content)
            if content.startswith(b"\xcf\xfa\xed\xfe"):
                return _mach_o(content)
            return _coff(content)
        except (struct.error, IndexError, UnicodeDecodeError) as error:
            raise ValueError(f"this is no object file that can be read: {error}") from error


def check(content: bytes, platform: Platform, kernels: Iterable[str]) -> None:
    """Whether this object file is for the platform, defines all kernels, and asks for nothing that the platform and TVM's FFI
    library lack; `ValueError` says what is wrong.
    """
    found = ObjectFile.read(content)
    if (found.format, found.machine) != (platform.format, platform.machine):
        raise ValueError(
            f"the object file is {found.format} for machine {found.machine:#x}, "
            f"and {platform.name} needs {platform.format} for machine {platform.machine:#x}"
        )
    if found.system != platform.system:
        raise ValueError(
            f"the object file is for Apple's system {found.system}, and {platform.name} is {platform.system}"
        )
    missing = {name for name in kernels if platform.symbol(KERNEL + name) not in found.defined}
    if missing:
        raise ValueError(f"the object file lacks kernels: {', '.join(sorted(missing))}")
    provided = {platform.symbol(name) for names in platform.provided.values() for name in names}
    if platform.format == "COFF":  # no prefix on 64-bit Windows, where `_fltused` has its underscore from C
        provided |= {name for names in platform.provided.values() for name in names}
    strange = found.undefined - provided
    if strange:
        raise ValueError(f"the object file needs what nothing on {platform.name} provides: {', '.join(sorted(strange))}")


def _text(content: bytes, at: int) -> str:
    return content[at : content.index(b"\0", at)].decode()


def _elf(content: bytes) -> ObjectFile:
    *_, machine, _version, _entry, _programs, sections_at, _flags, _, _, _, size, count, _names = struct.unpack_from(
        "<16sHHIQQQIHHHHHH", content
    )
    sections = [struct.unpack_from("<IIQQQQIIQQ", content, sections_at + n * size) for n in range(count)]
    found = ObjectFile("ELF", machine)
    for _name, kind, flags, _address, offset, length, link, *_rest in sections:
        if flags & 4:  # executable
            found.code += content[offset : offset + length]
        if kind != 2:  # the table of symbols
            continue
        strings = sections[link][4]
        for at in range(offset, offset + length, 24):
            name, info, _visibility, section, _value, _size = struct.unpack_from("<IBBHQQ", content, at)
            if name and info >> 4:  # not local
                (found.defined if section else found.undefined).add(_text(content, strings + name))
    return found


def _mach_o(content: bytes) -> ObjectFile:
    _magic, machine, _subtype, _kind, commands, *_rest = struct.unpack_from("<8I", content)
    found, at = ObjectFile("Mach-O", machine), 32
    for _ in range(commands):
        command, size = struct.unpack_from("<II", content, at)
        if command == 0x19:  # a segment of 64 bits
            for n in range(struct.unpack_from("<I", content, at + 64)[0]):
                length, offset, _align, _relocations, _count, flags = struct.unpack_from(
                    "<QIIIII", content, at + 72 + n * 80 + 40
                )
                if flags & 0x8000_0000:  # instructions and nothing else
                    found.code += content[offset : offset + length]
        if command == 0x32:  # for which system, since which version
            found.system = struct.unpack_from("<I", content, at + 8)[0]
        if command == 0x2:  # the table of symbols
            symbols, count, strings, _length = struct.unpack_from("<4I", content, at + 8)
            for n in range(count):
                name, kind, _section, _description, _value = struct.unpack_from("<IBBHQ", content, symbols + 16 * n)
                if kind & 1 and not kind & 0xE0:  # external, and not for the debugger
                    (found.defined if kind & 0xE else found.undefined).add(_text(content, strings + name))
        at += size
    return found


def _coff(content: bytes) -> ObjectFile:
    machine, sections, _time, symbols, count, optional, _flags = struct.unpack_from("<HHIIIHH", content)
    if optional or symbols + 18 * count + 4 > len(content):
        raise ValueError("this is no object file")
    found, strings = ObjectFile("COFF", machine), symbols + 18 * count
    for n in range(sections):
        length, offset, *_rest, flags = struct.unpack_from("<IIIIHHI", content, 20 + 40 * n + 16)
        if flags & 0x20:  # code
            found.code += content[offset : offset + length]
    n = 0
    while n < count:
        raw, _value, section, _type, storage, more = struct.unpack_from("<8sIhHBB", content, symbols + 18 * n)
        short, far = raw.rstrip(b"\0"), struct.unpack("<4xI", raw)[0]
        name = short.decode() if raw[:4] != bytes(4) else _text(content, strings + far)
        if storage == 105:  # weak: it names another one in this file that is used where nobody else defines it
            found.defined.add(name)
        elif storage == 2:  # external
            (found.defined if section else found.undefined).add(name)
        n += 1 + more
    return found

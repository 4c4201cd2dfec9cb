"""What a test asks of an object file: for which processor it is, its machine code, and which functions it defines.

Reads ELF with 64 bits, little-endian, as the System V ABI defines it, and nothing else. Runs on any processor.
"""

from __future__ import annotations

import struct

HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SECTION = struct.Struct("<IIQQQQIIQQ")
SYMBOL = struct.Struct("<IBBHQQ")

IDENTITY = b"\x7fELF\x02\x01"
"""Magic number, 64 bits, little-endian."""

SYMBOLS = 2
"""Type of the section with the symbols."""

EXECUTABLE = 4
"""Flag of a section with machine code."""

GLOBAL_FUNCTION = 1 << 4 | 2
"""Binding and type of a function that others can call."""


class ObjectFile:
    """An object file that was read whole."""

    def __init__(self, content: bytes):
        identity, _type, self.machine, *_, _at, sections_at, _flags, _, _, _, size, count, _names = HEADER.unpack_from(content)
        if not identity.startswith(IDENTITY):
            raise ValueError("this is not an ELF file with 64 bits, little-endian")
        self._content = content
        self._sections = [SECTION.unpack_from(content, sections_at + n * size) for n in range(count)]

    def _bytes(self, section: tuple[int, ...]) -> bytes:
        offset, size = section[4], section[5]
        return self._content[offset : offset + size]

    def code(self) -> bytes:
        """The machine code of all sections that have some."""
        return b"".join(self._bytes(section) for section in self._sections if section[2] & EXECUTABLE)

    def functions(self) -> set[str]:
        """The names of the functions that it defines for others."""
        found = set()
        for section in self._sections:
            if section[1] == SYMBOLS:
                names = self._bytes(self._sections[section[6]])
                for name, info, _visibility, place, _value, _size in SYMBOL.iter_unpack(self._bytes(section)):
                    if info == GLOBAL_FUNCTION and place:
                        found.add(names[name : names.index(b"\0", name)].decode())
        return found

"""Files written whole or not at all, and their hashes.

Used by every step. A file appears under its name only when its content is complete and on the disk, so a
build that is killed leaves either the old state or the new one.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

BLOCK = 1 << 20


def sha256(path: Path) -> str:
    """SHA-256 of a file's content, as hexadecimal digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def matches(path: Path, size: int, digest: str) -> bool:
    """Whether `path` is a file of this size and SHA-256."""
    return path.is_file() and path.stat().st_size == size and sha256(path) == digest


def describe(path: Path) -> dict[str, Any]:
    """Size and hash of a file, as they stand in a manifest."""
    return {"size": path.stat().st_size, "sha256": sha256(path)}


def write_whole(path: Path, content: bytes) -> None:
    """Writes `path` in one step as far as any reader, or a crash, can see."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with open(partial, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def write_json(path: Path, value: Any) -> None:
    """Writes `value` as readable JSON, whole."""
    write_whole(path, (json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode())


def read_json(path: Path) -> Any:
    """The JSON in `path`, or `None` when it is missing or damaged."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def link(source: Path, target: Path) -> None:
    """`target` becomes the same file as `source`; a copy where the file system cannot link."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def sync(path: Path) -> None:
    """Puts a file that another program wrote onto the disk."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())


def remove(path: Path) -> None:
    """Removes a file or folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)

"""A finished artifact directory: its manifest, whether its files are whole, and the record of when they were.

`build` writes and checks with it. Hashing 129 MB takes a third of a second, so a file whose hash was right once
is believed while its size and time of change stay the same: that is the stamp. The engine keeps the same
record in the same file (`voice/artifacts/verify.rs`). The manifest's schema is described in MANIFEST.md.
"""

import time
from pathlib import Path
from typing import Any

from . import files, framework
from .places import Places
from .recipe import Recipe
from .target import Target

SCHEMA = 1
MANIFEST = "manifest.json"
# A file changed in the same tick of the clock as its stamp was taken could change again unnoticed.
SETTLED_NS = 2_000_000_000


def manifest(recipe: Recipe, folder: Path, suffix: str, runtime: list[str]) -> dict[str, Any]:
    """The manifest of the files in `folder`, libraries' names ending in `suffix` on the system that builds."""
    library = lambda target: {"target": _target(target), **_library(recipe, target, suffix)}
    described = {
        p.relative_to(folder).as_posix(): files.describe(p) for p in sorted(folder.rglob("*")) if p.is_file()
    }
    if recipe.platform and recipe.platform.signs:
        for name in described.keys() & {recipe.library_name(recipe.target, suffix), *runtime, framework.INFO}:
            described[name]["signed"] = True
    model, weights, voices = (recipe.sources[part] for part in ("model", "weights", "voices"))
    return {
        "schema": SCHEMA,
        "interface": recipe.interface,
        "key": recipe.key,
        "model": {
            "name": model["name"],
            "version": model["version"],
            "license": model["license"],
            "weights_sha256": weights["sha256"],
            "packages": [
                {"registry": p.registry, "name": p.name, "version": p.version, "sha256": p.sha256}
                for p in recipe.packages.values()
            ],
        },
        "tvm": {"version": recipe.locked("apache-tvm"), "ffi": recipe.locked("apache-tvm-ffi")},
        **library(recipe.target),
        "alternatives": [library(target) for target in recipe.targets[1:]],
        "sample_rate": model["sample_rate"],
        "runtime": runtime,
        "weights": {"data": "weights.bin", "index": "weights.json"},
        "vocabulary": "vocab.json",
        "style": {"rows": voices["rows"], "width": voices["width"]},
        "voices": {Path(name).stem: name for name in described if name.startswith("voices/")},
        "files": described,
    }


def _target(target: Target) -> dict[str, Any]:
    return {
        "name": target.name,
        "triple": target.triple,
        "cpu": target.cpu,
        "features": list(target.features),
    }


def _library(recipe: Recipe, target: Target, suffix: str) -> dict[str, Any]:
    """The library for a target; or the object file, and how the system's own tools link it."""
    library = recipe.library_name(target, suffix)
    if recipe.platform is None or recipe.linker:
        return {"library": library}
    compiled = recipe.object_name(target)
    return {"library": None, "object": compiled, "link": recipe.platform.link_by_hand(library, compiled)}


def problems(folder: Path, places: Places, key: str, full: bool = False) -> list[str]:
    """What is wrong with the artifact directory, a line each; nothing when it is whole and made from `key`.

    `full` hashes every file; else only those that changed since their hash was last right.
    """
    if not folder.is_dir():
        return ["it is not built yet"]
    written = files.read_json(folder / MANIFEST)
    if not isinstance(written, dict) or not isinstance(written.get("files"), dict):
        return [f"{MANIFEST} is missing or damaged"]
    if written.get("key") != key:
        return ["it was made from other sources"]
    stamps = {} if full else _stamps(folder, places)
    found, good = [], {}
    for name, described in written["files"].items():
        path = folder / name
        try:
            stat = path.stat()
            stamp = [stat.st_size, stat.st_mtime_ns]
            if stat.st_size != described["size"]:
                found.append(f"{name} has {stat.st_size} bytes instead of {described['size']}")
            elif stamps.get(name) != stamp and files.sha256(path) != described["sha256"]:
                found.append(f"{name} is damaged: its SHA-256 differs")
            else:
                good[name] = stamp
        except OSError:
            found.append(f"{name} is missing")
    if not found and good != stamps:
        record(folder, places, good)
    return found


def record(folder: Path, places: Places, good: dict[str, list[int]]) -> None:
    """Writes down which files had the right hash, with size and time of change; not fresh ones."""
    newest = time.time_ns() - SETTLED_NS
    settled = {name: stamp for name, stamp in good.items() if stamp[1] < newest}
    path = places.stamp(folder)
    kept = files.read_json(path)
    content = {"manifest": files.sha256(folder / MANIFEST), "files": settled}
    if kept != content:
        files.write_json(path, content)


def _stamps(folder: Path, places: Places) -> dict[str, list[int]]:
    kept = files.read_json(places.stamp(folder))
    if not isinstance(kept, dict) or kept.get("manifest") != files.sha256(folder / MANIFEST):
        return {}
    stamps = kept.get("files")
    return stamps if isinstance(stamps, dict) else {}

"""The order of the build: environment, downloads, unpack, compile, pack, assemble; then the pointer to the
result.

`command` calls `voice`. It looks first whether there is nothing to do, and that look costs well under a
second. A directory appears under its final name only when it is whole; a damaged one is replaced by a new one
made from the kept steps.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import environment as environments
from . import fetch, files, framework, installed, link, lock, runtime
from .compile import Compiler
from .environment import Environment
from .errors import BuildError
from .libraries import Fetch, Libraries, Link
from .places import Places
from .progress import Progress
from .recipe import Recipe
from .step import OUTPUTS, Steps

ROOM_NEEDED = 2_000_000_000


@dataclass(frozen=True)
class Workshop:
    """What the build works with; the tests put stand-ins here."""

    environment: Callable[[Recipe, Places, Progress], Environment] = environments.ensure
    registries: Callable[[Recipe, Places, Environment], fetch.Fetcher] = fetch.Registries
    compiler: Callable[[Recipe, Places, Environment], Compiler] = Compiler
    link: Link = link.link
    runtime: Fetch = runtime.fetch


def voice(
    recipe: Recipe,
    places: Places,
    progress: Progress,
    *,
    at: Path | None = None,
    full: bool = False,
    workshop: Workshop = Workshop(),
) -> Path:
    """The artifact directory of this recipe, built or mended where needed. `at` overrides its place in the
    cache.
    """
    folder = at or places.voices / recipe.key
    if installed.problems(folder, places, recipe.key, full):
        with lock.hold(places.lock, progress):
            found = installed.problems(folder, places, recipe.key, full)  # another may have built it meanwhile
            if found:
                _refuse_foreign(folder)
                if folder.is_dir() and any(folder.iterdir()):
                    progress.say(f"{folder}: {'; '.join(found)}: mending it")
                _make(recipe, places, progress, folder, workshop)
            _point(recipe, places, at)
    else:
        _point(recipe, places, at)
    if recipe.platform and not recipe.linker:
        progress.say(_not_linked(recipe, folder))
    return folder


def inputs(recipe: Recipe, places: Places, progress: Progress, workshop: Workshop = Workshop()) -> Path:
    """The folder with what was published: `weights.onnx`, `vocab.json` and `voices/`. Fetched where it is not there yet;
    the caller holds the lock, and has emptied the scratch folder.
    """

    def unpack(scratch: Path) -> None:
        registries = workshop.registries(recipe, places, workshop.environment(recipe, places, progress))
        fetch.download(recipe, places, registries, progress)
        with progress.step("Unpacking weights and voices"):
            fetch.unpack(recipe, places, scratch)

    return Steps(places).ensure("inputs", recipe.inputs_key, unpack)


def _make(recipe: Recipe, places: Places, progress: Progress, folder: Path, workshop: Workshop) -> None:
    files.remove(places.scratch)
    places.scratch.mkdir(parents=True)
    _check_means(recipe, places)
    environment = workshop.environment(recipe, places, progress)
    steps = Steps(places)
    compiler = workshop.compiler(recipe, places, environment)
    libraries = Libraries(
        recipe, places, progress, environment, compiler, workshop.link, workshop.runtime, steps
    )

    def pack(scratch: Path) -> None:
        with progress.step("Packing the weights") as report:
            compiler.weights(published / "weights.onnx", scratch, report)

    published = inputs(recipe, places, progress, workshop)
    compiled = [libraries.compiled(target) for target in recipe.targets]
    tvm = libraries.runtime()
    weights = steps.ensure("pack", recipe.pack_key, pack)
    with progress.step("Assembling the voice"):
        _assemble(recipe, places, folder, tvm, [published, *compiled, weights])
    steps.prune({published, *libraries.used, weights, folder})


def _assemble(
    recipe: Recipe, places: Places, folder: Path, tvm: dict[str, Path], steps: list[Path]
) -> None:
    """Links everything into a staging folder beside the final one, and renames that."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for abandoned in [p for p in folder.parent.glob(f".{folder.name}.*") if p.is_dir()]:
        files.remove(abandoned)
    staging = folder.with_name(f".{folder.name}.partial")
    for step in steps:
        for path in sorted(p for p in step.rglob("*") if p.is_file()):
            name = path.relative_to(step).as_posix()
            if name not in (OUTPUTS, "weights.onnx"):
                files.link(path, staging / name)
    for name, path in tvm.items():
        shutil.copyfile(path, staging / name)
        files.sync(staging / name)
    if recipe.platform and recipe.platform.framework:
        framework.write_info(staging, recipe.platform, recipe.sources["model"]["version"])
    manifest = installed.manifest(recipe, staging, environments.LIBRARY_SUFFIX, list(tvm))
    files.write_json(staging / installed.MANIFEST, manifest)
    if folder.exists():
        os.rename(folder, folder.with_name(f".{folder.name}.old"))
    os.rename(staging, folder)
    files.remove(folder.with_name(f".{folder.name}.old"))
    stats = {name: (folder / name).stat() for name in manifest["files"]}
    installed.record(folder, places, {name: [s.st_size, s.st_mtime_ns] for name, s in stats.items()})


def _point(recipe: Recipe, places: Places, at: Path | None) -> None:
    """Makes this voice the one that engines of its interface use by default, unless it lies elsewhere or is for another
    system; and notes that it is in use, so that it is not pruned.
    """
    if at is None:
        os.utime(places.voices / recipe.key)
    if recipe.platform:
        return
    pointer, content = places.pointer(recipe.interface), f"{recipe.key}\n".encode()
    if at is None and not (pointer.is_file() and pointer.read_bytes() == content):
        files.write_whole(pointer, content)


def _not_linked(recipe: Recipe, folder: Path) -> str:
    """What there is to say of a voice that holds an object file instead of a library."""
    return (
        f"{folder}: compiled for {recipe.platform.name} and not linked, since there is no LLD here; engines refuse it.\n"
        f"Install LLD or Rust, which brings it (or name one with {link.LLD_VARIABLE}), and run the command again."
    )


def _refuse_foreign(folder: Path) -> None:
    """The build replaces a whole directory, so it must not be one that holds anything else."""
    ours = {installed.MANIFEST, framework.INFO, "weights.bin", "weights.json", "vocab.json", "voices"}
    if folder.exists() and not (
        folder.is_dir()
        and all(p.name in ours or p.name.startswith(("lib", "kokoro", "tvm_ffi.")) for p in folder.iterdir())
    ):
        raise BuildError(
            f"{folder} holds other things than a voice; it is left alone.",
            "Give another place (UTTER_ARTIFACTS or --artifacts), or empty that one.",
        )


def _check_means(recipe: Recipe, places: Places) -> None:
    """Says at once what would fail only after minutes."""
    if not recipe.model.is_dir():
        raise BuildError(f"The model's source is missing: {recipe.model}.", "Check the checkout out again.")
    if recipe.platform is None and environments.compiler() is None:
        raise BuildError(
            "No C++ compiler to link the voice with.",
            "Run `make setup` (or `apt-get install g++`), then the command again.",
        )
    room = shutil.disk_usage(places.root).free
    if room < ROOM_NEEDED:
        raise BuildError(
            f"{places.root} has room for {room / 1e9:.1f} GB; the build takes up to {ROOM_NEEDED / 1e9:.0f} GB.",
            "Free some, or point UTTER_CACHE at a larger disk.",
        )

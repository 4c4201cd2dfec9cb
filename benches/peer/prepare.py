"""Brings what the peer needs: its Python environment, and the model in both precisions.

`command` calls `ensure` before anything is measured. All of it is the build of the voice's own machinery: the environment is
made from a lock file with hashes, the 8-bit model, the vocabulary and the styles are those that Utter's voice was
built from, and the float model is a kept step, written once into the cache and used again while it is whole.
"""

from dataclasses import dataclass
from pathlib import Path

from builder import build, files, lock, packages, process
from builder.places import Places
from builder.progress import Progress
from builder.recipe import Recipe, key_of
from builder.step import Steps

from .results import F32, INT8

HERE = Path(__file__).resolve().parent
LOCK = HERE / "requirements.lock"
DEQUANTISE = HERE / "dequantise.py"
FLOAT_MODEL = "weights-f32.onnx"


@dataclass(frozen=True)
class Peer:
    """ONNX Runtime, ready to be started: its interpreter, the models by contestant, the vocabulary, the folder of styles."""

    python: Path
    models: dict[str, Path]
    vocabulary: Path
    voices: Path


def ensure(recipe: Recipe, places: Places, progress: Progress) -> Peer:
    """Makes what is missing. A second run finds everything there."""
    with lock.hold(places.lock, progress):
        files.remove(places.scratch)
        places.scratch.mkdir(parents=True)
        environment = packages.find(LOCK, places)
        if not environment:
            packages.make(LOCK, "ONNX Runtime", places, progress)
            environment = packages.find(LOCK, places)
        published = build.inputs(recipe, places, progress)
        quantised = published / "weights.onnx"

        def dequantise(folder: Path) -> None:
            with progress.step("Dequantising the model for ONNX Runtime"):
                process.run(
                    [str(environment.python), "-B", str(DEQUANTISE), str(quantised), str(folder / FLOAT_MODEL)],
                    what="Dequantising the model",
                    log=places.logs / "dequantise.log",
                )

        key = key_of({"inputs": recipe.inputs_key, "lock": files.sha256(LOCK), "by": files.sha256(DEQUANTISE)})
        floats = Steps(places).ensure("dequantise", key, dequantise)
    return Peer(
        environment.python,
        {INT8: quantised, F32: floats / FLOAT_MODEL},
        published / "vocab.json",
        published / "voices",
    )

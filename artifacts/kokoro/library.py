"""The library of kernels: what is in it, and how it is compiled."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, Callable

import tvm

from . import attention, convolution, products, recurrence, rows
from .emit import Definitions, vectors_of

MOST_PROCESSES = 8
"""Each takes half a gigabyte while it compiles."""


def definitions() -> Definitions:
    """Every kernel, the longest to compile first."""
    parts = (products, convolution, recurrence, attention, rows)
    return {name: define for part in parts for name, define in part.kernels().items()}


def compile_object(names: Iterable[str], target: dict[str, Any], vector: int, output: Path) -> None:
    """Compiles these kernels for `target` (TVM's description) with vectors of `vector` floats into one object file.

    A library for another system is made of one such file: each carries TVM's helpers as weak definitions, of which linkers for
    Windows take no two.
    """
    with vectors_of(vector):
        kernels = definitions()
        module = tvm.IRModule({name: kernels[name]() for name in names})
    tvm.compile(module, target=tvm.target.Target(target)).mod.write_to_file(str(output), "o")


def compile_library(output: Path, target: dict[str, Any], vector: int, progress: Callable[[str, float], None]) -> None:
    """Compiles all kernels, as many at a time as there are processors, and links them into the shared library `output` (with
    the system's compiler)."""
    started = time.monotonic()
    names = list(definitions())
    # Started anew rather than forked: TVM has threads by now.
    context = multiprocessing.get_context("spawn")
    workers = min(os.cpu_count() or 1, MOST_PROCESSES)
    with tempfile.TemporaryDirectory(dir=output.parent) as folder:
        objects = {name: Path(folder) / f"{name}.o" for name in names}
        with ProcessPoolExecutor(workers, context, initializer=_end_with_parent) as pool:
            compiling = [pool.submit(compile_object, [name], target, vector, objects[name]) for name in names]
            for done, future in enumerate(as_completed(compiling), 1):
                future.result()
                progress("compiling kernels", 0.95 * done / len(names))
        progress(f"linking (compiled in {time.monotonic() - started:.0f} s)", 0.95)
        subprocess.run(["cc", "-shared", "-o", str(output), *map(str, objects.values())], check=True)
    progress("compiled", 1.0)


def _end_with_parent() -> None:
    """A process whose parent was killed ends, too."""
    parent = multiprocessing.parent_process()
    threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()

"""Builds a voice of the stand-in model for the engine's tests: `python3 stand_in_voice.py CACHE DIRECTORY`.

The build is the real one, so the engine's tests see exactly what it writes: the manifest, the pointer (in
CACHE, with DIRECTORY left out), and the record of checked files.
"""

import os
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from builder.build import voice  # noqa: E402  (the folder is put on the path first)
from builder.places import Places  # noqa: E402
from builder.progress import Progress  # noqa: E402
from builder.recipe import HERE  # noqa: E402

from tests.workbench import InProcessCompiler, Workbench  # noqa: E402


def main() -> None:
    """Builds, and prints the directory."""
    bench = Workbench()
    at = Path(os.path.abspath(sys.argv[2])) if len(sys.argv) > 2 else None
    recipe = bench.recipe(interface=int((HERE / "INTERFACE").read_text()))
    print(
        voice(
            recipe,
            Places(Path(os.path.abspath(sys.argv[1]))),
            Progress(),
            at=at,
            workshop=bench.workshop(compiler=InProcessCompiler),
        )
    )
    bench.close()


if __name__ == "__main__":
    main()

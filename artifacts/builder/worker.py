"""The process that imports TVM: compiles the library, or packs the weights, and tells how far it is.

`compile.Compiler` starts it as `python worker.py MODEL_FOLDER compile|object|pack REQUEST_JSON`. It tells progress
in lines that begin with `@utter`; all else that it prints is for the log. It ends when its parent does: its
standard input is then closed.
"""

import json
import os
import sys
import threading
from pathlib import Path

ALIGNMENT = 64
ITEM_SIZES = {
    "float32": 4,
    "float16": 2,
    "bfloat16": 2,
    "int8": 1,
    "uint8": 1,
    "int16": 2,
    "int32": 4,
    "int64": 8,
}


def main() -> int:
    """Does the one task it was started for; a failure is told in a line, with its traceback in the log."""
    model, task, request = Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.path[0:0] = [str(model.parent), str(Path(__file__).resolve().parent.parent)]
    try:
        if task == "compile":
            _compile(request)
        elif task == "object":
            _compile_object(request)
        else:
            _pack(request)
    except Exception as error:
        _tell({"failed": f"{type(error).__name__}: {error}"})
        raise
    return 0


def _compile(request: dict) -> None:
    import kokoro

    from builder.target import Target

    output = Path(request["output"])
    kokoro.compile_library(output, Target.from_json(request["target"]), _progress)
    if not output.is_file():
        raise RuntimeError(f"compile_library left no {output.name}")


def _compile_object(request: dict) -> None:
    import kokoro

    from builder import object_file
    from builder.platforms import PLATFORMS
    from builder.target import Target

    output = Path(request["output"])
    kernels = kokoro.compile_object(output, Target.from_json(request["target"]))
    object_file.check(output.read_bytes(), PLATFORMS[request["platform"]], kernels)


def _pack(request: dict) -> None:
    import kokoro

    output = Path(request["output"])
    index = kokoro.pack_weights(Path(request["onnx"]), output, _progress)
    check_index(index, output.stat().st_size)
    Path(request["index"]).write_text(json.dumps(index, sort_keys=True) + "\n")


def check_index(index: dict, size: int) -> None:
    """The engine refuses an index that breaks these rules; better to hear of it here."""
    for name, tensor in index.items():
        length = ITEM_SIZES[tensor["dtype"]]
        for extent in tensor["shape"]:
            length *= extent
        if tensor["offset"] % ALIGNMENT or tensor["offset"] + length > size:
            raise ValueError(
                f"tensor {name} is not aligned to {ALIGNMENT} bytes, or reaches past the end of the weights"
            )


def _progress(label: str, fraction: float) -> None:
    _tell({"label": label, "fraction": float(fraction)})


def _tell(what: dict) -> None:
    print("@utter " + json.dumps(what), flush=True)


def _end_with_parent() -> None:
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())

"""Runs a program to its end and tells what it printed and the most memory it ever held.

`contestants` runs every contestant through this, so that memory is taken in the same way of all: by the operating system's
account of the ended process. What a program says on standard error goes to a log, and is shown only when it fails.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from builder.errors import BuildError


def run(command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> tuple[str, float]:
    """Standard output, and the peak of the resident set in MB. A failure is a `BuildError` with the program's last words."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as errors:
        child = subprocess.Popen(
            command,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        ended = False
        try:
            printed = child.stdout.read()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            ended = True
        finally:
            if not ended:
                child.kill()
                child.wait()
            child.stdout.close()
    if child.returncode:
        said = log.read_text(errors="replace").strip().splitlines() or ["it said nothing"]
        raise BuildError(
            f"{Path(command[0]).name} failed ({child.returncode}): {said[0][:300]}", f"Details: {log}"
        )
    unit = 1 if sys.platform == "darwin" else 1024
    return printed.decode(), usage.ru_maxrss * unit / 1e6

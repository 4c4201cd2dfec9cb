"""What the figures were measured on, and how much else ran meanwhile.

`command` puts both into the report: a figure without its machine says little, and one from a busy machine less.
"""

import os
import platform
import time
from pathlib import Path
from typing import Any


def describe() -> dict[str, Any]:
    """Processor, logical processors, memory in GB and system; what cannot be found out is left out."""
    found: dict[str, Any] = {
        "processor": _field(Path("/proc/cpuinfo"), "model name") or platform.processor() or platform.machine(),
        "processors": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    memory = _field(Path("/proc/meminfo"), "MemTotal")
    if memory:
        found["memory_gb"] = round(int(memory.split()[0]) * 1024 / 1e9, 1)
    return found


class Others:
    """How many processors were busy with other programs, on average, since this was made (Linux only)."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._busy, self._ours = _busy(), _ours()

    def average(self) -> float | None:
        """The average until now, in processors."""
        busy = _busy()
        if busy is None or self._busy is None:
            return None
        elapsed = time.monotonic() - self._begun
        return max(0.0, (busy - self._busy - (_ours() - self._ours)) / elapsed)


def _busy() -> float | None:
    """Seconds that all processors together were not idle, as the kernel counts them."""
    try:
        first = Path("/proc/stat").read_text().splitlines()[0].split()
    except (OSError, IndexError):
        return None
    user, nice, system, _idle, _waiting, irq, softirq, stolen = map(int, first[1:9])
    return (user + nice + system + irq + softirq + stolen) / os.sysconf("SC_CLK_TCK")


def _ours() -> float:
    """Seconds of processor time of this process and the children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _field(path: Path, name: str) -> str | None:
    """The value of the first line `name: value`."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return None
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), None)

"""One build at a time in a cache directory; the others wait and are told for whom.

`hold` is used by `command` around everything that changes the cache. The lock is the operating system's, so
it ends with its holder however that ends; the file's content is only for the message.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from .progress import Progress


@contextlib.contextmanager
def hold(path: Path, progress: Progress) -> Iterator[None]:
    """Waits until nobody else builds in this cache, and keeps it so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if not _try(descriptor):
            holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip() or "another process"
            with progress.step(f"Waiting for {holder}, which builds in the same cache"):
                while not _try(descriptor):
                    time.sleep(0.1)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} (since {time.strftime('%H:%M:%S')})\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

"""Runs the tools of the build (pip, npm, the worker) with a log, a heartbeat, and an end with their parent.

Called by `environment`, `fetch` and `compile`. What a tool prints goes to its log; its failure becomes one
`BuildError` that says what to do. It never shows a tool's output to the user.
"""

import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .errors import BuildError
from .progress import Report

_NO_NETWORK = (
    "Temporary failure in name resolution",
    "Name or service not known",
    "Failed to establish a new connection",
    "Network is unreachable",
    "nodename nor servname",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ETIMEDOUT",
    "ConnectTimeoutError",
    "Could not connect",
    "getaddrinfo failed",
    "ProxyError",
    "Connection refused",
)
_DISK_FULL = ("No space left on device", "ENOSPC", "Disk quota exceeded")


def run(
    command: Sequence[str],
    *,
    what: str,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    on_line: Callable[[str], None] | None = None,
) -> None:
    """Runs `command` to its end. Each line it prints is logged and, where asked for, handed to `on_line`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        child = subprocess.Popen(
            command,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise BuildError(
            f"{what} failed: {command[0]} could not be started ({error.strerror}).",
            "Run the command again; remove the cache directory if it happens again.",
        ) from error
    lines: list[str] = []
    try:
        with open(log, "w", encoding="utf-8") as written:
            for line in child.stdout:
                written.write(line)
                lines.append(line)
                if on_line:
                    on_line(line.strip())
        status = child.wait()
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        child.stdin.close()
        child.stdout.close()
    if status:
        raise failure(what, lines, log)


def failure(what: str, lines: Sequence[str], log: Path) -> BuildError:
    """What a tool's last words mean for the person who has to act."""
    said = "".join(lines)
    if any(sign in said for sign in _DISK_FULL):
        return BuildError(
            f"{what} failed: the disk is full.",
            "Free 2 GB (or point UTTER_CACHE at a larger disk) and run the command again; it goes on.",
        )
    if any(sign in said for sign in _NO_NETWORK):
        return BuildError(
            f"{what} failed: no network, or the package registry cannot be reached.",
            "Connect and run the command again; what is already here is kept.",
        )
    if "DO NOT MATCH THE HASHES" in said or "THESE PACKAGES DO NOT MATCH" in said:
        return BuildError(
            f"{what} failed: a package is not the one that was pinned (its SHA-256 differs).",
            f"Check the registry or mirror that pip is set to. Details: {log}",
        )
    last = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
    return BuildError(f"{what} failed: {last[:200]}", f"Details: {log}")


class Growth:
    """Watches a folder grow while a tool writes into it, and reports the share of what is expected."""

    def __init__(self, folder: Path, expected: int | None, report: Report):
        self._folder, self._expected, self._report = folder, expected, report
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Growth":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.5):
            size = 0
            for parent, _, names in os.walk(self._folder):
                for name in names:
                    try:
                        size += os.lstat(os.path.join(parent, name)).st_size
                    except OSError:
                        continue  # gone since it was listed
            self._report(size / self._expected if self._expected else None, f"{size / 1e6:.0f} MB")

"""Where things lie in the user's cache directory.

One `Places` is made by `command` and handed to everyone; nobody else builds a path into the cache. The
engine's `voice/artifacts/cache.rs` knows three of these places too (`voice/`, the pointer, `verified/`): keep
them in step.
"""

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path


def cache_directory() -> Path:
    """`UTTER_CACHE`, or `utter` in the platform's cache directory (XDG, Library/Caches)."""
    chosen = os.environ.get("UTTER_CACHE")
    if chosen:
        return Path(os.path.abspath(chosen))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "utter"
    xdg = os.environ.get("XDG_CACHE_HOME", "")
    return Path(xdg) / "utter" if os.path.isabs(xdg) else Path.home() / ".cache" / "utter"


@dataclass(frozen=True)
class Places:
    """The folders of one cache directory."""

    root: Path

    @property
    def downloads(self) -> Path:
        """Packages as fetched, checked against their pinned hash."""
        return self.root / "downloads"

    @property
    def steps(self) -> Path:
        """What finished steps made, one folder a step and key."""
        return self.root / "steps"

    @property
    def environments(self) -> Path:
        """Python environments, one for each lock file."""
        return self.root / "env"

    @property
    def scratch(self) -> Path:
        """Things half made. Only the holder of the lock writes here, and it begins by emptying it."""
        return self.root / "scratch"

    @property
    def voices(self) -> Path:
        """Finished artifact directories, one for each key."""
        return self.root / "voice"

    @property
    def logs(self) -> Path:
        """What the tools that the build starts had to say, one file a step."""
        return self.root / "logs"

    @property
    def lock(self) -> Path:
        """Held while anything in the cache is changed."""
        return self.root / "build.lock"

    def tvm_ffi(self, version: str) -> Path:
        """`bin/tvm-ffi-config` and `lib/libtvm_ffi`, for building the Rust side: a place that stays while the
        version does.
        """
        return self.root / f"tvm-ffi-{version}"

    def pointer(self, interface: int) -> Path:
        """A file with the key of the voice built last for an engine of this interface."""
        return self.voices / f"current-{interface}"

    def stamp(self, directory: Path) -> Path:
        """The record of which files of `directory` had the right hash, and when."""
        name = hashlib.sha256(os.fsencode(os.path.realpath(directory))).hexdigest()[:32]
        return self.root / "verified" / f"{name}.json"

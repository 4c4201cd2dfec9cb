"""What makes an artifact directory a framework, for the systems on which an app carries code in no other way.

Called by `build` before the manifest is written. A framework for iOS is flat: its library, its `Info.plist`, and whatever else it
holds lie in one folder, so the directory needs no other shape.
"""

import plistlib
from pathlib import Path

from .platforms import Platform

INFO = "Info.plist"
NAME = "kokoro"
"""Of the framework, and of the library in it: the folder is to be called `kokoro.framework`."""


def write_info(folder: Path, platform: Platform, version: str) -> None:
    """Writes the `Info.plist` of a framework for iOS."""
    numbers = ".".join(part for part in version.split(".") if part.isdigit()) or "1"
    info = {
        "CFBundleDevelopmentRegion": "en",
        "CFBundleExecutable": platform.library(NAME),
        "CFBundleIdentifier": f"speech.utter.{NAME}",
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleName": NAME,
        "CFBundlePackageType": "FMWK",
        "CFBundleShortVersionString": numbers,
        "CFBundleSupportedPlatforms": ["iPhoneOS"],
        "CFBundleVersion": numbers,
        "MinimumOSVersion": platform.oldest,
    }
    (folder / INFO).write_bytes(plistlib.dumps(info))

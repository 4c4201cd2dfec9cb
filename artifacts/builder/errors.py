"""What goes wrong in a build, said in a line, and what to do about it in another.

Every module raises `BuildError` for what a person can mend; `command` prints it. Anything else is a bug and
keeps its traceback.
"""

import errno


class BuildError(Exception):
    """A failure with a way out: `str(error)` is what happened, `error.hint` is what to do."""

    def __init__(self, message: str, hint: str):
        super().__init__(message)
        self.hint = hint


def from_os_error(error: OSError) -> BuildError:
    """The operating system's refusal in the words of someone who has to act on it."""
    where = error.filename2 or error.filename or "the cache directory"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return BuildError(
            f"The disk is full: {where} could not be written.",
            "Free 2 GB (or point UTTER_CACHE at a larger disk) and run the command again; it goes on.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return BuildError(
            f"Not allowed to write {where}.",
            "Point UTTER_CACHE at a folder that you may write to, and run the command again.",
        )
    return BuildError(
        f"{error.strerror or error}: {where}.", "Mend that and run the command again; it goes on."
    )

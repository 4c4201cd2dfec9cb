"""Killed before every single change of the file system, the build leaves nothing half-made that is used.

A child process builds with an audit hook that counts what it does to the file system and kills it, with
SIGKILL, before the n-th time; n goes over all of them. After each: what is under a final name is whole, and a
second build succeeds.
"""

import io
import os
import signal
import sys
import unittest
from collections.abc import Callable

from builder import build, installed
from builder.progress import Progress

from .workbench import InProcessCompiler, Workbench

_CHANGES = {"os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.utime"}


class Interruption(unittest.TestCase):
    def test_killed_while_building(self):
        kills = 0
        while self._killed_before(kills, lambda bench: None):
            kills += 1
        # 3 packages, 3 steps, 7 files, a manifest, a stamp and a pointer, and the folders around them: fewer
        # would mean that the hook saw nothing.
        self.assertGreater(kills, 60)

    def test_killed_while_mending(self):
        kills = 0
        while self._killed_before(kills, self._damaged):
            kills += 1
        self.assertGreater(kills, 25)

    def _damaged(self, bench: Workbench) -> None:
        self._build(bench)
        (bench.places.voices / bench.recipe().key / "weights.bin").unlink()

    def _killed_before(self, change: int, prepare: Callable[[Workbench], None]) -> bool:
        """One build killed before its `change`-th change, then one that goes on. False: the first came to its
        end.
        """
        bench = Workbench()
        self.addCleanup(bench.close)
        prepare(bench)
        child = os.fork()
        if child == 0:
            _kill_before(change)
            os._exit(0 if self._build(bench) else 1)
        status = os.waitpid(child, 0)[1]
        recipe = bench.recipe()
        folder = bench.places.voices / recipe.key
        if folder.exists():
            wrong = installed.problems(folder, bench.places, recipe.key, full=True)
            self.assertIn(wrong, ([], ["weights.bin is missing"]), f"killed before change {change}")
        if bench.places.pointer(1).exists():
            self.assertEqual(bench.places.pointer(1).read_text().strip(), recipe.key)
        before = bench.fetched()
        self.assertTrue(self._build(bench))
        self.assertEqual(installed.problems(folder, bench.places, recipe.key, full=True), [])
        # Going on fetches what is missing: at most the one package that was under way is fetched twice.
        self.assertLessEqual(len(bench.fetched()), 3 + 1 if len(before) else 3)
        self.assertEqual([p for p in bench.places.voices.glob("[!.]*") if p.is_dir()], [folder])
        if os.WIFEXITED(status):
            self.assertEqual(os.WEXITSTATUS(status), 0)
            return False
        self.assertEqual(os.WTERMSIG(status), signal.SIGKILL)
        return True

    def _build(self, bench: Workbench) -> bool:
        recipe = bench.recipe()
        made = build.voice(
            recipe, bench.places, Progress(io.StringIO()), workshop=bench.workshop(compiler=InProcessCompiler)
        )
        return made == bench.places.voices / recipe.key


def _kill_before(change: int) -> None:
    seen = 0

    def hook(event: str, arguments: tuple) -> None:
        nonlocal seen
        writing = (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        )
        if event in _CHANGES or writing:
            if seen == change:
                os.kill(os.getpid(), signal.SIGKILL)
            seen += 1

    sys.addaudithook(hook)


if __name__ == "__main__":
    unittest.main()

"""The command as a person meets it: built once, mended when damaged, quick when there is nothing to do, one
at a time.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

from builder import build, command, files, installed, process, target, worker
from builder.errors import BuildError
from builder.places import Places
from builder.progress import Progress

from .workbench import TARGET, VOICES, InProcessCompiler, Workbench

REPOSITORY = Path(__file__).resolve().parent.parent.parent


class VoiceTest(unittest.TestCase):
    """A workbench of its own for each test, and the command with its two outputs caught."""

    def setUp(self):
        self.bench = Workbench()
        self.addCleanup(self.bench.close)
        environment = mock.patch.dict(os.environ, {"UTTER_CACHE": str(self.bench.cache)})
        environment.start()
        self.addCleanup(environment.stop)
        os.environ.pop("UTTER_ARTIFACTS", None)

    def command(
        self, *argv: str, fetch=None, compiler=None, interface: int = 1, recipe=None
    ) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of one call."""
        out, err = io.StringIO(), io.StringIO()
        workshop = self.bench.workshop(fetch, compiler or InProcessCompiler)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = command.main(list(argv), recipe or self.bench.recipe(interface), workshop)
        return code, out.getvalue().strip(), err.getvalue()

    def built(self, *argv: str) -> Path:
        """The directory after a successful call."""
        code, out, err = self.command(*argv)
        self.assertEqual((code, err), (0, ""))
        return Path(out)


class Building(VoiceTest):
    def test_the_directory_holds_what_the_manifest_says(self):
        folder = self.built()
        manifest = json.loads((folder / "manifest.json").read_text())
        there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
        self.assertEqual(there, set(manifest["files"]) | {"manifest.json"})
        named = [
            manifest["library"],
            *(other["library"] for other in manifest["alternatives"]),
            *manifest["runtime"],
            *manifest["weights"].values(),
            manifest["vocabulary"],
            *manifest["voices"].values(),
        ]
        self.assertEqual(set(named), set(manifest["files"]))
        self.assertEqual(sorted(manifest["voices"]), VOICES)
        self.assertEqual(
            manifest["target"],
            {"name": "portable", "triple": TARGET.triple, "cpu": "generic", "features": []},
        )
        self.assertEqual(
            manifest["alternatives"],
            [
                {
                    "target": {"name": "wide", "triple": TARGET.triple, "cpu": "generic", "features": ["avx1024"]},
                    "library": "libkokoro-wide.so",
                }
            ],
        )
        self.assertEqual(json.loads((folder / "vocab.json").read_text()), {"a": 43, "—": 9})

    def test_the_worker_process_makes_the_same_files(self):
        here = self.built()
        files.remove(self.bench.places.steps)  # else the second build would take over what the first compiled
        with mock.patch.dict(os.environ, {"STAND_IN": "chatter"}):
            code, out, err = self.command(
                "--artifacts", str(self.bench.root / "other"), compiler=build.Compiler
            )
        self.assertEqual((code, err), (0, ""))
        for name in ("libkokoro.so", "libkokoro-wide.so", "weights.bin"):
            self.assertEqual((here / name).read_bytes(), (Path(out) / name).read_bytes())

    def test_a_second_build_needs_neither_network_nor_compiler_nor_time(self):
        folder = self.built()
        before = {p: p.stat().st_mtime_ns for p in folder.rglob("*")}
        begun = time.monotonic()
        code, out, err = self.command(fetch=self.bench.offline, compiler=None)
        self.assertEqual((code, out, err), (0, str(folder), ""))
        self.assertLess(time.monotonic() - begun, 1.0)
        self.assertEqual({p: p.stat().st_mtime_ns for p in folder.rglob("*")}, before)

    def test_another_key_shares_the_downloads(self):
        first = self.built()
        code, out, _ = self.command(interface=2, fetch=self.bench.offline)
        self.assertEqual(code, 0)
        self.assertNotEqual(Path(out), first)
        self.assertEqual(self.bench.places.pointer(1).read_text().strip(), first.name)
        self.assertEqual(self.bench.places.pointer(2).read_text().strip(), Path(out).name)

    def test_elsewhere_leaves_the_pointer_alone(self):
        place = self.bench.root / "bundle"
        self.assertEqual(self.built("--artifacts", str(place)), place)
        self.assertFalse(self.bench.places.pointer(1).exists())

    def test_a_folder_of_someone_else_is_left_alone(self):
        place = self.bench.root / "mine"
        place.mkdir()
        (place / "thesis.txt").write_text("years of work")
        code, _, err = self.command("--artifacts", str(place))
        self.assertEqual(code, 1)
        self.assertIn("left alone", err)
        (place / "manifest.json").write_text("{}")  # even beside what looks like a voice
        self.assertEqual(self.command("--artifacts", str(place))[0], 1)
        self.assertTrue((place / "thesis.txt").exists())

    def test_steps_go_on_where_they_were(self):
        class Broken(InProcessCompiler):
            def weights(self, onnx, folder, report):
                (folder / "weights.bin").write_bytes(b"half")
                raise BuildError("the power went out", "wait")

        code, _, err = self.command(compiler=Broken)
        self.assertEqual((code, err), (1, "utter: the power went out\n       wait\n"))
        (compiled,) = self.bench.places.steps.glob("compile-*/libkokoro.so")
        inode = compiled.stat().st_ino
        code, out, _ = self.command(fetch=self.bench.offline)
        self.assertEqual(code, 0)
        self.assertEqual((Path(out) / "libkokoro.so").stat().st_ino, inode, "compiled once")


    def test_the_interpreter_is_printed_without_building(self):
        code, out, err = self.command("python", fetch=self.bench.offline)
        self.assertEqual((code, out, err), (0, str(self.bench.environment.python), ""))
        self.assertFalse(self.bench.places.voices.exists())


class Damage(VoiceTest):
    def assert_mended(self, folder: Path, said: str, *argv: str) -> None:
        code, out, err = self.command(*argv, fetch=self.bench.offline)
        self.assertEqual((code, out), (0, str(folder)))
        self.assertIn(said, err)
        self.assertEqual(installed.problems(folder, self.bench.places, folder.name, full=True), [])

    def test_each_file_missing(self):
        folder = self.built()
        for name in [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]:
            (folder / name).unlink()
            self.assert_mended(folder, f"{name} is missing")

    def test_each_file_cut_short_or_changed_in_place(self):
        folder = self.built()
        for name in [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]:
            content = (folder / name).read_bytes()
            for damaged in (content[:-1], bytes([content[0] ^ 1]) + content[1:]):
                with open(folder / name, "r+b") as file:  # in place: what is linked to it is damaged as well
                    file.write(damaged)
                    file.truncate()
                self.assert_mended(folder, "")

    def test_damage_that_keeps_size_and_time_is_found_by_verify(self):
        folder = self.built()
        path = folder / "weights.bin"
        long_ago = time.time_ns() - 3600 * 10**9
        for file in folder.rglob("*"):
            os.utime(file, ns=(long_ago, long_ago))
        self.assertEqual(self.command()[0], 0)  # hashes what changed its time, and stamps it
        content = path.read_bytes()
        with open(path, "r+b") as file:
            file.write(bytes([content[0] ^ 1]))
        os.utime(path, ns=(long_ago, long_ago))
        self.assertEqual(self.command()[2], "", "believed by its stamp")
        self.assert_mended(folder, "weights.bin is damaged", "--verify")

    def test_a_damaged_download_is_fetched_again(self):
        self.built()
        (self.bench.places.downloads / "model.whl").write_bytes(b"garbage")
        files.remove(self.bench.places.steps)
        files.remove(self.bench.places.voices)
        self.assertEqual(self.command()[0], 0)
        self.assertEqual(self.bench.fetched().count("model.whl"), 2)
        self.assertEqual(self.bench.fetched().count("words.whl"), 1)

    def test_a_package_with_another_hash_is_refused(self):
        def poisoned(package, folder):
            (folder / package.file).write_bytes(b"x" * package.size)

        code, _, err = self.command(fetch=poisoned)
        self.assertEqual(code, 1)
        self.assertIn("SHA-256 differs", err)
        self.assertFalse(
            list(self.bench.places.downloads.glob("*")) if self.bench.places.downloads.exists() else []
        )


class Waiting(VoiceTest):
    def test_two_at_once_build_once(self):
        compiled, both, lock = [], threading.Barrier(2), threading.Lock()

        class Counting(InProcessCompiler):
            def library(self, folder, target, report):
                with lock:
                    compiled.append(target)
                super().library(folder, target, report)

        results = []

        def run():
            both.wait()
            results.append(
                build.voice(
                    self.bench.recipe(),
                    self.bench.places,
                    Progress(io.StringIO()),
                    workshop=self.bench.workshop(compiler=Counting),
                )
            )

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(results), 2)
        self.assertEqual(compiled, list(self.bench.recipe().targets))

    def test_the_lock_ends_with_its_holder(self):
        holder = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "import sys,time; sys.path.insert(0, sys.argv[1])\n"
                "from pathlib import Path; from builder import lock; from builder.progress import Progress\n"
                "with lock.hold(Path(sys.argv[2]), Progress()): print('held', flush=True); time.sleep(600)",
                str(REPOSITORY / "artifacts"),
                str(self.bench.places.lock),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(holder.stdout.close)
        self.assertEqual(holder.stdout.readline(), "held\n")
        self.assertIn(f"process {holder.pid}", self.bench.places.lock.read_text())
        waiter = threading.Thread(target=self.command)
        waiter.start()
        waiter.join(0.3)
        self.assertTrue(waiter.is_alive(), "waits for the holder")
        holder.kill()
        holder.wait()
        waiter.join(30)
        self.assertFalse(waiter.is_alive())


class Failures(VoiceTest):
    def test_a_failing_compiler_names_its_log(self):
        with mock.patch.dict(os.environ, {"STAND_IN": "fail"}):
            code, _, err = self.command(compiler=build.Compiler)
        self.assertEqual(code, 1)
        self.assertIn("kernel 3 does not compile", err)
        self.assertEqual(err.count("\n"), 2)
        self.assertIn("Traceback", (self.bench.places.logs / "compile.log").read_text())

    def test_the_worker_ends_with_its_parent(self):
        request = {"output": str(self.bench.root / "lib.so"), "target": TARGET.as_json()}
        script, model = REPOSITORY / "artifacts" / "builder" / "worker.py", self.bench.recipe().model
        child = subprocess.Popen(
            [sys.executable, "-B", script, model, "compile", json.dumps(request)],
            env={**os.environ, "STAND_IN": "wait"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.kill)
        self.assertIn("kernels", child.stdout.readline())
        child.stdin.close()  # what the operating system does when the parent dies
        self.assertEqual(child.wait(30), 1)

    def test_tools_words_become_advice(self):
        cases = {
            "[Errno -3] Temporary failure in name resolution": "no network",
            "npm error code ENOTFOUND": "no network",
            "OSError: [Errno 28] No space left on device": "disk is full",
        }
        for said, meant in cases.items():
            self.assertIn(meant, str(process.failure("Fetching x", [said], Path("log"))))

    def test_no_compiler_and_no_room_are_said_first(self):
        with mock.patch("builder.environment.compiler", return_value=None):
            code, _, err = self.command(fetch=self.bench.offline)
        self.assertEqual((code, "apt-get install g++" in err), (1, True))
        with mock.patch("builder.build.ROOM_NEEDED", 1 << 60):
            code, _, err = self.command(fetch=self.bench.offline)
        self.assertEqual((code, "has room for" in err), (1, True))

    def test_a_folder_that_may_not_be_written(self):
        with mock.patch.dict(os.environ, {"UTTER_CACHE": "/proc/utter"}):
            code, _, err = self.command()
        self.assertEqual((code, "UTTER_CACHE" in err or "Mend that" in err), (1, True))

    def test_an_index_that_the_engine_would_refuse(self):
        good = {"t": {"dtype": "float32", "shape": [4, 4], "offset": 64}}
        worker.check_index(good, 128)
        for change in ({"offset": 32}, {"offset": 128}, {"shape": [4, 5]}):
            with self.assertRaises(ValueError):
                worker.check_index({"t": good["t"] | change}, 128)


class Record(unittest.TestCase):
    def test_the_record_has_the_name_that_the_engine_looks_for(self):
        # The same value stands in engine/src/voice/artifacts/cache.rs.
        record = Places(Path("/cache")).stamp(Path("/a/voice"))
        self.assertEqual(record, Path("/cache/verified/5f298a5dda21915c677d3abd11077d98.json"))


class Targets(unittest.TestCase):
    @unittest.skipUnless(os.uname().machine == "x86_64", "x86-64's list")
    def test_the_choice(self):
        portable, wide = target.choose(None)
        self.assertEqual((portable.name, portable.cpu, portable.vector), ("x86-64-v3", "x86-64-v3", 8))
        self.assertEqual((wide.name, wide.cpu, wide.vector), ("x86-64-v4", "x86-64-v4", 16))
        self.assertLess(set(portable.features), set(wide.features))
        self.assertEqual(target.choose("x86-64-v3"), (portable,))
        self.assertEqual(target.Target.from_json(json.loads(json.dumps(portable.as_json()))), portable)
        (native,) = target.choose("native")
        self.assertEqual(native.cpu, "x86-64", "a processor's name would allow more than the features listed")
        self.assertEqual(len(native.features), len(native.attributes))
        (unfused,) = target.choose("x86-64-v3-unfused")
        self.assertEqual(set(portable.features) - set(unfused.features), {"fma"})
        self.assertEqual(unfused.attributes, ("-fma",))
        with self.assertRaises(BuildError):
            target.choose("pentium")


if __name__ == "__main__":
    unittest.main()

"""The command behind `make bench`: arguments, the order of things, messages, exit codes.

Exit codes: 0 done, whatever the figures are; 1 a failure with a way out (two lines say which); 2 wrong usage; 130 interrupted.
Where the report lies goes to standard output, all else to standard error.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from builder import files, target
from builder.errors import BuildError, from_os_error
from builder.places import Places, cache_directory
from builder.progress import Progress
from builder.recipe import Recipe

from . import machine, prepare
from .contestants import VOICE, OnnxRuntime, Utter
from .figures import Figures
from .markdown import markdown
from .page import page
from .results import Results
from .rounds import LENGTHS, Plan, measure

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SENTENCES = REPOSITORY / "fixtures" / "corpora" / "bench.txt"


def arguments() -> argparse.ArgumentParser:
    """What the command understands."""
    parser = argparse.ArgumentParser(
        prog="benches/compare",
        description="Has Utter and ONNX Runtime speak the same sentences in turn, with one and with two threads, and writes "
        "report.json, report.md and report.html. Whatever ONNX Runtime needs is brought into the cache first.",
    )
    parser.add_argument("--rounds", type=_count, default=4, metavar="N", help="how often everybody speaks (default: 4)")
    parser.add_argument(
        "--repeat", type=_count, default=1, metavar="N", help="how often a sentence counts in a round (default: 1)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="one round of three sentences, for trying: figures that prove nothing"
    )
    parser.add_argument(
        "--artifacts",
        type=Path,
        default=os.environ.get("UTTER_ARTIFACTS") or None,
        metavar="DIR",
        help="the voice (also: UTTER_ARTIFACTS; default: the one of this checkout in the cache)",
    )
    parser.add_argument("--utter", type=Path, metavar="FILE", help="the program (default: the release build)")
    parser.add_argument("--output", type=Path, metavar="DIR", help="where the report goes (default: target/bench)")
    parser.add_argument("--again", type=Path, metavar="FILE", help="only write the report again from a report.json")
    return parser


def main(argv: Sequence[str]) -> int:
    """Runs the command; the exit code."""
    asked = arguments().parse_args(argv)
    try:
        _run(asked)
    except BuildError as error:
        return _complain(error)
    except OSError as error:
        return _complain(from_os_error(error))
    except KeyboardInterrupt:
        print("utter: interrupted; nothing was reported.", file=sys.stderr)
        return 130
    return 0


def _run(asked: argparse.Namespace) -> None:
    built = None if asked.utter and asked.output else _target_directory()
    output = asked.output or built / "bench"
    if asked.again:
        results = Results.from_json(json.loads(asked.again.read_text()))
    else:
        results = _measure(asked, asked.utter or built / "release" / "utter", output)
    _write(results, output)
    print(output / "report.html")


def _measure(asked: argparse.Namespace, program: Path, output: Path) -> Results:
    progress = Progress()
    recipe, places = Recipe(target.choose(None)), Places(cache_directory())
    artifacts = asked.artifacts or places.voices / recipe.key
    for path, task in ((program, "make build"), (artifacts, "make voice")):
        if not path.exists():
            raise BuildError(f"{path} is not there.", f"Run `{task}` first, or `make bench`, which does.")
    peer = prepare.ensure(recipe, places, progress)
    plan = _plan(asked)
    output.mkdir(parents=True, exist_ok=True)
    artifacts_mb = _read(artifacts) / 1e6
    for model in peer.models.values():
        _read(model)
    with tempfile.TemporaryDirectory(prefix="utter-bench-") as scratch:
        utter, others = Utter(program, artifacts, Path(scratch)), machine.Others()
        version = utter.version()
        with progress.step("Measuring") as report:
            measured = measure(plan, utter, OnnxRuntime(peer, Path(scratch)), output / "turns.jsonl", report)
    return Results(
        machine=machine.describe(),
        versions={"utter": version, "onnxruntime": measured.peer_version},
        settings={
            "rounds": plan.rounds,
            "repeat": plan.repeat,
            "sentences": len(plan.sentences),
            "voice": VOICE,
            "quick": asked.quick,
        },
        artifacts_mb=artifacts_mb,
        dictionary_s=measured.dictionary_s,
        others=others.average(),
        turns=measured.turns,
        growth=measured.growth,
        short=measured.short,
        saying=measured.saying,
    )


def _plan(asked: argparse.Namespace) -> Plan:
    sentences = [line.strip() for line in SENTENCES.read_text().splitlines() if line.strip()]
    if asked.quick:
        return Plan(1, 1, sentences[::4], LENGTHS[:4])
    return Plan(asked.rounds, asked.repeat, sentences)


def _write(results: Results, output: Path) -> None:
    content = {**results.as_json(), "figures": Figures(results).as_json()}
    files.write_json(output / "report.json", content)
    files.write_whole(output / "report.md", markdown(results).encode())
    files.write_whole(output / "report.html", page(results).encode())


def _read(path: Path) -> int:
    """Reads a file, or all files of a folder, so that nobody's first load is from the disk; how many bytes they have."""
    size = 0
    for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
        with open(file, "rb") as content:
            while block := content.read(files.BLOCK):
                size += len(block)
    return size


def _target_directory() -> Path:
    command = ["cargo", "metadata", "--no-deps", "--format-version", "1"]
    try:
        printed = subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise BuildError("cargo does not tell where it builds.", "Run `make build` first; it says more.") from error
    return Path(json.loads(printed)["target_directory"])


def _count(typed: str) -> int:
    if not typed.isdecimal() or not 1 <= int(typed) <= 100:
        raise argparse.ArgumentTypeError("from 1 to 100")
    return int(typed)


def _complain(error: BuildError) -> int:
    print(f"utter: {error}\n       {error.hint}", file=sys.stderr)
    return 1

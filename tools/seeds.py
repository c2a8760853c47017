"""`make seeds`: run lessons with five seeds and write every value to `measured/`."""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from helpers.datasets import SCALES
from tools import tables
from tools.compose import compose
from tools.execute import execute
from tools.files import write_all
from tools.keys import seeds_key
from tools.measured import measured_path
from tools.notebooks import build, notebook_with_outputs
from tools.run import records
from tools.source import ROOT, LessonError, lessons_named, one_sentence, read_lesson

SEEDS = range(5)
RUN = "import sys; from tools.seeds import run_once; run_once(*sys.argv[1:])"


def run_once(stem: str, scale: str, root: str) -> None:
    """Execute a lesson in this process's environment, as `make seeds` does once a seed."""
    notebook = compose(read_lesson(stem, Path(root)), "en", Path(root), quoting=False)
    execute(notebook, {"LESSON_SCALE": scale})


def measure(stem: str, scale: str = "small", root: Path = ROOT) -> dict[str, Any]:
    """Run a lesson once per seed: values of its checks by name, seconds, peak memory.

    Raises:
        LessonError: if a run fails, or the runs do not report the same checks.
    """
    key = seeds_key(read_lesson(stem, root), root)
    entry: dict[str, Any] = {"key": key, "seeds": list(SEEDS)}
    entry |= {"seconds": [], "cpu_seconds": [], "megabytes": []}
    runs: list[dict[str, Any]] = []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            record = Path(folder) / "checks.jsonl"
            own = {"LESSON_SEED": str(seed), "LESSON_STRICT": "0", "LESSON_RECORD": str(record)}
            arguments = [sys.executable, "-c", RUN, stem, scale, str(root)]
            started = time.monotonic()
            child = os.posix_spawn(sys.executable, arguments, os.environ | own)
            _, status, usage = os.wait4(child, 0)  # the child's, and those of its kernel
            if status != 0:
                raise LessonError(f"{stem} failed with seed {seed}")
            entry["seconds"].append(round(time.monotonic() - started, 1))
            entry["cpu_seconds"].append(round(usage.ru_utime + usage.ru_stime, 1))
            entry["megabytes"].append(round(usage.ru_maxrss / 1024))
            rows = records(record)
            runs.append({row["name"]: row["value"] for row in rows})
    if scale != "small":  # at scale small the notebooks have them
        entry["bounds"] = {row["name"]: row["bound"] for row in rows}
    entry["checks"] = _by_name(stem, runs)
    return entry


def _by_name(stem: str, runs: list[dict[str, Any]]) -> dict[str, list[Any]]:
    names = list(runs[0])
    for values in runs:
        if odd := set(names) ^ set(values):
            raise LessonError(f"{stem}: expected the same checks with every seed, got {odd} not so")
    return {name: [values[name] for values in runs] for name in names}


def text_of(entry: dict[str, Any]) -> str:
    """An entry as JSON, one check a line."""
    lines = [
        f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in entry.items()
        if key != "checks"
    ]
    checks = [
        f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(values, ensure_ascii=False)}"
        for name, values in entry["checks"].items()
    ]
    lines.append(' "checks": {\n' + ",\n".join(checks) + "\n }")
    return "{\n" + ",\n".join(lines) + "\n}\n"


@one_sentence
def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lesson", help="mnist_mlp, 06, 06_mnist_mlp or all")
    parser.add_argument("--scale", default="small", help="small, or full on a GPU")
    options = parser.parse_args(arguments)
    if options.scale not in SCALES:
        raise LessonError(f"expected one of {', '.join(SCALES)}, got {options.scale!r}")
    for stem in lessons_named(options.lesson):
        entry = measure(stem, options.scale)
        write_all({measured_path(stem[3:], options.scale): text_of(entry)})
        if notebook_with_outputs(read_lesson(stem)) is not None:
            build(stem)  # ranges and verdicts in its text
    write_all(tables.filled())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

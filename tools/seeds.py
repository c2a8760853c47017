"""`make seeds`: run lessons with five seeds and write the ranges to `data/measured.json`."""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tools import readme
from tools.files import write_all
from tools.run import records
from tools.source import ROOT, LessonError, find, one_sentence, read

SEEDS = range(5)
MEASURED = ROOT / "data" / "measured.json"


def measured(path: Path = MEASURED) -> dict[str, Any]:
    """What has been measured so far, by lesson."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def measure(name: str) -> dict[str, Any]:
    """Run a lesson at scale small once per seed; ranges of its checks, of seconds and memory."""
    runs, seconds, megabytes = [], [], []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            record = Path(folder) / "checks.jsonl"
            own = {"LESSON_SEED": str(seed), "LESSON_STRICT": "0", "LESSON_RECORD": str(record)}
            arguments = [sys.executable, "-m", "tools.run", name, "--scale", "small"]
            started = time.monotonic()
            child = os.posix_spawn(sys.executable, arguments, os.environ | own)
            _, status, usage = os.wait4(child, 0)  # the child's peak, and its kernel's
            if status != 0:
                raise LessonError(f"{name} failed with seed {seed}")
            seconds.append(time.monotonic() - started)
            megabytes.append(usage.ru_maxrss / 1024)
            runs.append(records(record))
    return {
        "code": read(name).code_hash,
        "seconds": _range([round(value, 1) for value in seconds]),
        "megabytes": _range([round(value) for value in megabytes]),
        "checks": [_check_range(rows) for rows in zip(*runs, strict=True)],
    }


def _check_range(rows: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    """One check over all seeds: its range if its values are numbers, else whether it held."""
    entry = {"name": rows[0]["name"], "claim": rows[0]["claim"], "bound": rows[0]["bound"]}
    values = [row["value"] for row in rows]
    if all(isinstance(value, int | float) for value in values):
        entry |= _range(values)
    return entry | {"held": sum(row["holds"] for row in rows)}


def _range(values: list[Any]) -> dict[str, Any]:
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


@one_sentence
def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lesson", help="06, 06_mnist_mlp or all")
    for name in find(parser.parse_args(arguments).lesson):
        entries = measured() | {name: measure(name)}
        text = json.dumps(dict(sorted(entries.items())), indent=1, ensure_ascii=False) + "\n"
        write_all({MEASURED: text})
    readme.write()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""`make run`: execute lessons from top to bottom, show progress and what was measured.

The executed notebook is left under `build/<lang>/`.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat

from helpers.checks import shown
from helpers.datasets import SCALES
from tools.execute import execute
from tools.files import write_all
from tools.source import LANGS, ROOT, LessonError, compose, find, one_sentence, read


def run(name: str, lang: str, scale: str | None, build: Path = ROOT / "build") -> None:
    """Execute one lesson, leave it under `build` and print a table of its checks.

    Raises:
        LessonError: if a cell fails (the notebook up to there is kept), or nothing can be written.
    """
    target = build / lang / f"{name}.ipynb"
    notebook = compose(read(name), lang)
    write_all({target: nbformat.writes(notebook)})  # a read-only folder shows now, not at the end
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        record = Path(os.environ.get("LESSON_RECORD", f"{folder}/checks.jsonl"))
        environment = {"LESSON_STRICT": os.environ.get("LESSON_STRICT", "1")}
        environment |= {"LESSON_RECORD": str(record)} | ({"LESSON_SCALE": scale} if scale else {})
        try:
            execute(notebook, environment)
        finally:
            write_all({target: nbformat.writes(notebook)})
            if record.is_file():
                print(table(records(record)))
    print(f"{name}: {time.monotonic() - started:.0f} s; executed notebook: {target}\n", flush=True)


def records(path: Path) -> list[dict[str, Any]]:
    """What the checks of a run appended to LESSON_RECORD, in order."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def table(rows: list[dict[str, Any]]) -> str:
    """The checks of a run, one line each: mark, claim, measured value."""
    claims = [f"{row['name']} {row['claim']}" for row in rows]
    width = max(map(len, claims), default=0)
    lines = [
        f"{'✓' if row['holds'] else '✗'} {claim:{width}}  {shown(row['value'])}"
        for row, claim in zip(rows, claims, strict=True)
    ]
    return "\n".join(["", f"  {'check':{width}}  measured", *lines])


@one_sentence
def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lesson", help="06, 06_mnist_mlp or all")
    parser.add_argument("--scale", help="small or full; otherwise full on a GPU")
    parser.add_argument("--lang", default="en", help="en or ko")
    options = parser.parse_args(arguments)
    for option, known in ((options.lang, LANGS), (options.scale or "small", SCALES)):
        if option not in known:
            raise LessonError(f"expected one of {', '.join(known)}, got {option!r}")
    for name in find(options.lesson):
        run(name, options.lang, options.scale)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

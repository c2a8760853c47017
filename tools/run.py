"""`make run`: execute lessons from top to bottom, show progress and what was measured.

A claim that does not hold is shown and the run goes on; the exit code is 1 at the end. The executed
notebook is left under `build/<lang>/`.
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
from tools.compose import compose
from tools.execute import execute
from tools.files import write_all
from tools.source import LANGS, ROOT, LessonError, lessons_named, one_sentence, read_lesson


def run(
    stem: str, lang: str, scale: str | None, build: Path = ROOT / "build", root: Path = ROOT
) -> list[str]:
    """Execute one lesson, leave it under `build` and print a table of its checks.

    Returns:
        What went wrong, one sentence each: checks that do not hold, a cell that failed (the
        notebook up to there is kept).

    Raises:
        LessonError: if the lesson cannot be read or nothing can be written.
    """
    target = build / lang / f"{stem}.ipynb"
    notebook = compose(read_lesson(stem, root), lang, root)
    write_all({target: nbformat.writes(notebook)})  # a read-only folder shows now, not at the end
    started, wrong = time.monotonic(), []
    with tempfile.TemporaryDirectory() as folder:
        record = Path(os.environ.get("LESSON_RECORD", f"{folder}/checks.jsonl"))
        environment = {"LESSON_STRICT": "0", "LESSON_RECORD": str(record)}
        try:
            execute(notebook, environment | ({"LESSON_SCALE": scale} if scale else {}))
        except LessonError as error:
            wrong.append(str(error))
        write_all({target: nbformat.writes(notebook)})
        rows = records(record)
    print(table(rows))
    print(f"{stem}: {time.monotonic() - started:.0f} s; executed notebook: {target}\n", flush=True)
    failed = [row["name"] for row in rows if not row["holds"]]
    return wrong + [f"{stem}: ✗ {name}" for name in failed]


def records(path: Path) -> list[dict[str, Any]]:
    """What the checks of a run appended to LESSON_RECORD, in order."""
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def table(rows: list[dict[str, Any]]) -> str:
    """The checks of a run, one line each: mark, claim, measured value."""
    claims = [f"{row['name']} {row['claim']}".strip() for row in rows]
    width = max(map(len, claims), default=0)
    lines = []
    for row, claim in zip(rows, claims, strict=True):
        mark = ("✓" if row["bound"] else "•") if row["holds"] else "✗"
        others = [bound for bound in row["bound"].values() if isinstance(bound, int | float)]
        lines.append(f"{mark} {claim:{width}}  {shown(row['value'], beside=others)}")
    return "\n".join(["", f"  {'check':{width}}  measured", *lines])


@one_sentence
def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lesson", help="mnist_mlp, 06, 06_mnist_mlp or all")
    parser.add_argument("--scale", help="small or full; otherwise full on a GPU")
    parser.add_argument("--lang", default="en", help="en or ko")
    options = parser.parse_args(arguments)
    for option, known in ((options.lang, LANGS), (options.scale or "small", SCALES)):
        if option not in known:
            raise LessonError(f"expected one of {', '.join(known)}, got {option!r}")
    wrong = []
    for stem in lessons_named(options.lesson):
        wrong += run(stem, options.lang, options.scale)
    if wrong:
        raise LessonError("\n".join(wrong))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

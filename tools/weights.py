"""`make weights`: run the lessons that keep a trained network, and put it into `data/`.

A lesson says so on the line of its title cell: `keeps="digit_cnn.weights.h5"`, a file that it saves
by `lesson.file`, and `keeps_accuracy="test accuracy"`, the check that says how good it is.
"""

import argparse
import hashlib
import json
import re
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from tools.compose import compose
from tools.execute import execute
from tools.files import write_all
from tools.keys import seeds_key
from tools.run import records
from tools.source import ROOT, Lesson, LessonError, lessons_named, one_sentence, read_lesson

SEED = 0
LARGEST = 2_000_000  # bytes
KINDS = (".weights.h5", ".npz")  # what loads without a pickle, in older releases of Keras too


def keep(lesson: Lesson, root: Path = ROOT) -> None:
    """Run a lesson at scale small; write its network, where it is from, and its SHA-256.

    Raises:
        LessonError: if the lesson fails, does not save the file or measure its accuracy, or the
            file is over 2 MB; then nothing is changed.
    """
    name = lesson.places[0].keeps
    if not name.endswith(KINDS):
        raise LessonError(
            f"{lesson.stem}: expected to keep a file in {' or '.join(KINDS)}, got {name}"
        )
    content, accuracy = _trained(lesson, root)
    if len(content) > LARGEST:
        raise LessonError(f"{name} has {len(content):,} bytes, expected at most {LARGEST:,}")
    origin = {
        "lesson": lesson.name,
        "key": seeds_key(lesson, root),
        "seed": SEED,
        "keras": version("keras"),
        "accuracy": accuracy,
    }
    data = root / "data"
    line = f"{hashlib.sha256(content).hexdigest()}  {name}"
    texts: dict[Path, str | bytes] = {
        data / name: content,
        origin_path(name, root): json.dumps(origin, indent=1) + "\n",
    }
    for path in (data / "SHA256SUMS", data / "README.md"):
        texts[path] = with_sum(path.read_text(encoding="utf-8"), line)
    write_all(texts)
    print(f"{name}: {len(content):,} bytes, accuracy {accuracy:.4f}")


def origin_path(name: str, root: Path = ROOT) -> Path:
    """The file beside a kept network that says where it is from: `data/digit_cnn.json`."""
    return root / "data" / f"{name.split('.')[0]}.json"


def with_sum(text: str, line: str) -> str:
    """A list of sums with this file's sum in it: replaced, or after the last one."""
    name = line.split(maxsplit=1)[1]
    sums = re.findall(r"^[0-9a-f]{64}  \S+$", text, re.M)
    old = next((known for known in sums if known.endswith(f"  {name}")), None)
    return text.replace(old, line) if old else text.replace(sums[-1], f"{sums[-1]}\n{line}")


def keeping(wanted: str, root: Path = ROOT) -> list[Lesson]:
    """The lessons that keep a network, of those that `all`, a name or a number means.

    Raises:
        LessonError: if there is no such lesson, or none of them keeps a network.
    """
    lessons = [read_lesson(stem, root) for stem in lessons_named(wanted, root)]
    if not (found := [lesson for lesson in lessons if lesson.places[0].keeps]):
        raise LessonError(f"expected a lesson whose title cell has keeps=, got {wanted}")
    return found


def _trained(lesson: Lesson, root: Path) -> tuple[bytes, float]:
    """The file that a run of the lesson leaves in its folder, and the accuracy it measured."""
    name, claim = lesson.places[0].keeps, lesson.places[0].keeps_accuracy
    with tempfile.TemporaryDirectory() as folder:
        record, saved = Path(folder) / "checks.jsonl", Path(folder) / lesson.name / name
        environment = {"LESSON_SCALE": "small", "LESSON_SEED": str(SEED), "LESSON_STRICT": "1"}
        environment |= {"LESSON_RUNS": folder, "LESSON_RECORD": str(record)}
        execute(compose(lesson, "en", root), environment)
        if not saved.is_file():
            raise LessonError(f"{lesson.stem}: expected it to save {name}, and it did not")
        measured = {row["name"]: row["value"] for row in records(record)} if record.exists() else {}
        if claim not in measured:
            raise LessonError(f"{lesson.stem}: expected a check {claim!r} of {name}, found none")
        return saved.read_bytes(), float(measured[claim])


@one_sentence
def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lesson", nargs="?", default="all", help="deep_cnn, 09 or 09_deep_cnn")
    for lesson in keeping(parser.parse_args(arguments).lesson):
        keep(lesson)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

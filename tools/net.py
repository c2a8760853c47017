"""`make net`: run lesson 09 and keep the network that it trains in `data/`, for later lessons."""

import hashlib
import json
import re
import sys
import tempfile
from pathlib import Path

import keras

from tools.execute import execute
from tools.files import write_all
from tools.run import records
from tools.source import ROOT, LessonError, compose, one_sentence, read

LESSON, CLAIM = "09_deep_cnn", "test accuracy of the deep CNN"
NET = "digit_cnn.keras"
LARGEST = 1_000_000  # bytes


def make(data: Path = ROOT / "data") -> None:
    """Train at scale small with seed 0; write the network, where it is from, and its SHA-256.

    Raises:
        LessonError: if the lesson fails or leaves no network, or the network is over 1 MB.
    """
    lesson = read(LESSON)
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "checks.jsonl"
        environment = {"LESSON_SCALE": "small", "LESSON_SEED": "0", "LESSON_STRICT": "1"}
        environment |= {"LESSON_RUNS": folder, "LESSON_RECORD": str(record)}
        execute(compose(lesson, "en"), environment)
        saved = Path(folder) / LESSON / NET
        if not saved.is_file():
            raise LessonError(f"{LESSON} was expected to save {NET}, and did not")
        content = saved.read_bytes()
        measured = {row["name"]: row["value"] for row in records(record)}
    if len(content) > LARGEST:
        raise LessonError(f"{NET} has {len(content):,} bytes, expected at most {LARGEST:,}")
    origin = {
        "lesson": LESSON,
        "code": lesson.code_hash,
        "seed": 0,
        "keras": keras.__version__,
        "test accuracy": measured[CLAIM],
    }
    line = f"{hashlib.sha256(content).hexdigest()}  {NET}"
    texts: dict[Path, str | bytes] = {
        data / NET: content,
        (data / NET).with_suffix(".json"): json.dumps(origin, indent=1) + "\n",
    }
    for path in (data / "SHA256SUMS", data / "README.md"):
        texts[path] = with_sum(path.read_text(encoding="utf-8"), line)
    write_all(texts)
    print(f"{NET}: {len(content):,} bytes, test accuracy {measured[CLAIM]:.4f}")


def with_sum(text: str, line: str) -> str:
    """A list of sums with this file's sum in it: replaced, or after the last one."""
    name = line.split(maxsplit=1)[1]
    sums = re.findall(r"^[0-9a-f]{64}  \S+$", text, re.M)
    old = next((known for known in sums if known.endswith(f"  {name}")), None)
    return text.replace(old, line) if old else text.replace(sums[-1], f"{sums[-1]}\n{line}")


@one_sentence
def main(arguments: list[str]) -> None:
    if arguments:
        raise LessonError(f"expected no arguments, got {' '.join(arguments)}")
    make()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Five paired seeds of a lesson's training with one thing changed: `python -m tools.study`.

Runs the cells of lesson faster_rcnn up to its test data, each time with one of `VARIANTS` in the
place of what it names, on fewer scenes, and takes the AP on validation scenes. The result,
`measured/faster_rcnn_study.json`, is quoted by the lesson and judged by the design's rule. Takes
some 45 minutes on one core; the lesson itself runs none of it.
"""

import ast
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from helpers import __version__
from tools.files import write_all
from tools.measured import measured_path
from tools.source import ROOT, UNSEEN, LessonError, lessons_named, one_sentence, read_lesson

LESSON, NAME = "faster_rcnn", "faster_rcnn_study"
PATH = measured_path(NAME)
SEEDS = range(5)
UNTIL = "tests = digit_scenes("  # the cell that begins so is the first that is not run
SCENES = 300  # of validation
FEWER = {"small=3500": "small=1600"}  # a variant has 600 steps
PYRAMID = """\
    at_16 = layers.Conv2D(64, 3, **he)(layers.MaxPooling2D(2)(coarse))  # 8x8, then back up
    coarse = layers.ReLU()(layers.Conv2D(64, 1)(coarse) + layers.UpSampling2D(2)(at_16))
    fine = fine + layers.UpSampling2D(2)(layers.Conv2D(48, 1)(coarse))
"""
LAST = "    return keras.Model(inputs, [layers.ReLU()(fine), coarse])"
VARIANTS: dict[str, dict[str, str]] = {
    "as it is": {},
    "no copies": {"PROPOSALS = 16": "PROPOSALS = 28", "COPIES = 12": "COPIES = 0"},
    "dense layers only": {"CONVOLUTIONS = (64,)": "CONVOLUTIONS = ()"},
    "boxes not widened": {"AROUND = 0.15": "AROUND = 0.0"},
    "no stride 2": {" + layers.Conv2D(48, 2, strides=2)(at_2)": ""},
    "feature pyramid": {LAST: PYRAMID + LAST},
    "random weights": {
        "import load_scene_classifier": "import scene_classifier as load_scene_classifier",
        "first.trainable = False": "first.trainable = True",
    },
    "up to five digits": {"most=8": "most=5"},
}


def source(root: Path = ROOT) -> str:
    """The lesson's code up to its test data, without what only draws.

    Raises:
        LessonError: if no cell begins with the test data.
    """
    lesson = read_lesson(lessons_named(LESSON, root)[0], root)
    cells: list[str] = []
    for place in lesson.places:
        if place.kind == "code" and not set(place.tags) & {*UNSEEN, "figure", "play"}:
            text = place.text["en"]
            if text.startswith(UNTIL):
                whole = re.sub(r"^(\s*)%.*$", r"\1pass", "\n".join(cells), flags=re.M)
                return whole.replace("[[name]]", LESSON).replace("[[version]]", __version__)
            cells.append(text)
    raise LessonError(f"{lesson.stem}: expected a cell that begins with {UNTIL}, found none")


def changed(text: str, changes: dict[str, str]) -> str:
    """The code with each key replaced by its value.

    Raises:
        LessonError: if a key does not stand in the code just once.
    """
    for old, new in changes.items():
        if text.count(old) != 1:
            raise LessonError(
                f"expected {old!r} once in {LESSON}, found it {text.count(old)} times"
            )
        text = text.replace(old, new)
    return text


def key(root: Path = ROOT) -> str:
    """A hash of what is trained: the code without checks and comments, and the variants."""
    tree = ast.parse(changed(source(root), FEWER))
    tree.body = _trained(tree.body)
    kept = [ast.unparse(tree), repr((VARIANTS, SCENES))]
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()[:16]


def _trained(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Without imports, checks, and values that nothing kept after them uses."""
    kept: list[ast.stmt] = []
    used: set[str] = {"found_in", "x_train", "held"}  # what `run_once` takes
    for node in reversed(statements):
        text = ast.unparse(node)
        names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        made = {each.id for each in getattr(node, "targets", []) if isinstance(each, ast.Name)}
        if text.startswith(("import", "from", "check", "report")) or (made and not made & used):
            continue
        kept, used = [node, *kept], used | names
    return kept


def run_once(variant: str, root: str = str(ROOT)) -> None:
    """Train one variant at the seed in `LESSON_SEED`, and print its AP on validation scenes."""
    space: dict[str, Any] = {}
    exec(compile(changed(source(Path(root)), FEWER | VARIANTS[variant]), LESSON, "exec"), space)
    digits = space["x_train"][-space["held"] :], space["y_train"][-space["held"] :]
    scenes = space["digit_scenes"](digits, SCENES, seed=4)
    truth = space["objects_of"](scenes.boxes, scenes.labels)
    print("AP", space["coco_ap"](space["found_in"](scenes.images), truth, range(10)).ap)


def measure(variant: str, seed: int) -> float:
    """The AP of a variant, trained in a process of its own.

    Raises:
        LessonError: if that process fails.
    """
    code = "import sys; from tools.study import run_once; run_once(sys.argv[1])"
    with tempfile.TemporaryDirectory() as folder:
        own = {"LESSON_SEED": str(seed), "LESSON_RUNS": folder, "MPLBACKEND": "agg"}
        own |= {"LESSON_SCALE": "small", "LESSON_STRICT": "0"}
        command = [sys.executable, "-c", code, variant]
        done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True)
    if done.returncode or not (found := re.findall(r"^AP (\S+)$", done.stdout, re.M)):
        raise LessonError(f"{variant}, seed {seed}: expected an AP, got {done.stderr[-300:]}")
    return float(found[-1])


@one_sentence
def main(arguments: list[str]) -> None:
    entry: dict[str, Any] = {"key": key(), "seeds": list(SEEDS), "checks": {}}
    for variant in VARIANTS:
        entry["checks"][f"AP, {variant}"] = [measure(variant, seed) for seed in SEEDS]
        print(variant, entry["checks"][f"AP, {variant}"], flush=True)
    write_all({PATH: json.dumps(entry, indent=1) + "\n"})


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

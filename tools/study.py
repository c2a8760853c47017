"""Five paired seeds of a lesson's training with one thing changed: `python -m tools.study NAME`.

Runs the cells of a lesson up to its test data, each time with one of the study's variants in the
place of what it names, and takes the AP on validation scenes. The result is
`measured/NAME_study.json`, quoted by the lesson and judged by the design's rule. It takes some 45
minutes on one core for faster_rcnn, and 30 for mask_rcnn; the lessons themselves run none of it.
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
from typing import Any, NamedTuple

from helpers import __version__
from tools.files import write_all
from tools.measured import measured_path
from tools.source import ROOT, UNSEEN, LessonError, lessons_named, one_sentence, read_lesson

SEEDS = range(5)
SCENES = 300  # of validation
UNTIL = "tests = digit_scenes("  # the cell that begins so is the first that is not run
PYRAMID = """\
    at_16 = layers.Conv2D(64, 3, **he)(layers.MaxPooling2D(2)(coarse))  # 8x8, then back up
    coarse = layers.ReLU()(layers.Conv2D(64, 1)(coarse) + layers.UpSampling2D(2)(at_16))
    fine = fine + layers.UpSampling2D(2)(layers.Conv2D(48, 1)(coarse))
"""
LAST = "    return keras.Model(inputs, [layers.ReLU()(fine), coarse])"
OWN = "ops.sum(logits * ops.one_hot(labels, 10)[:, :, None, None], axis=-1)"
OF_BOXES = "ops.mean(ops.binary_crossentropy(wanted, own, from_logits=True), axis=(-1, -2))"
SOFTMAX = """ops.mean(
        keras.losses.sparse_categorical_crossentropy(
            ops.where(wanted > 0, ops.maximum(labels, 0)[..., None, None], 10),
            logits,
            from_logits=True,
        ),
        axis=(-1, -2),
    )"""
Changes = dict[str, str]


class Study(NamedTuple):
    """What is changed in a lesson, one variant at a time, and what is measured of each."""

    lesson: str
    fewer: Changes  # in all variants, so that a training takes less time
    variants: dict[str, Changes]
    ap: str  # an expression in names of the lesson and `scenes`, those of validation
    uses: frozenset[str]  # names of the lesson that are needed for it

    @property
    def name(self) -> str:
        """Of its file in `measured`."""
        return f"{self.lesson}_study"

    @property
    def path(self) -> Path:
        return measured_path(self.name)


FASTER_RCNN = Study(
    "faster_rcnn",
    {"small=3500": "small=1600"},  # a variant has 600 steps
    {
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
    },
    "coco_ap(found_in(scenes.images), objects_of(scenes.boxes, scenes.labels), range(10)).ap",
    frozenset({"found_in", "x_train", "held"}),
)
MASK_RCNN = Study(
    "mask_rcnn",
    {'    "RoIPool": roi_pool,\n    "rounded": align_of_rounded,\n': ""},
    {
        "as it is": {},
        "rounded boxes": {'"RoIAlign": roi_align': '"RoIAlign": align_of_rounded'},
        "masks in rounded boxes": {
            'near(y["boxes"], self.rng)': 'rounded(near(y["boxes"], self.rng))',
            "logits = of_own_class(mask_logits(self, self(scenes), boxes), labels)": (
                "boxes = rounded(boxes)\n"
                "        logits = of_own_class(mask_logits(self, self(scenes), boxes), labels)"
            ),
        },
        "half a place off": {"model.reading(fine, boxes,": "model.reading(fine, boxes + 2,"},
        "one point in a bin": {"boxes, stride=4, size=14)  #": "boxes, 4, 14, samples=1)  #"},
        "softmax": {
            "layers.Conv2D(10, 1)(x))": "layers.Conv2D(11, 1)(x))",
            OWN: OWN.replace("logits *", "(logits[..., :10] - logits[..., 10:]) *"),
            OF_BOXES: SOFTMAX,
        },
        "softmax, any class": {
            "layers.Conv2D(10, 1)(x))": "layers.Conv2D(11, 1)(x))",
            OWN: "ops.logsumexp(logits[..., :10], axis=-1) - logits[..., 10]",
            OF_BOXES: SOFTMAX,
        },
        "one mask": {OWN: OWN.replace("(labels, 10)", "(ops.minimum(labels, 0), 10)")},
    },
    'mask_ap(*found_in(models["RoIAlign"], scenes), scenes)[0][0]',
    frozenset({"found_in", "mask_ap", "models", "x_train", "held"}),
)
STUDIES = {study.lesson: study for study in (FASTER_RCNN, MASK_RCNN)}


def source(study: Study, root: Path = ROOT) -> str:
    """The lesson's code up to its test data, without what only draws.

    Raises:
        LessonError: if no cell begins with the test data.
    """
    lesson = read_lesson(lessons_named(study.lesson, root)[0], root)
    cells: list[str] = []
    for place in lesson.places:
        if place.kind == "code" and not set(place.tags) & {*UNSEEN, "figure", "play"}:
            text = place.text["en"]
            if text.startswith(UNTIL):
                whole = re.sub(r"^(\s*)%.*$", r"\1pass", "\n".join(cells), flags=re.M)
                return whole.replace("[[name]]", study.lesson).replace("[[version]]", __version__)
            cells.append(text)
    raise LessonError(f"{lesson.stem}: expected a cell that begins with {UNTIL}, found none")


def changed(text: str, changes: Changes) -> str:
    """The code with each key replaced by its value.

    Raises:
        LessonError: if a key does not stand in the code just once.
    """
    for old, new in changes.items():
        if text.count(old) != 1:
            raise LessonError(
                f"expected {old!r} once in the lesson, found it {text.count(old)} times"
            )
        text = text.replace(old, new)
    return text


def key(study: Study, root: Path = ROOT) -> str:
    """A hash of what is trained: the code without checks and comments, and the variants."""
    tree = ast.parse(changed(source(study, root), study.fewer))
    tree.body = _trained(tree.body, study.uses)
    kept = [ast.unparse(tree), repr((study.variants, SCENES))]
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()[:16]


def _trained(statements: list[ast.stmt], uses: frozenset[str]) -> list[ast.stmt]:
    """Without imports, checks, and values that nothing kept after them uses."""
    kept: list[ast.stmt] = []
    used = set(uses)
    for node in reversed(statements):
        text = ast.unparse(node)
        names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        made = {each.id for each in getattr(node, "targets", []) if isinstance(each, ast.Name)}
        if text.startswith(("import", "from", "check", "report")) or (made and not made & used):
            continue
        kept, used = [node, *kept], used | names
    return kept


def run_once(lesson: str, variant: str, root: str = str(ROOT)) -> None:
    """Train one variant at the seed in `LESSON_SEED`, and print its AP on validation scenes."""
    study = STUDIES[lesson]
    space: dict[str, Any] = {}
    code = changed(source(study, Path(root)), study.fewer | study.variants[variant])
    exec(compile(code, lesson, "exec"), space)
    digits = space["x_train"][-space["held"] :], space["y_train"][-space["held"] :]
    # masks change nothing else of the scenes
    space["scenes"] = space["digit_scenes"](digits, SCENES, seed=4, masks=True)
    print("AP", eval(study.ap, space))


def measure(lesson: str, variant: str, seed: int) -> float:
    """The AP of a variant, trained in a process of its own.

    Raises:
        LessonError: if that process fails.
    """
    code = "import sys; from tools.study import run_once; run_once(*sys.argv[1:])"
    with tempfile.TemporaryDirectory() as folder:
        own = {"LESSON_SEED": str(seed), "LESSON_RUNS": folder, "MPLBACKEND": "agg"}
        own |= {"LESSON_SCALE": "small", "LESSON_STRICT": "0"}
        command = [sys.executable, "-c", code, lesson, variant]
        done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True)
    if done.returncode or not (found := re.findall(r"^AP (\S+)$", done.stdout, re.M)):
        raise LessonError(f"{variant}, seed {seed}: expected an AP, got {done.stderr[-300:]}")
    return float(found[-1])


@one_sentence
def main(arguments: list[str]) -> None:
    if len(arguments) != 1 or arguments[0] not in STUDIES:
        raise LessonError(f"expected one of {', '.join(STUDIES)}, got {' '.join(arguments)!r}")
    study = STUDIES[arguments[0]]
    entry: dict[str, Any] = {"key": key(study), "seeds": list(SEEDS), "checks": {}}
    for variant in study.variants:
        values = [measure(study.lesson, variant, seed) for seed in SEEDS]
        entry["checks"][f"AP, {variant}"] = values
        print(variant, values, flush=True)
    write_all({study.path: json.dumps(entry, indent=1) + "\n"})


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Kept networks are those of their lessons as they are now; `make weights` replaces them whole."""

import json
from pathlib import Path

import keras
import pytest
from lesson_code import definitions
from small_course import LESSON

from helpers import datasets
from helpers.datasets import load_mnist
from helpers.weights import digit_cnn, load_digit_cnn
from tools import weights
from tools.keys import seeds_key
from tools.measured import measured
from tools.source import ROOT, LessonError, lessons_named, read_lesson

KEEPING = weights.keeping("all")
DEEP_CNN = read_lesson(*lessons_named("deep_cnn"))


def origin(lesson):
    path = weights.origin_path(lesson.places[0].keeps)
    return json.loads(path.read_text(encoding="utf-8"))


def layers_of(model):
    """Each layer's kind and settings, without the numbers that Keras adds to names."""
    return [
        (type(layer).__name__, {k: v for k, v in layer.get_config().items() if k != "name"})
        for layer in model.layers
    ]


@pytest.mark.parametrize("lesson", KEEPING, ids=lambda lesson: lesson.name)
def test_it_was_trained_by_the_lesson_as_it_is(lesson):
    assert origin(lesson)["lesson"] == lesson.name
    assert origin(lesson)["key"] == seeds_key(lesson), f"run `make weights LESSON={lesson.name}`"


@pytest.mark.parametrize("lesson", KEEPING, ids=lambda lesson: lesson.name)
def test_it_is_small_and_listed(lesson):
    name = lesson.places[0].keeps
    assert (ROOT / "data" / name).stat().st_size < weights.LARGEST
    assert len(datasets.embedded_bytes(name)) > 0


def test_deep_cnn_keeps_the_digit_cnn():
    assert [lesson.places[0].keeps for lesson in KEEPING if lesson.name == "deep_cnn"] == [
        "digit_cnn.weights.h5"
    ]


def test_the_digit_cnn_is_the_lessons_network_layer_by_layer():
    lesson = definitions(DEEP_CNN.stem)
    theirs = lesson["deep_cnn"](lesson["PLAN"])
    assert layers_of(digit_cnn()) == layers_of(theirs) == layers_of(load_digit_cnn())
    assert [v.shape for v in digit_cnn().variables] == [v.shape for v in theirs.variables]


def test_the_digit_cnn_is_as_accurate_as_noted_and_as_measured():
    (_, _), (x_test, y_test) = load_mnist()
    answers = load_digit_cnn().predict(x_test[..., None] / 255, batch_size=500, verbose=0)
    accuracy = (answers.argmax(axis=1) == y_test).mean()
    assert accuracy == pytest.approx(origin(DEEP_CNN)["accuracy"], abs=0.0011)  # two digits
    values = (measured("deep_cnn") or {"checks": {}})["checks"].get(
        DEEP_CNN.places[0].keeps_accuracy, [0.98, 0.98]
    )
    assert accuracy >= min(values) - (max(values) - min(values)) - 0.0011


def test_altered_weights_are_refused(monkeypatch, tmp_path):
    name = "digit_cnn.weights.h5"
    (tmp_path / "SHA256SUMS").write_text("0" * 64 + f"  {name}\n")
    (tmp_path / name).write_bytes((ROOT / "data" / name).read_bytes())
    monkeypatch.setattr(datasets, "data_folder", lambda: tmp_path)
    with pytest.raises(ValueError, match=f"{name} is not the one this course came with"):
        load_digit_cnn()


SAVE = """
import json, os
from pathlib import Path
from helpers.checks import check
folder = Path(os.environ["LESSON_RUNS"]) / "tiny"
folder.mkdir()
said = {name: os.environ[f"LESSON_{name}"] for name in ("SCALE", "SEED", "STRICT")}
(folder / "tiny.npz").write_bytes(b"\\r\\n" + json.dumps(said).encode())
check("accuracy", 0.99, at_least=0.5)
"""
KEEPS = LESSON.replace('headline="accuracy"', 'keeps="tiny.npz" keeps_accuracy="accuracy"')


@pytest.fixture
def course(small_course):
    """A course whose tiny lesson saves what it was told by its environment."""
    for name in ("SHA256SUMS", "README.md"):
        (small_course.root / "data" / name).write_text("0" * 64 + "  mnist.npz\n")
    small_course.write(SAVE, text=KEEPS)
    return small_course


def kept(course):
    (lesson,) = weights.keeping("tiny", course.root)
    weights.keep(lesson, course.root)


def test_make_weights_writes_network_origin_and_sums_together(course):
    kept(course)
    data = course.root / "data"
    content = (data / "tiny.npz").read_bytes()
    assert content[:2] == b"\r\n"
    assert json.loads(content) == {"SCALE": "small", "SEED": "0", "STRICT": "1"}
    assert json.loads((data / "tiny.json").read_text()) == {
        "lesson": "tiny",
        "key": seeds_key(read_lesson("98_tiny", course.root), course.root),
        "seed": 0,
        "keras": keras.__version__,
        "accuracy": 0.99,
    }
    sums = (data / "SHA256SUMS").read_text()
    first, second = sums.splitlines()
    assert first.endswith("mnist.npz") and second.endswith("  tiny.npz")
    assert (data / "README.md").read_text() == sums


def test_a_second_make_weights_replaces_the_sum():
    text = f"{'0' * 64}  a.npz\n{'1' * 64}  b.npz\n{'2' * 64}  c.png\n"
    assert weights.with_sum(text, f"{'3' * 64}  b.npz") == text.replace("1" * 64, "3" * 64)


def executed(size, claim):
    """Stands in for `execute`: a lesson that saves so many bytes and makes a claim."""

    def execute(notebook, environment):
        folder = Path(environment["LESSON_RUNS"]) / "tiny"
        folder.mkdir()
        if size:
            (folder / "tiny.npz").write_bytes(bytes(size))
        if claim:
            row = {"name": claim, "value": 0.99}
            Path(environment["LESSON_RECORD"]).write_text(json.dumps(row) + "\n")

    return execute


@pytest.mark.parametrize(
    ("size", "claim", "sentence"),
    [
        (0, "accuracy", "98_tiny: expected it to save tiny.npz, and it did not"),
        (2_000_001, "accuracy", "2,000,001 bytes, expected at most 2,000,000"),
        (9, "loss", "98_tiny: expected a check 'accuracy' of tiny.npz, found none"),
        (9, None, "expected a check 'accuracy'"),
    ],
)
def test_what_cannot_be_kept_changes_nothing(course, monkeypatch, size, claim, sentence):
    monkeypatch.setattr(weights, "execute", executed(size, claim))
    before = {path: path.read_bytes() for path in (course.root / "data").iterdir()}
    with pytest.raises(LessonError, match=sentence):
        kept(course)
    assert {path: path.read_bytes() for path in (course.root / "data").iterdir()} == before


def test_a_keras_file_is_not_kept(course):
    course.write(SAVE, text=KEEPS.replace("tiny.npz", "tiny.keras"))
    with pytest.raises(LessonError, match="a file in .weights.h5 or .npz, got tiny.keras"):
        kept(course)


def test_a_lesson_that_keeps_nothing_is_told_apart(course):
    assert [lesson.name for lesson in weights.keeping("all", course.root)] == ["tiny"]
    course.write(stem="99_other")
    assert [lesson.name for lesson in weights.keeping("all", course.root)] == ["tiny"]
    with pytest.raises(LessonError, match="whose title cell has keeps=, got other"):
        weights.keeping("other", course.root)


def test_all_lessons_are_kept_where_none_is_named(monkeypatch):
    done = []
    monkeypatch.setattr(weights, "keep", lambda lesson: done.append(lesson.name))
    assert weights.main([]) == 0 and done == [lesson.name for lesson in KEEPING]
    assert weights.main(["deep_cnn"]) == 0 and done[len(KEEPING) :] == ["deep_cnn"]

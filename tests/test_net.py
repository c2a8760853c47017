"""The network in `data/` is the one of lesson 09 as it is now, and `make net` replaces it whole."""

import json

import keras
import numpy as np
import pytest
from lesson_code import definitions

from helpers.datasets import load_digit_cnn, load_mnist
from tools import net
from tools.seeds import measured
from tools.source import ROOT, LessonError, read


def origin():
    return json.loads((ROOT / "data" / "digit_cnn.json").read_text())


def layers_of(model):
    """Each layer's kind and settings, without the numbers that Keras adds to names."""
    return [
        (type(layer).__name__, {k: v for k, v in layer.get_config().items() if k != "name"})
        for layer in model.layers
    ]


def test_it_was_trained_by_the_lesson_as_it_is():
    assert origin()["code"] == read(net.LESSON).code_hash, "run `make net`"


def test_it_is_the_lessons_network():
    lesson = definitions(net.LESSON)
    assert layers_of(load_digit_cnn()) == layers_of(lesson["deep_cnn"](lesson["PLAN"]))


def test_it_is_as_accurate_as_noted_and_as_measured():
    (_, _), (x_test, y_test) = load_mnist()
    answers = load_digit_cnn().predict(x_test[..., None] / 255, batch_size=500, verbose=0)
    accuracy = (answers.argmax(axis=1) == y_test).mean()
    assert accuracy == pytest.approx(origin()["test accuracy"], abs=0.0011)  # two digits
    checks = {check["name"]: check for check in measured()[net.LESSON]["checks"]}
    assert accuracy >= checks[net.CLAIM]["bound"]["at_least"]


def test_it_is_small():
    assert (ROOT / "data" / net.NET).stat().st_size < net.LARGEST


@pytest.fixture
def lesson(monkeypatch, tmp_path):
    """A lesson that saves a network of some size, and data without one."""
    data = tmp_path / "data"
    data.mkdir()
    for name in ("SHA256SUMS", "README.md"):
        (data / name).write_text("0" * 64 + "  mnist.npz\n")

    def run(size):
        def execute(notebook, environment):
            folder = tmp_path / environment["LESSON_RUNS"] / net.LESSON
            folder.mkdir()
            if size:
                (folder / net.NET).write_bytes(b"\r\n" + bytes(size - 2))
            row = {"name": net.CLAIM, "value": 0.99}
            (folder.parent / "checks.jsonl").write_text(json.dumps(row) + "\n")

        monkeypatch.setattr(net, "execute", execute)
        net.make(data)
        return data

    return run


def test_make_net_writes_network_origin_and_sums_together(lesson):
    data = lesson(10)
    assert (data / net.NET).read_bytes() == b"\r\n" + bytes(8)
    note = json.loads((data / "digit_cnn.json").read_text())
    assert note["test accuracy"] == 0.99 and note["keras"] == keras.__version__
    for name in ("SHA256SUMS", "README.md"):
        first, second = (data / name).read_text().splitlines()
        assert first.endswith("mnist.npz") and second.endswith(f"  {net.NET}")


def test_a_second_make_net_replaces_the_sum():
    text = f"{'0' * 64}  a.npz\n{'1' * 64}  {net.NET}\n{'2' * 64}  b.png\n"
    assert net.with_sum(text, f"{'3' * 64}  {net.NET}") == text.replace("1" * 64, "3" * 64)


@pytest.mark.parametrize(("size", "sentence"), [(0, "did not"), (1_000_001, "1,000,001 bytes")])
def test_no_network_or_a_large_one_changes_nothing(lesson, tmp_path, size, sentence):
    with pytest.raises(LessonError, match=sentence):
        lesson(size)
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == [
        "README.md",
        "SHA256SUMS",
    ]


def test_an_altered_network_is_refused(monkeypatch, tmp_path):
    from helpers import datasets

    (tmp_path / "SHA256SUMS").write_text("0" * 64 + "  digit_cnn.keras\n")
    (tmp_path / "digit_cnn.keras").write_bytes(np.zeros(9).tobytes())
    monkeypatch.setattr(datasets, "data_folder", lambda: tmp_path)
    with pytest.raises(ValueError, match="not the one this course came with"):
        load_digit_cnn()

"""start, scale, seeds, folders (trainings that resume are in test_helpers_resume.py)."""

import os
import random
import re
import sys
import tempfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest
import tensorflow as tf
from lesson_code import ENVIRONMENT, run_limited

import helpers
from helpers import lesson as module
from helpers.lesson import Lesson, start


@pytest.fixture
def lesson(tmp_path):
    return Lesson("mnist_mlp", "small", 0, tmp_path / "runs")


@pytest.fixture
def read_only_folder():
    """A folder nobody can write to; root gives its rights up for the test."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        if os.geteuid() == 0:
            os.seteuid(65534)
            yield folder
            os.seteuid(0)
        else:
            yield folder
        folder.chmod(0o755)


def test_start_says_one_line_and_seeds_everything(capsys, monkeypatch):
    monkeypatch.setenv("LESSON_SEED", "7")
    lesson = start("mnist_mlp")
    assert capsys.readouterr().out == "mnist_mlp: CPU, scale small, embedded data, seed 7\n"
    assert (lesson.scale, lesson.seed) == ("small", 7)
    first = np.random.rand(), keras.random.normal((3,), seed=None).numpy().tolist()
    start("mnist_mlp")
    assert first == (np.random.rand(), keras.random.normal((3,), seed=None).numpy().tolist())


def test_full_is_the_default_on_a_gpu(monkeypatch, capsys):
    import tensorflow as tf

    monkeypatch.delenv("LESSON_SCALE")
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["GPU:0"])
    assert start("mnist_mlp").scale == "full"
    assert capsys.readouterr().out == "mnist_mlp: GPU, scale full, full data, seed 0\n"


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("LESSON_SCALE", "huge", "expected LESSON_SCALE to be 'small' or 'full', got 'huge'"),
        ("LESSON_SEED", "one", "expected LESSON_SEED to be a whole number from 0 on, got 'one'"),
        ("LESSON_SEED", "-1", "expected LESSON_SEED to be a whole number from 0 on, got '-1'"),
    ],
)
def test_start_refuses_what_it_cannot_use(variable, value, said, monkeypatch):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValueError, match=said):
        start("mnist_mlp")


@pytest.mark.parametrize("name", ["06_mnist_mlp", "Mnist", "mnist-mlp", "../mnist", "[[name]]", ""])
def test_start_refuses_a_wrong_name(name):
    said = f"expected a lesson's name such as 'mnist_mlp', got {name!r}"
    with pytest.raises(ValueError, match=re.escape(said)):
        start(name)


def test_start_makes_figures_legible():
    with plt.rc_context():
        plt.rcdefaults()
        start("mnist_mlp")
        assert plt.rcParams["figure.dpi"] == 80 and plt.rcParams["lines.linewidth"] == 2
        assert not plt.rcParams["axes.spines.top"]


def test_another_seed_is_another_stream(monkeypatch):
    streams = []
    for seed in ("0", "1"):
        monkeypatch.setenv("LESSON_SEED", seed)
        start("mnist_mlp")
        streams.append((random.random(), np.random.rand(), float(tf.random.uniform([]))))
    assert all(one != other for one, other in zip(*streams, strict=True))


LINE = "mnist_mlp: CPU, scale small, embedded data, seed 0"
BACKEND = "Keras was set to run on jax: in this course it runs on tensorflow."
CHANNELS = "Keras was set to channels_first: in this course images are channels_last."
STARTED = """
from helpers.lesson import start
start("mnist_mlp")
import keras
print(keras.config.backend(), keras.config.image_data_format())
"""


@pytest.mark.parametrize(
    ("settings", "environment", "said"),
    [
        ('{"backend": "jax", "image_data_format": "channels_first"}', {}, [BACKEND, CHANNELS]),
        ('{"backend": "tensorflow"}', {"KERAS_BACKEND": "jax"}, [BACKEND]),
    ],
    ids=["keras.json", "KERAS_BACKEND"],
)
def test_keras_runs_on_tensorflow_with_channels_last(settings, environment, said, tmp_path):
    (tmp_path / "keras.json").write_text(settings)
    variables = os.environ | ENVIRONMENT | {"KERAS_HOME": str(tmp_path)}
    variables.pop("KERAS_BACKEND", None)
    command = [sys.executable, "-c", STARTED]
    done = run_limited(command, 180, cwd=tmp_path, env=variables | environment)
    assert done.stdout.splitlines() == [*said, LINE, "tensorflow channels_last"]


@pytest.mark.parametrize(
    ("settings", "variable"),
    [('{"backend": "jax"}', "tensorflow"), ('{"backe', ""), ("[1]", ""), (None, "")],
)
def test_where_nothing_else_was_asked_for_nothing_is_said(
    settings, variable, tmp_path, monkeypatch, capsys
):
    if settings is not None:
        (tmp_path / "keras.json").write_text(settings)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", variable)
    monkeypatch.delitem(sys.modules, "keras")
    module._use_tensorflow()
    assert capsys.readouterr().out == "" and os.environ["KERAS_BACKEND"] == "tensorflow"


def test_a_backend_that_is_imported_already_is_refused(monkeypatch, capsys):
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(RuntimeError, match="got 'jax', and it is imported already: restart the"):
        start("mnist_mlp")
    assert capsys.readouterr().out == ""


def test_start_says_when_notebook_and_course_differ(capsys):
    start("mnist_mlp", notebook_version="0.0.1")
    said = capsys.readouterr().out
    assert "built with version 0.0.1" in said and helpers.__version__ in said


def test_values_and_epochs_follow_the_scale(lesson, monkeypatch):
    assert lesson.at_scale(small=1, full=2) == 1
    assert lesson.epochs(small=5, full=9) == 5
    lesson.scale = "full"
    assert lesson.at_scale(small=1, full=2) == 2
    monkeypatch.setenv("LESSON_EPOCHS", "2")
    assert lesson.epochs(small=5, full=9) == 2
    monkeypatch.setenv("LESSON_EPOCHS", "0")
    with pytest.raises(ValueError, match="LESSON_EPOCHS to be a whole number from 1 on, got '0'"):
        lesson.epochs(small=5, full=9)


def test_without_a_network_the_lesson_goes_on_small(lesson, capsys):
    def loader(scale):
        if scale == "full":
            raise ConnectionError("the full set could not be downloaded")
        return "embedded"

    lesson.scale = "full"
    assert lesson.load(loader) == "embedded" and lesson.scale == "small"
    assert capsys.readouterr().out == (
        "the full set could not be downloaded: "
        "the lesson goes on with the embedded data, at scale small.\n"
    )


def test_a_read_only_folder_gets_one_sentence(read_only_folder):
    lesson = Lesson("mnist_mlp", "small", 0, read_only_folder / "runs")
    with pytest.raises(PermissionError, match="expected a folder that can be written, got .*runs"):
        lesson.file("model.keras")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(PermissionError, match="set LESSON_RUNS"):
        lesson.resume("mlp", model, 5)


def test_trainings_are_kept_on_drive_or_beside_the_notebook(tmp_path, monkeypatch):
    monkeypatch.delenv("LESSON_RUNS")
    monkeypatch.chdir(tmp_path)
    assert start("mnist_mlp").folder == tmp_path / "runs" / "mnist_mlp"
    drive = tmp_path / "MyDrive"
    drive.mkdir()
    monkeypatch.setattr(module, "COLAB_DRIVE", drive)
    assert start("mnist_mlp").folder == drive / "layer-by-layer" / "mnist_mlp"

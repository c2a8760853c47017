"""start, scale, seeds; trainings that resume (the kill itself is in test_resume.py)."""

import os
import tempfile
from pathlib import Path

import keras
import numpy as np
import pytest

import helpers
from helpers import lesson as module
from helpers.lesson import Lesson, start


@pytest.fixture
def lesson(tmp_path):
    return Lesson("06_mnist_mlp", "small", 0, tmp_path / "runs")


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


def small_model(units=3, optimizer="adam"):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(units), keras.layers.Dense(1)])
    model.compile(optimizer, "mse")
    return model


def train(lesson, model, epochs, stop_after=None):
    x = np.linspace(0, 1, 16).reshape(8, 2)

    def stop(epoch, logs):
        if epoch + 1 == stop_after:
            raise KeyboardInterrupt

    callbacks = [
        *lesson.resume("mlp", model, epochs),
        keras.callbacks.LambdaCallback(on_epoch_end=stop),
    ]
    model.fit(x, x[:, :1], epochs=epochs, verbose=0, callbacks=callbacks)


def test_start_says_one_line_and_seeds_everything(capsys, monkeypatch):
    monkeypatch.setenv("LESSON_SEED", "7")
    lesson = start("06_mnist_mlp")
    assert capsys.readouterr().out == "06_mnist_mlp: CPU, scale small, embedded data, seed 7\n"
    assert (lesson.scale, lesson.seed) == ("small", 7)
    first = np.random.rand(), keras.random.normal((3,), seed=None).numpy().tolist()
    start("06_mnist_mlp")
    assert first == (np.random.rand(), keras.random.normal((3,), seed=None).numpy().tolist())


def test_full_is_the_default_on_a_gpu(monkeypatch, capsys):
    import tensorflow as tf

    monkeypatch.delenv("LESSON_SCALE")
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["GPU:0"])
    assert start("06_mnist_mlp").scale == "full"
    assert capsys.readouterr().out == "06_mnist_mlp: GPU, scale full, full data, seed 0\n"


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
        start("06_mnist_mlp")


def test_start_refuses_a_wrong_name():
    with pytest.raises(ValueError, match="expected a lesson's name such as .* got 'mnist'"):
        start("mnist")


def test_start_says_when_notebook_and_course_differ(capsys):
    start("06_mnist_mlp", notebook_version="0.0.1")
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


def test_an_interrupted_training_ends_with_the_same_number_of_epochs(lesson, capsys):
    with pytest.raises(KeyboardInterrupt):
        train(lesson, small_model(), epochs=5, stop_after=2)
    train(lesson, small_model(), epochs=5)
    assert capsys.readouterr().out == "mlp: goes on after epoch 2 of 5.\n"
    assert len(lesson.history("mlp")["loss"]) == 5


def test_running_twice_does_not_mix_two_logs(lesson, capsys):
    for _ in range(2):
        train(lesson, small_model(), epochs=3)
        assert len(lesson.history("mlp")["loss"]) == 3
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("again", "epochs"),
    [
        (lambda: small_model(units=4), 5),
        (lambda: small_model(optimizer="sgd"), 5),
        (small_model, 6),
    ],
    ids=["other layers", "other optimizer", "other epochs"],
)
def test_a_changed_training_starts_afresh_with_a_sentence(lesson, capsys, again, epochs):
    with pytest.raises(KeyboardInterrupt):
        train(lesson, small_model(), epochs=5, stop_after=2)
    train(lesson, again(), epochs=epochs)
    said = capsys.readouterr().out
    assert said == "mlp: the model or its settings changed, so its training starts afresh.\n"
    assert len(lesson.history("mlp")["loss"]) == epochs


def test_another_seed_starts_afresh(lesson, capsys):
    with pytest.raises(KeyboardInterrupt):
        train(lesson, small_model(), epochs=5, stop_after=2)
    lesson.seed = 1
    train(lesson, small_model(), epochs=5)
    assert "starts afresh" in capsys.readouterr().out


def test_a_backup_cut_short_starts_afresh(lesson):
    with pytest.raises(KeyboardInterrupt):
        train(lesson, small_model(), epochs=4, stop_after=2)
    (lesson.folder / "mlp" / "backup" / "training_metadata.json").write_text('{"epo')
    train(lesson, small_model(), epochs=4)
    assert len(lesson.history("mlp")["loss"]) == 4


def test_an_epoch_that_was_logged_but_not_backed_up_counts_once(lesson):
    with pytest.raises(KeyboardInterrupt):
        train(lesson, small_model(), epochs=4, stop_after=2)
    log = lesson.folder / "mlp" / "log.csv"
    log.write_text(log.read_text() + "2,0.5\n")  # epoch 3 logged, then killed before the backup
    train(lesson, small_model(), epochs=4)
    losses = lesson.history("mlp")["loss"]
    assert len(losses) == 4 and losses[2] != 0.5


def test_resume_and_history_refuse_what_they_cannot_use(lesson):
    unbuilt = keras.Sequential([keras.layers.Dense(1)])
    with pytest.raises(ValueError, match="built and compiled"):
        lesson.resume("mlp", unbuilt, 5)
    with pytest.raises(ValueError, match="letters, digits"):
        lesson.resume("../mlp", small_model(), 5)
    with pytest.raises(ValueError, match="got 'never': no such log"):
        lesson.history("never")


def test_a_read_only_folder_gets_one_sentence(read_only_folder):
    lesson = Lesson("06_mnist_mlp", "small", 0, read_only_folder / "runs")
    with pytest.raises(PermissionError, match="expected a folder that can be written, got .*runs"):
        lesson.file("model.keras")
    with pytest.raises(PermissionError, match="set LESSON_RUNS"):
        lesson.resume("mlp", small_model(), 5)


def test_trainings_are_kept_on_drive_or_beside_the_notebook(tmp_path, monkeypatch):
    monkeypatch.delenv("LESSON_RUNS")
    monkeypatch.chdir(tmp_path)
    assert start("06_mnist_mlp").folder == tmp_path / "runs" / "06_mnist_mlp"
    drive = tmp_path / "MyDrive"
    drive.mkdir()
    monkeypatch.setattr(module, "COLAB_DRIVE", drive)
    assert start("06_mnist_mlp").folder == drive / "layer-by-layer" / "06_mnist_mlp"

"""Checkpoints: whole or refused, and never another training's values."""

import json
import linecache
import os
import shutil
import time
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers
from small_trainings import EPOCHS, branching, frozen, small, subclassed, train

from helpers.checkpoint import fingerprint, read_checkpoint
from helpers.lesson import Lesson


@pytest.fixture
def lesson(tmp_path):
    return Lesson("mnist_mlp", "small", 0, tmp_path / "runs" / "mnist_mlp")


@pytest.fixture(scope="module")
def two_epochs(tmp_path_factory):
    """The checkpoint of `small()`, interrupted in its third epoch."""
    lesson = Lesson("mnist_mlp", "small", 0, tmp_path_factory.mktemp("runs"))
    train(lesson, small(), stop="in an epoch")
    return lesson.folder / "mlp.npz"


@pytest.fixture
def interrupted(lesson, two_epochs):
    lesson.folder.mkdir(parents=True)
    shutil.copy(two_epochs, lesson.folder)
    return lesson


CHANGED = "mlp: the model or its settings changed, so its training starts afresh.\n"


@pytest.mark.parametrize(
    "again",
    [
        lambda: small(units=4),
        lambda: small(activation="tanh"),
        lambda: small(optimizer="sgd"),
        lambda: small(optimizer=keras.optimizers.Adam(0.1)),
        lambda: small(loss="mae"),
        lambda: small(metrics=["mae"]),
        frozen,
    ],
    ids=["units", "activation", "optimizer", "rate", "loss", "metrics", "frozen"],
)
def test_a_changed_model_starts_afresh_with_a_sentence(again, interrupted, capsys):
    model = again()
    before = [variable.numpy() for variable in model.variables]
    assert interrupted.resume("mlp", model, EPOCHS)["initial_epoch"] == 0
    assert capsys.readouterr().out == CHANGED
    for old, variable in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(old, variable.numpy())


@pytest.mark.parametrize(
    ("setting", "other"), [("seed", 1), ("scale", "full"), ("name", "cnn"), ("epochs", EPOCHS + 1)]
)
def test_another_setting_starts_afresh_with_a_sentence(setting, other, interrupted, capsys):
    epochs = other if setting == "epochs" else EPOCHS
    setattr(interrupted, setting, other)
    assert interrupted.resume("mlp", small(), epochs)["initial_epoch"] == 0
    assert capsys.readouterr().out == CHANGED


def test_another_training_of_the_lesson_starts_afresh(interrupted, capsys):
    (interrupted.folder / "mlp.npz").rename(interrupted.folder / "other.npz")
    assert interrupted.resume("mlp", small(), EPOCHS)["initial_epoch"] == 0
    assert capsys.readouterr().out == ""
    assert interrupted.resume("other", small(), EPOCHS)["initial_epoch"] == 0
    assert "other: the model or its settings changed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (subclassed, lambda: subclassed(4)),
        (subclassed, lambda: subclassed(activation="tanh")),
        (subclassed, lambda: subclassed(loss="mae")),
        (branching, lambda: branching("first")),
    ],
    ids=["units, subclassed", "activation, subclassed", "loss, subclassed", "connections"],
)
def test_other_kinds_of_models_are_told_apart(one, other):
    assert fingerprint(one()) == fingerprint(one()) != fingerprint(other())


@pytest.mark.parametrize("options", [{"jit_compile": True}, {"steps_per_execution": 2}])
def test_how_a_step_is_executed_is_not_in_the_key(options):
    assert fingerprint(small(**options)) == fingerprint(small())


@pytest.mark.parametrize("source_is_there", [True, False])
def test_a_lambda_is_the_same_in_another_cell(source_is_there, monkeypatch):
    code, models = "lambda a, b: keras.ops.mean((a - b) ** 2)", []
    for cell in ("/tmp/ipykernel_1/1.py", "/tmp/ipykernel_2/2.py"):
        if source_is_there:  # as IPython does it
            monkeypatch.setitem(linecache.cache, cell, (len(code), None, [code], cell))
        models.append(small(loss=eval(compile(code, cell, "eval"), {"keras": keras})))
    assert fingerprint(models[0]) == fingerprint(models[1]) != fingerprint(small())


def test_a_damaged_file_never_passes_for_a_whole_one(two_epochs, tmp_path):
    content, path = two_epochs.read_bytes(), tmp_path / "mlp.npz"
    whole = read_checkpoint(two_epochs)
    for length in range(0, len(content), 97):
        path.write_bytes(content[:length])
        with pytest.raises(ValueError, match="got a damaged .*mlp.npz"):
            read_checkpoint(path)
    refused = 0
    for place in range(0, len(content), 13):
        path.write_bytes(content[:place] + bytes([content[place] ^ 16]) + content[place + 1 :])
        try:
            found = read_checkpoint(path)
        except ValueError:
            refused += 1
        else:  # a date, or another field of the zip that says nothing about its contents
            assert (found.key, found.rows) == (whole.key, whole.rows)
            for left, right in zip(found.values, whole.values, strict=True):
                np.testing.assert_array_equal(left, right)
    assert refused > 0.5 * len(content) / 13


@pytest.mark.parametrize("content", [b"", b"\x80\x04K\x01.", b"not a zip", None])
def test_a_damaged_checkpoint_starts_afresh_and_says_so(content, interrupted, capsys):
    path = interrupted.folder / "mlp.npz"
    path.write_bytes(path.read_bytes()[:-1000] if content is None else content)
    with pytest.raises(ValueError, match="expected a whole checkpoint, got a damaged"):
        interrupted.history("mlp")
    train(interrupted, small())
    said = capsys.readouterr().out
    assert said == "mlp: its checkpoint is damaged, so its training starts afresh.\n"
    assert len(interrupted.history("mlp")["loss"]) == EPOCHS


def test_values_of_another_release_of_keras_are_not_taken(interrupted, capsys):
    path = interrupted.folder / "mlp.npz"
    with np.load(path) as file:
        arrays = dict(file)
    arrays["variables"] -= 1
    np.savez(path, **arrays)
    assert interrupted.resume("mlp", small(), EPOCHS)["initial_epoch"] == 0
    assert capsys.readouterr().out == CHANGED


def test_the_file_is_one_and_needs_no_pickle(interrupted):
    assert [path.name for path in interrupted.folder.iterdir()] == ["mlp.npz"]
    with np.load(interrupted.folder / "mlp.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "biufU" for name in arrays.files)
        assert int(arrays["epoch"]) == 2 and len(json.loads(str(arrays["history"]))) == 2
        assert json.loads(str(arrays["key"]))[0] == "mnist_mlp"


@pytest.mark.parametrize("step", ["savez", "fsync", "replace"])
def test_a_checkpoint_that_cannot_be_written_leaves_the_one_before(step, interrupted, monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    owner = {"savez": np, "fsync": os, "replace": Path}[step]
    before = (interrupted.folder / "mlp.npz").read_bytes()
    monkeypatch.setattr(owner, step, full)
    with pytest.raises(OSError, match="No space left"):
        train(interrupted, small())
    assert [path.name for path in interrupted.folder.iterdir()] == ["mlp.npz"]
    assert (interrupted.folder / "mlp.npz").read_bytes() == before


def test_the_file_is_on_the_disk_before_it_replaces_the_other(interrupted, monkeypatch):
    steps = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda *given: (steps.append("fsync"), fsync(*given)))
    monkeypatch.setattr(Path, "replace", lambda *given: (steps.append("replace"), replace(*given)))
    train(interrupted, small())
    assert steps == ["fsync", "replace"] * 2  # the two epochs that were left


def test_what_a_killed_run_left_aside_is_removed_later(interrupted):
    old, new = (interrupted.folder / f".mlp.{name}.new" for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    interrupted.resume("mlp", small(), EPOCHS)
    assert new.exists() and not old.exists()


def test_resume_and_history_refuse_what_they_cannot_use(lesson):
    unbuilt = keras.Sequential([layers.Dense(1)])
    with pytest.raises(ValueError, match="built and compiled"):
        lesson.resume("mlp", unbuilt, 5)
    with pytest.raises(ValueError, match="letters, digits"):
        lesson.resume("../mlp", small(), 5)
    with pytest.raises(ValueError, match="got 'never': no epoch of it was kept"):
        lesson.history("never")

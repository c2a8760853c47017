"""Trainings that resume are those that were not interrupted (SIGKILL itself: test_resume.py)."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from small_trainings import (
    EPOCHS,
    RATE,
    STEPS,
    Interrupted,
    built,
    half_precision,
    loss_scaled,
    small,
    stopper,
    subclassed,
    train,
    x,
    y,
)

from helpers.lesson import Lesson


@pytest.fixture
def lesson(tmp_path):
    return Lesson("mnist_mlp", "small", 0, tmp_path / "runs" / "mnist_mlp")


MODELS = {
    "dense": small,
    "subclassed": subclassed,
    "dropout and batch norm": lambda: built([layers.BatchNormalization(), layers.Dropout(0.3)]),
    "schedule": lambda: small(optimizer=keras.optimizers.AdamW(RATE)),
    "compiled by XLA": lambda: small(jit_compile=True),
    "bfloat16": half_precision,
    "scaled loss": loss_scaled,
    "mean of weights": lambda: small(optimizer=keras.optimizers.Adam(use_ema=True)),
}


@pytest.mark.parametrize("kind", MODELS)
def test_an_interrupted_training_is_the_one_that_was_not(kind, tmp_path, capsys):
    whole = Lesson("mnist_mlp", "small", 0, tmp_path / "whole")
    keras.utils.set_random_seed(0)
    steps = int(train(whole, MODELS[kind]()).optimizer.iterations)
    cut = Lesson("mnist_mlp", "small", 0, tmp_path / "cut")
    keras.utils.set_random_seed(0)
    train(cut, MODELS[kind](), stop="in an epoch")
    keras.utils.set_random_seed(1)  # other weights: what counts comes from the file
    model = train(cut, MODELS[kind]())
    assert capsys.readouterr().out == f"mlp: goes on after epoch 2 of {EPOCHS}.\n"
    assert int(model.optimizer.iterations) == steps
    assert steps == EPOCHS * STEPS or kind == "scaled loss"  # which leaves steps out at first
    np.testing.assert_allclose(cut.history("mlp")["loss"], whole.history("mlp")["loss"], rtol=1e-5)


@pytest.mark.parametrize(
    ("stop", "kept"), [("before keeping", 2), ("after keeping", 3), ("in an epoch", 2)]
)
def test_an_epoch_is_in_the_history_if_its_weights_are_kept(lesson, stop, kept):
    train(lesson, small(), stop=stop)
    assert len(lesson.history("mlp")["loss"]) == kept
    fit = lesson.resume("mlp", model := small(), EPOCHS)
    assert (fit["epochs"], fit["initial_epoch"]) == (EPOCHS, kept)
    assert int(model.optimizer.iterations) == kept * STEPS


def test_the_same_model_goes_on_in_the_same_kernel(lesson):
    model = small()
    train(lesson, model, stop="in an epoch")
    assert int(model.optimizer.iterations) == 2 * STEPS + 2
    train(lesson, model)
    assert int(model.optimizer.iterations) == EPOCHS * STEPS
    assert len(lesson.history("mlp")["loss"]) == EPOCHS


def test_a_dataset_validation_and_lists_of_numbers_are_kept(lesson):
    score = keras.metrics.F1Score(average=None, threshold=0.5)
    data = tf.data.Dataset.from_tensor_slices((x, np.repeat(y > 1, 3, 1))).batch(4)

    def model():
        model = keras.Sequential([keras.Input((2,)), layers.Dense(3, activation="sigmoid")])
        model.compile("adam", "mse", metrics=[score])
        return model

    options = {"validation_data": data, "validation_freq": 2, "verbose": 0}
    first = model()
    fit = lesson.resume("mlp", first, EPOCHS)
    fit["callbacks"].append(stopper("in an epoch"))
    with pytest.raises(Interrupted):
        first.fit(data, **options, **fit)
    second = model()
    last = second.fit(data, **options, **lesson.resume("mlp", second, EPOCHS)).history
    history = lesson.history("mlp")
    assert {name: len(values) for name, values in history.items()} == {
        "f1_score": 4, "loss": 4, "val_f1_score": 2, "val_loss": 2
    }  # fmt: skip
    assert history["val_loss"][1:] == last["val_loss"]
    np.testing.assert_allclose(history["f1_score"][2:], last["f1_score"])


def test_what_other_callbacks_change_is_kept(lesson):
    def model():
        return small(optimizer=keras.optimizers.SGD(0.01))

    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    drop = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: first.optimizer.learning_rate.assign(0.25)
    )
    first = model()
    fit = lesson.resume("mlp", first, EPOCHS, callbacks=[halve, drop])
    fit["callbacks"].append(stopper("after keeping", epoch=0))
    with pytest.raises(Interrupted):
        first.fit(x, y, verbose=0, **fit)
    lesson.resume("mlp", second := model(), EPOCHS)
    assert float(second.optimizer.learning_rate) == 0.25
    assert lesson.history("mlp")["learning_rate"] == pytest.approx([0.005])


def test_a_finished_training_starts_anew(lesson, capsys):
    for _ in range(2):
        model = train(lesson, small())
        assert int(model.optimizer.iterations) == EPOCHS * STEPS
        assert len(lesson.history("mlp")["loss"]) == EPOCHS
    early = keras.callbacks.EarlyStopping("loss", patience=0, min_delta=1e9)
    model = small()
    model.fit(x, y, verbose=0, **lesson.resume("mlp", model, EPOCHS, callbacks=[early]))
    assert len(lesson.history("mlp")["loss"]) == 2  # stopped early is finished, too
    assert lesson.resume("mlp", small(), EPOCHS)["initial_epoch"] == 0
    assert lesson.resume("mlp", small(4), EPOCHS)["initial_epoch"] == 0
    assert capsys.readouterr().out == ""

"""Small models, and trainings of them that are interrupted, for tests of `lesson.resume`."""

import keras
import numpy as np
import pytest
from keras import layers

EPOCHS, STEPS = 4, 3
x = np.random.RandomState(0).normal(size=(STEPS * 4, 2)).astype("float32")
y = x.sum(axis=1, keepdims=True) ** 2
RATE = keras.optimizers.schedules.CosineDecay(0.1, EPOCHS * STEPS)


class Interrupted(Exception):
    """Raised in the middle of a training, as a kill would end it."""


class Subclassed(keras.Model):
    def __init__(self, units, activation="relu"):
        super().__init__()
        self.hidden = layers.Dense(units, activation=activation)
        self.out = layers.Dense(1)

    def call(self, inputs):
        return self.out(self.hidden(inputs))


def built(hidden, optimizer="adam", loss="mse", **options):
    model = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1)])
    model.compile(optimizer, loss, **options)
    return model


def small(units=3, activation="relu", **options):
    return built([layers.Dense(units, activation=activation)], **options)


def subclassed(units=3, activation="relu", loss="mse"):
    model = Subclassed(units, activation)
    model.compile("adam", loss)
    model(x)
    return model


def half_precision():
    bfloat16 = [layers.Dense(3, activation="relu", dtype="bfloat16")]
    return built(bfloat16, optimizer=keras.optimizers.SGD(0.01, momentum=0.9))


def loss_scaled():
    hidden = layers.Dense(3, activation="relu", dtype="mixed_float16")
    adam = keras.optimizers.Adam(0.01)
    return built([hidden], optimizer=keras.optimizers.LossScaleOptimizer(adam))


def branching(first_and="second"):
    """A sum of the last layer with the first or the second one."""
    inputs = keras.Input((2,))
    first = layers.Dense(2, activation="relu")(inputs)
    second = layers.Dense(2, activation="relu")(first)
    third = layers.Dense(2, activation="relu")(second)
    added = layers.Add()([third, second if first_and == "second" else first])
    model = keras.Model(inputs, layers.Dense(1)(added))
    model.compile("adam", "mse")
    return model


def frozen():
    model = small()
    model.layers[0].trainable = False
    model.compile("adam", "mse")
    return model


def stopper(when, epoch=2):
    """A callback that raises in the course of an epoch, or at its end."""

    def stop(number, logs):
        if counted["epoch"] == epoch and (when != "in an epoch" or number == 1):
            raise Interrupted

    counted = {"epoch": 0}
    begin = {"on_epoch_begin": lambda epoch, logs: counted.update(epoch=epoch)}
    if when == "in an epoch":
        return keras.callbacks.LambdaCallback(on_train_batch_end=stop, **begin)
    return keras.callbacks.LambdaCallback(on_epoch_end=stop, **begin)


def train(lesson, model, stop=None, epochs=EPOCHS, data=(x, y), **options):
    """Fit to the end, or until it is interrupted: before or after the third epoch is kept."""
    fit = lesson.resume("mlp", model, epochs)
    if stop is not None:
        place = len(fit["callbacks"]) if stop == "after keeping" else 0
        fit["callbacks"].insert(place, stopper(stop))
        with pytest.raises(Interrupted):
            model.fit(*data, verbose=0, batch_size=4, shuffle=False, **fit, **options)
    else:
        model.fit(*data, verbose=0, batch_size=4, shuffle=False, **fit, **options)
    return model

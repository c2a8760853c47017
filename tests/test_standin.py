"""The stand-in for Colab cuts each fit, compiles by XLA what is new, and sees what never trains."""

import keras
import numpy as np
import pytest
import standin
import tensorflow as tf
from keras import layers, ops
from standin import as_on_colab, run

X = np.random.RandomState(0).rand(200, 6).astype("float32")
Y = (X.sum(axis=1) > 3).astype("float32")


def tiny(inputs=1, names=("a", "b")):
    """A compiled model with one output, and one input or more."""
    given = [keras.Input((6,), name=name) for name in names[:inputs]]
    x = keras.layers.Concatenate()(given) if inputs > 1 else given[0]
    model = keras.Model(given if inputs > 1 else x, keras.layers.Dense(1)(x), name="tiny")
    model.compile("sgd", "mse")
    return model


class Counted(keras.callbacks.Callback):
    """How many epochs and training steps there were, and how many in validation."""

    def __init__(self):
        super().__init__()
        self.epochs = self.steps = self.validating = 0

    def on_epoch_end(self, epoch, logs=None):
        self.epochs += 1

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1

    def on_test_batch_end(self, batch, logs=None):
        self.validating += 1


def batches(x, y, size):
    return tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x)).batch(size)


CALLS = {  # arguments of fit, and the steps of the whole call and of the cut one
    "array": ((X, Y), {}, 7, 2),
    "options by place": ((X, Y, 50, 3), {}, 4, 2),
    "list": (([X, X], Y), {"batch_size": 10}, 20, 7),
    "dict": (({"a": X, "b": X}, Y), {}, 7, 2),
    "dict of targets": ((X, {"only": Y}), {}, 7, 2),
    "no target": ((X,), {}, 7, 2),
    "sample_weight": ((X, Y), {"sample_weight": np.ones(200)}, 7, 2),
    "part validates": ((X, Y), {"validation_split": 0.25}, 5, 2),
    "others validate": ((X, Y), {"validation_data": (X, Y, np.ones(200))}, 7, 2),
    "dataset": ((batches(X, Y, 25),), {"validation_data": batches(X, Y, 25)}, 8, 2),
    "endless dataset": ((batches(X, Y, 25).repeat(),), {"steps_per_epoch": 5}, 5, 2),
    "several steps at once": ((batches(X, Y, 25),), {}, 8, 2),
}


@pytest.mark.parametrize("case", CALLS)
def test_a_fit_is_cut_and_reports_as_the_whole_one_would(case):
    arguments, options, whole, short = CALLS[case]
    counted, inputs = Counted(), 2 if case in ("list", "dict") else 1
    with as_on_colab() as fits:
        model = tiny(inputs)
        if case == "no target":  # what it adds to the loss is all there is
            model = WithOwnLoss(model)
            model.compile("sgd")
        elif case == "dict of targets":
            answers = keras.layers.Dense(1, name="only")(model.inputs[0])
            model = keras.Model(model.inputs, {"only": answers}, name="tiny")
            model.compile("sgd", {"only": "mse"})
        elif case == "several steps at once":
            model.compile("sgd", "mse", steps_per_execution=4)
        if len(arguments) < 4:
            options = options | {"epochs": 3}
        fitted = model.fit(*arguments, callbacks=[counted], **options)
    assert fits == [{"model": model.name, "xla": True, "learnt": True}]
    assert (counted.epochs, fitted.params["steps"], fitted.params["epochs"]) == (1, whole, 3)
    assert counted.steps == (1 if "at once" in case else short)
    assert int(model.optimizer.iterations) == 3 * whole
    assert fitted.epoch == [0, 1, 2] and {*map(len, fitted.history.values())} == {3}
    assert bool(counted.validating) == ("val_loss" in fitted.history) == ("valid" in str(options))
    assert counted.validating <= 2


class WithOwnLoss(keras.Model):
    def __init__(self, inner):
        super().__init__(name="own_loss")
        self.inner = inner

    def call(self, x):
        return self.inner(x)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return keras.ops.mean(keras.ops.square(y_pred - 1))


class WithOwnStep(WithOwnLoss):
    def train_step(self, data):
        x, _ = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(y_pred=self(x))
        variables = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return {"loss": loss}


@pytest.mark.parametrize("kind", [WithOwnLoss, WithOwnStep])
def test_a_model_with_a_loss_or_step_of_its_own_is_reached(kind):
    with as_on_colab() as fits:
        model = kind(tiny())
        model.compile("sgd")
        model.fit(X, Y)
    assert fits == [{"model": "own_loss", "xla": True, "learnt": True}]


def test_a_training_that_goes_on_has_one_epoch_more():
    counted = Counted()
    with as_on_colab():
        fitted = tiny().fit(X, Y, epochs=5, initial_epoch=3, callbacks=counted)
    assert (counted.epochs, fitted.epoch, len(fitted.history["loss"])) == (1, [3, 4], 2)


def test_predictions_have_as_many_rows_as_asked_for():
    with as_on_colab():
        model = tiny(2)
        assert model.predict({"a": X, "b": X}, verbose=0).shape == (200, 1)
        assert model.predict([X[:3], X[:3]], verbose=0).shape == (3, 1)
        assert model.evaluate([X, X], Y, verbose=0) > 0
        assert model.evaluate([X, X], Y, 50, 0, np.ones(200), return_dict=True)["loss"] > 0
        assert tiny().evaluate(batches(X, Y, 25), verbose=0) > 0


def test_only_a_model_that_xla_compiled_before_is_spared():
    with as_on_colab() as fits:
        for optimizer, loss in (("sgd", "mse"), ("sgd", "mse"), ("adam", "mse"), ("sgd", "mae")):
            model = tiny()
            model.compile(optimizer, loss)
            model.fit(X, Y)
        tiny(2).fit([X, X], Y)
        for _ in range(2):
            model = WithOwnLoss(tiny())
            model.compile("sgd")
            model.fit(X, Y)
    assert [fit["xla"] for fit in fits] == [True, "as before", *[True] * 5]
    assert all(fit["learnt"] for fit in fits)


def test_alike_are_models_of_one_class_that_were_given_the_same():
    """Attributes besides layers, and whether XLA compiled the model's step."""
    given = {
        "first": {"power": 2, "reading": "mean"},
        "the same": {"power": 2, "reading": "mean"},
        "another number": {"power": 3, "reading": "mean"},
        "another word": {"power": 2, "reading": "max"},
        "a function": {"power": 2, "reading": np.max},
        "the same function": {"power": 2, "reading": np.max},
        "words": {"power": 2, "reading": ["mean"]},
        "other words": {"power": 2, "reading": ["max"]},
        "words in a tuple": {"power": 2, "reading": ("mean",)},
        "other words in a tuple": {"power": 2, "reading": ("max",)},
        "the same words in a tuple": {"power": 2, "reading": ("max",)},
        "an array": {"power": np.ones(2), "reading": "mean"},
        "an array again": {"power": np.ones(2), "reading": "mean"},
    }
    with as_on_colab() as fits:
        for attributes in given.values():
            model = WithOwnLoss(tiny())
            model.power, model.reading = attributes["power"], attributes["reading"]
            model(X)  # one that is not built yet is always compiled
            model.compile("sgd")
            model.fit(X, Y)
        other = WithOwnStep(tiny())
        other.power, other.reading = 2, "mean"
        other(X)
        other.compile("sgd")
        other.fit(X, Y)
    names = [*given, "another class"]
    spared = [name for name, fit in zip(names, fits, strict=True) if fit["xla"] == "as before"]
    assert spared == ["the same", "the same function", "the same words in a tuple"]


def test_alike_are_layers_of_keras_whatever_their_numbers():
    """Kinds of layers, and whether XLA compiled the model's step."""
    make = {
        "dense": lambda: layers.Dense(3),
        "wider": lambda: layers.Dense(5),
        "another activation": lambda: layers.Dense(3, activation="relu"),
        "does not learn": lambda: layers.Dense(3, trainable=False),
        "in a model": lambda: keras.Sequential([layers.Dense(4)]),
        "another kind in a model": lambda: keras.Sequential([layers.Softmax()]),
        "an operation": lambda: ops.abs,
        "a layer of its own": lambda: Scaling(2),
        "the same": lambda: Scaling(2),
        "other numbers": lambda: Scaling(3),
        "a layer that does not tell": lambda: Untold(np.ones(6)),
        "nor this one": lambda: Untold(np.ones(6)),
    }
    with as_on_colab() as fits:
        for layer in make.values():
            inputs = keras.Input((6,))
            model = keras.Model(inputs, layers.Dense(1)(layer()(inputs)))
            model.compile("sgd", "mse")
            model.fit(X, Y)
    spared = {name for name, fit in zip(make, fits, strict=True) if fit["xla"] == "as before"}
    assert spared == {"wider", "in a model", "the same"}


class Scaling(keras.layers.Layer):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def call(self, x):
        return self.factor * x


class Untold(Scaling):
    """An array as argument, and no `get_config`."""


def test_a_loaded_and_a_cloned_model_are_compiled_as_they_were(tmp_path, monkeypatch):
    monkeypatch.setattr(standin, "kinds_in", lambda model: {id(model)})
    with as_on_colab() as fits:
        model = tiny()
        model.save(tmp_path / "tiny.keras")
        for other in (keras.models.load_model(tmp_path / "tiny.keras"), model):
            other.fit(X, Y)
        keras.models.clone_model(model).fit(X, Y)
    assert [(fit["xla"], fit["learnt"]) for fit in fits] == [(True, True)] * 3


def test_keras_is_whole_again_afterwards():
    with pytest.raises(ZeroDivisionError), as_on_colab():
        _ = 1 / 0
    assert keras.Model.fit is standin.WHOLE["fit"]
    assert tf.data.Dataset.shuffle is standin.WHOLE_SHUFFLE
    counted = Counted()
    tiny().fit(X, Y, epochs=2, verbose=0, callbacks=[counted])
    assert (counted.epochs, counted.steps) == (2, 14)


class Cropping(keras.layers.Layer):
    """XLA compiles no `crop_and_resize`."""

    def call(self, x):
        pictures = tf.reshape(x, (-1, 2, 3, 1))
        crops = tf.image.crop_and_resize(pictures, [[0.0, 0.0, 1.0, 1.0]], [0], (2, 3))
        return x + tf.reshape(crops, (1, 6))


def test_a_model_that_xla_cannot_compile_fails():
    x = inputs = keras.Input((6,))
    outputs = keras.layers.Dense(1)(Cropping()(x))
    with as_on_colab(), pytest.raises(tf.errors.InvalidArgumentError, match="XLA|compil"):
        model = keras.Model(inputs, outputs)
        model.compile("sgd", "mse")
        model.fit(X, Y)


FROZEN = """
import keras, numpy as np
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)], name="frozen")
model.compile(keras.optimizers.SGD(RATE), "mse")
if REACHED:
    model.fit(np.ones((4, 2)), np.zeros(4))
"""


@pytest.mark.parametrize(
    ("rate", "reached"), [("0.1", True), ("0.0", True), ("float('nan')", True), ("0.1", False)]
)
def test_a_model_that_does_not_learn_or_is_never_reached_is_noticed(rate, reached):
    report = run([f"RATE, REACHED = {rate}, {reached}", FROZEN])
    assert bool(report["never reached"]) is not reached
    if not reached:
        assert report["never reached"] == {"code cell 2, line 6": "model.fit"}
    assert [fit["learnt"] for fit in report["fits"]] == [rate == "0.1"] * reached


def test_a_fit_in_the_check_of_an_exercise_waits_for_a_reader():
    check = "def tried():\n    if (model := build()) is not None:\n        model.fit(X, Y)\n"
    stub = "build = lambda: None\nexercise = lambda function: function()"
    assert run([stub, check + "exercise(tried)"])["never reached"] == {}
    assert run([stub, check + "tried()"])["never reached"] == {"code cell 2, line 3": "model.fit"}

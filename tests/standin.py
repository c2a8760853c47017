"""Run a lesson as Colab with a GPU would.

Scale is the environment's (full). The download is replaced by the embedded digits, which only for a
lesson whose fits stay whole are repeated to 60,000 + 10,000; of scenes there are few. Every model
compiles with `jit_compile=True`, as Keras does by itself on a GPU, but for one made of kinds of
layers, optimizer and loss that XLA compiled before; those of Keras count as alike whatever their
numbers, and models of one class that were given the same, since compiling them again costs more
than all the rest of a lesson. Each `fit` sees few examples for one epoch and returns a History as
long as the whole one; `evaluate` and `predict` see few examples too, and `predict` returns as many
rows as it got. Models with a `train_step` or `compute_loss` of their own go through `fit` like all
others. A loop written by hand with GradientTape cannot be cut here: lessons bound it by
`lesson.epochs`, which LESSON_EPOCHS caps.

The report lists each `fit` (model, compiled by XLA, learnt) and the places in the lesson that call
a `fit` and were never reached.
"""

import ast
import contextlib
import inspect
import json
import math
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from lesson_code import script
from standin_kinds import kinds_in

from helpers import scenes
from helpers.datasets import load_fashion_mnist, load_mnist
from helpers.scenes import digit_scenes

EXAMPLES = 64  # that a cut call sees, given arrays
BATCHES = 2  # given a dataset, whose batches stay whole: their size may be part of the model
SCENES = 60  # that a cut lesson makes at a time; R-CNN looks for proposals in each
SHUFFLED = 256  # a shuffle buffer is filled before the first batch comes
STREAMS = (tf.data.Dataset, keras.utils.PyDataset, types.GeneratorType)

WHOLE = {name: getattr(keras.Model, name) for name in ("compile", "fit", "evaluate", "predict")}
OWNERS = {  # the class that defines a method: Keras asks whether a model's `compile` is that one
    name: next(kind for kind in keras.Model.__mro__ if name in vars(kind)) for name in WHOLE
}
WHOLE_SHUFFLE = tf.data.Dataset.shuffle

fits: list[dict[str, Any]] = []
proven: set[object] = set()  # kinds of layers, optimizers, losses in a step compiled by XLA


def asked(name: str, *arguments: Any, **options: Any) -> dict[str, Any]:
    """All arguments of a method of keras.Model by name, whichever way they were given."""
    call = inspect.signature(WHOLE[name]).bind(None, *arguments, **options)
    call.apply_defaults()
    given = dict(call.arguments)
    more = given.pop("kwargs", {})
    return {key: value for key, value in given.items() if key != "self"} | more


def first(data: Any, count: int) -> Any:
    """The first examples of an array, or of each array in a list, tuple or dict."""
    return None if data is None else keras.tree.map_structure(lambda part: part[:count], data)


def few(data: Any) -> Any:
    """Validation data, cut: a tuple of arrays or a stream of batches."""
    if data is None or isinstance(data, STREAMS):
        return data.take(BATCHES) if isinstance(data, tf.data.Dataset) else data
    return tuple(first(part, EXAMPLES) for part in data)


def examples_in(data: Any) -> int:
    return len(keras.tree.flatten(data)[0])


def steps_of(given: dict[str, Any]) -> int | None:
    """`params["steps"]` that the whole `fit` would report; None where Keras does not know it."""
    if given["steps_per_epoch"] is not None:
        return int(given["steps_per_epoch"])
    if isinstance(given["x"], tf.data.Dataset):
        batches = int(given["x"].cardinality())
        return batches if batches >= 0 else None  # infinite, or unknown
    if isinstance(given["x"], STREAMS):
        return getattr(given["x"], "num_batches", None)
    trained_on = math.floor(examples_in(given["x"]) * (1 - (given["validation_split"] or 0)))
    return math.ceil(trained_on / (given["batch_size"] or 32))


def shortened(given: dict[str, Any]) -> dict[str, Any]:
    """What to change in a call of `fit` so that it sees few examples for one epoch."""
    cut: dict[str, Any] = {
        "epochs": given["initial_epoch"] + 1,
        "validation_data": few(given["validation_data"]),
        "steps_per_epoch": None,
        "validation_steps": given["validation_steps"] and BATCHES,
    }
    if isinstance(given["x"], tf.data.Dataset):
        return cut | {"x": given["x"].take(BATCHES)}
    if isinstance(given["x"], STREAMS):
        return cut | {"steps_per_epoch": BATCHES}
    count = math.ceil(EXAMPLES / (1 - (given["validation_split"] or 0)))
    return cut | {key: first(given[key], count) for key in ("x", "y", "sample_weight")}


class Before(keras.callbacks.Callback):
    """What training starts from, after the model was built and a state restored."""

    weights: list[np.ndarray] | None = None
    updates = 0

    def on_train_begin(self, logs=None):
        self.updates = int(self.model.optimizer.iterations)
        self.weights = [weight.numpy().copy() for weight in self.model.trainable_variables]


def compile_by_xla(self, *arguments, **options):
    WHOLE["compile"](self, **(asked("compile", *arguments, **options) | {"jit_compile": True}))


def watched_fit(self, *arguments, cut=True, **options):
    """`fit`, cut or whole, noting whether the model was compiled by XLA and learnt."""
    given, before = asked("fit", *arguments, **options), Before()
    callbacks = given["callbacks"] or []
    callbacks = [*(callbacks if isinstance(callbacks, list | tuple) else [callbacks]), before]
    changes = (shortened(given) if cut else {}) | {"callbacks": callbacks, "verbose": 0}
    compiled, twin = self.jit_compile, cut and self.built and kinds_in(self) <= proven
    if twin:  # compiling again costs more than the step, and proves nothing new
        self.jit_compile = False
    history = WHOLE["fit"](self, **(given | changes))
    self.jit_compile = compiled
    after = [weight.numpy() for weight in self.trainable_variables]
    moved = before.weights is not None and any(
        not np.array_equal(old, new) for old, new in zip(before.weights, after, strict=True)
    )
    numbers = [history.history.get("loss", [np.nan]), *after]
    finite = all(bool(np.isfinite(each).all()) for each in numbers)
    xla = "as before" if twin else compiled
    fits.append({"model": self.name, "xla": xla, "learnt": moved and finite})
    proven.update(kinds_in(self))
    if cut:
        epochs = range(given["initial_epoch"], given["epochs"])
        history.params |= {"steps": steps_of(given), "epochs": given["epochs"]}
        history.epoch = list(epochs)
        if (steps := history.params["steps"]) is not None:
            self.optimizer.iterations.assign(before.updates + steps * len(epochs))
        for values in history.history.values():
            values += values[-1:] * (len(epochs) - len(values))
    return history


def short_evaluate(self, *arguments, **options):
    given = asked("evaluate", *arguments, **options)
    if isinstance(given["x"], tf.data.Dataset):
        given["x"] = given["x"].take(BATCHES)
    elif given["x"] is not None and not isinstance(given["x"], STREAMS):
        given |= {key: first(given[key], EXAMPLES) for key in ("x", "y", "sample_weight")}
    return WHOLE["evaluate"](self, **given)


def short_predict(self, *arguments, **options):
    """The predictions of the first examples, over and over, as many as asked for."""
    given = asked("predict", *arguments, **options)
    if isinstance(given["x"], STREAMS) or (count := examples_in(given["x"])) <= EXAMPLES:
        return WHOLE["predict"](self, **given)
    given["x"] = first(given["x"], EXAMPLES)
    answers = WHOLE["predict"](self, **given)
    rows = np.arange(count) % EXAMPLES
    return keras.tree.map_structure(lambda answer: answer[rows], answers)


def short_shuffle(self, buffer_size, *arguments, **options):
    return WHOLE_SHUFFLE(self, min(buffer_size, SHUFFLED), *arguments, **options)


@contextlib.contextmanager
def as_on_colab(cut: bool = True) -> Iterator[list[dict[str, Any]]]:
    """Keras patched while it lasts; gives the list that each `fit` is noted in."""
    patched = WHOLE | {"compile": compile_by_xla}
    patched["fit"] = lambda self, *given, **options: watched_fit(self, *given, cut=cut, **options)
    if cut:
        patched |= {"evaluate": short_evaluate, "predict": short_predict}
        tf.data.Dataset.shuffle = short_shuffle
    fits.clear()
    proven.clear()
    try:
        for name, method in patched.items():
            setattr(OWNERS[name], name, method)
        yield fits
    finally:
        for name, method in WHOLE.items():
            setattr(OWNERS[name], name, method)
        tf.data.Dataset.shuffle = WHOLE_SHUFFLE


class Sites(ast.NodeTransformer):
    """Mark each `something.fit(…)` in a lesson, so that those never reached can be named."""

    def __init__(self) -> None:
        self.waiting: dict[str, str] = {}
        self.cell = 0

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "fit":
            site = f"code cell {self.cell}, line {node.lineno}"
            self.waiting[site] = ast.unparse(node.func)
            mark = ast.Call(ast.Name("__reached__", ast.Load()), [ast.Constant(site)], [])
            both = ast.Tuple([mark, node.func.value], ast.Load())
            node.func.value = ast.Subscript(both, ast.Constant(1), ast.Load())
        return node

    def marked(self, source: str, cell: int) -> ast.Module:
        self.cell = cell
        tree = ast.parse(source)
        if any(ast.unparse(node).startswith("exercise(") for node in tree.body):
            return tree  # a reader's model: test_exercises trains the solution's
        return ast.fix_missing_locations(self.visit(tree))


def run(cells: list[str], cut: bool = True) -> dict[str, Any]:
    """Execute a lesson's code cells; what became of each `fit` in them."""
    sites = Sites()
    trees = [sites.marked(cell, number) for number, cell in enumerate(cells, start=1)]
    namespace: dict[str, Any] = {
        "__name__": "__main__",
        "__reached__": lambda site: sites.waiting.pop(site, None),
    }
    total = len(sites.waiting)
    with as_on_colab(cut) as seen:
        for number, tree in enumerate(trees, start=1):
            exec(compile(tree, f"code cell {number}", "exec"), namespace)
        return {"sites": total, "fits": list(seen), "never reached": sites.waiting}


def repeated(load):
    """What a loader gives at scale small, repeated until it is as many as the full set."""
    (x_train, y_train), (x_test, y_test) = load("small")
    times = {"train": (60_000, x_train, y_train), "test": (10_000, x_test, y_test)}
    train, test = ((np.resize(x, (n, 28, 28)), np.resize(y, n)) for n, x, y in times.values())
    return train, test


def reviews(num_words):
    """Made-up reviews, 200 + 200 of 5 to 299 word numbers, shaped as keras.datasets.imdb's."""
    rng = np.random.RandomState(0)
    texts = [rng.randint(1, num_words, rng.randint(5, 300)).tolist() for _ in range(400)]
    x, y = np.array(texts, dtype=object), rng.randint(2, size=400)
    return (x[:200], y[:200]), (x[200:], y[200:])


def few_scenes(digits, count, *arguments, **options):
    return digit_scenes(digits, min(count, SCENES), *arguments, **options)


def main(stem: str, report: Path, cut: bool) -> None:
    many = (lambda load: load("small")) if cut else repeated
    keras.datasets.mnist.load_data = lambda: many(load_mnist)
    keras.datasets.fashion_mnist.load_data = lambda: many(load_fashion_mnist)
    keras.datasets.imdb.load_data = reviews
    if cut:
        scenes.digit_scenes = few_scenes
    report.write_text(json.dumps(run(script(stem), cut)))

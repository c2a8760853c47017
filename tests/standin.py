"""Run a lesson with Keras patched: `python tests/standin.py NAME gpu|full REPORT`.

`gpu`: every model compiles with `jit_compile=True`, as Keras does by itself on a GPU, and each
`fit` sees 64 examples for one epoch. `full`: scale full, with the embedded digits repeated in the
place of the download. The report lists each `fit` of `gpu`: model, compiled by XLA, learnt.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from lesson_code import script

from helpers.datasets import load_mnist

EXAMPLES = 64
fits: list[dict[str, object]] = []
compile_model, fit_model = keras.Model.compile, keras.Model.fit


def compile_for_gpu(self, *arguments, **options):
    compile_model(self, *arguments, **(options | {"jit_compile": True}))


def fit_for_gpu(self, x=None, y=None, **options):
    """One step or two on few examples; a dataset gives two of its batches."""
    if isinstance(x, tf.data.Dataset):
        x = x.take(2)
    else:
        x, y = x[:EXAMPLES], None if y is None else y[:EXAMPLES]
    before = [weight.numpy().copy() for weight in self.trainable_variables]
    history = fit_model(self, x, y, **(options | {"epochs": 1, "verbose": 0}))
    changed = any(
        not np.array_equal(old, new.numpy())
        for old, new in zip(before, self.trainable_variables, strict=True)
    )
    loss = history.history["loss"][-1]
    fits.append(
        {"model": self.name, "xla": self.jit_compile, "learnt": changed and bool(np.isfinite(loss))}
    )
    return history


def repeated_digits():
    (x_train, y_train), (x_test, y_test) = load_mnist("small")
    times = {"train": (60_000, x_train, y_train), "test": (10_000, x_test, y_test)}
    train, test = ((np.resize(x, (n, 28, 28)), np.resize(y, n)) for n, x, y in times.values())
    return train, test


def main(name: str, what: str, report: Path) -> None:
    if what == "gpu":
        keras.Model.compile, keras.Model.fit = compile_for_gpu, fit_for_gpu
    else:
        keras.datasets.mnist.load_data = repeated_digits
    namespace: dict[str, object] = {"__name__": "__main__"}
    for number, cell in enumerate(script(name), start=1):
        exec(compile(cell, f"{name} code cell {number}", "exec"), namespace)
    report.write_text(json.dumps(fits))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))

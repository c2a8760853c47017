"""One file that holds all it takes to go on with a training; it is replaced whole or not at all."""

import contextlib
import hashlib
import io
import json
import os
import re
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

Row = dict[str, Any]  # what one epoch logged: {"loss": 0.3, "val_loss": 0.4}

ABANDONED = 3600  # seconds after which a file written aside belongs to a run that was killed
DECIDING = ("loss", "loss_weights", "metrics", "weighted_metrics")  # of what `compile` was given


@dataclass(frozen=True)
class Checkpoint:
    """A training after some epochs.

    Attributes:
        key: of what was trained, and how; another key is another training.
        rows: what each epoch logged, in order; the values are those after the last of them.
        finished: no epoch is to follow.
        values: of the model's and then the optimizer's variables, as `_storable` makes them.
    """

    key: str
    rows: list[Row]
    finished: bool
    values: list[np.ndarray]


def read_checkpoint(path: Path) -> Checkpoint | None:
    """What the file holds, or None where there is none.

    Raises:
        ValueError: if the file is truncated or altered.
    """
    if not path.is_file():
        return None
    content = io.BytesIO(path.read_bytes())
    try:
        with np.load(content, allow_pickle=False) as arrays:  # the zip's checksums are compared
            key, history = str(arrays["key"]), json.loads(str(arrays["history"]))
            values = [arrays[f"variable_{index}"] for index in range(int(arrays["variables"]))]
            if int(arrays["epoch"]) != len(history):
                raise ValueError(f"{len(history)} rows for {int(arrays['epoch'])} epochs")
            return Checkpoint(key, history, bool(arrays["finished"]), values)
    except Exception as error:  # a zip that is cut short or altered fails in a dozen ways
        raise ValueError(f"expected a whole checkpoint, got a damaged {path} ({error})") from error


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Replace the file by another: a kill at any moment leaves the old or the new one whole."""
    arrays: dict[str, Any] = {
        "key": checkpoint.key,
        "epoch": len(checkpoint.rows),
        "history": json.dumps(checkpoint.rows),
        "finished": checkpoint.finished,
        "variables": len(checkpoint.values),
    }
    arrays |= {f"variable_{index}": value for index, value in enumerate(checkpoint.values)}
    descriptor, name = tempfile.mkstemp(".new", f".{path.stem}.", path.parent)
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def remove_abandoned(path: Path) -> None:
    """Remove what runs that were killed while writing left beside a checkpoint."""
    for aside in path.parent.glob(f".{path.stem}.*.new"):
        with contextlib.suppress(FileNotFoundError):  # another run was just done with it
            if time.time() - aside.stat().st_mtime > ABANDONED:
                aside.unlink()


def restored(model: "keras.Model", checkpoint: Checkpoint) -> bool:
    """Give a model and its optimizer a checkpoint's values; False, and no change, if they differ.

    They can differ although the keys are the same where another release of Keras keeps others.
    """
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    variables, values = _variables(model), checkpoint.values
    kinds = [variable.numpy().dtype for variable in variables]
    if [_signature(_storable(variable.numpy())) for variable in variables] != [
        _signature(value) for value in values
    ]:
        return False
    for variable, kind, value in zip(variables, kinds, values, strict=True):
        variable.assign(value.view(kind))
    return True


def keeper(
    path: Path, model: "keras.Model", key: str, rows: list[Row], epochs: int
) -> "keras.callbacks.Callback":
    """The callback that writes a checkpoint at each epoch's end, and counts epochs in `rows`.

    Args:
        path: of the checkpoint.
        model: that `fit` trains.
        key: of the training.
        rows: what the epochs before this `fit` logged; each epoch adds its own.
        epochs: after so many the training is finished.
    """
    import keras

    def write(finished: bool) -> None:
        values = [_storable(variable.numpy()) for variable in _variables(model)]
        write_checkpoint(path, Checkpoint(key, rows, finished, values))

    def keep(epoch: int, logs: Row) -> None:
        rows[epoch:] = [{name: np.asarray(value).tolist() for name, value in logs.items()}]
        write(finished=len(rows) >= epochs)

    def finish(logs: Row | None) -> None:
        if 0 < len(rows) < epochs:  # another callback stopped the training early
            write(finished=True)

    return keras.callbacks.LambdaCallback(on_epoch_end=keep, on_train_end=finish)


def fingerprint(model: "keras.Model") -> str:
    """A hash of layers, variables, optimizer, loss and metrics; not of numbers in Keras's names.

    Of a subclassed model it knows the variables and the settings of the layers that are its
    attributes, not what `call` does with them.
    """
    import keras

    paths = [re.sub(r"_\d+(?=/|$)", "", variable.path) for variable in model.variables]
    variables = [
        [path, list(each.shape), str(each.dtype), each.trainable]
        for path, each in zip(paths, model.variables, strict=True)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of lambdas, which are not loaded again here
        compiled = _told(model.get_compile_config) or {}
        parts = [
            variables,
            _settings(model),
            _told(lambda: keras.saving.serialize_keras_object(model.optimizer)),
            [compiled.get(part) for part in DECIDING],
        ]
        text = json.dumps(parts, default=lambda value: type(value).__name__)
    # a lambda's bytecode names the cell that it stood in, which is another one after a restart
    text = re.sub(r'"__lambda__", "config": \{"value": \[.*?\]', '"__lambda__"', text)
    for index, name in enumerate(dict.fromkeys(re.findall(r'"name": ("[^"]+")', text))):
        text = text.replace(name, f'"name {index}"')
    return hashlib.sha256(text.encode()).hexdigest()


def _settings(layer: Any) -> list[Any]:
    """The settings of a layer or model, where it can tell them, and of the layers in it."""
    import keras

    own = _told(lambda: keras.saving.serialize_keras_object(layer.get_config()))
    return [type(layer).__name__, own, [_settings(part) for part in getattr(layer, "layers", [])]]


def _told(tell: Callable[[], Any]) -> Any:
    """What an object tells of itself; None if it was subclassed without saying how to."""
    try:
        return tell()
    except (NotImplementedError, TypeError, ValueError, OSError):  # OSError: a lambda's source
        return None


def _variables(model: "keras.Model") -> list[Any]:
    """All that training changes, the states of random numbers included, in a fixed order."""
    return [*model.variables, *model.optimizer.variables]


def _storable(value: Any) -> np.ndarray:
    """An array that needs no pickle: bfloat16 and the like, which NumPy does not know, as bytes."""
    array = np.asarray(value)
    return array.view(f"u{array.dtype.itemsize}") if array.dtype.kind == "V" else array


def _signature(array: np.ndarray) -> tuple[tuple[int, ...], str]:
    return array.shape, array.dtype.str

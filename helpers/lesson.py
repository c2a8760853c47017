"""The lesson object: scale, seed and device, and trainings that survive an interruption."""

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from helpers import __version__
from helpers.checkpoint import Row, fingerprint, keeper, read_checkpoint, remove_abandoned, restored
from helpers.datasets import SCALES

if TYPE_CHECKING:
    import keras

T = TypeVar("T")
COLAB_DRIVE = Path("/content/drive/MyDrive")


@dataclass
class Lesson:
    """What a lesson knows about where it runs; `start` makes it.

    Attributes:
        name: such as `mnist_mlp`.
        scale: `"small"` (embedded data) or `"full"` (whole data sets).
        seed: the number that all random streams start from.
        folder: where this lesson keeps its trainings and saved models; made when first needed.
    """

    name: str
    scale: str
    seed: int
    folder: Path

    def at_scale(self, *, small: T, full: T) -> T:
        """The one of two values that belongs to the lesson's scale."""
        return full if self.scale == "full" else small

    def epochs(self, *, small: int, full: int) -> int:
        """How many epochs to train at this scale; `LESSON_EPOCHS` in the environment caps it.

        Raises:
            ValueError: if `LESSON_EPOCHS` is not a whole number of one or more.
        """
        cap = os.environ.get("LESSON_EPOCHS")
        epochs = self.at_scale(small=small, full=full)
        return epochs if cap is None else min(epochs, _whole_number("LESSON_EPOCHS", cap, 1))

    def load(self, loader: Callable[[str], T]) -> T:
        """Call `loader(scale)`; without a network, say so and go on at scale small.

        Args:
            loader: such as `load_mnist`; raises `ConnectionError` when `full` cannot be had.
        """
        try:
            return loader(self.scale)
        except ConnectionError as error:
            print(f"{error}: the lesson goes on with the embedded data, at scale small.")
            self.scale = "small"
            return loader(self.scale)

    def file(self, name: str) -> Path:
        """A path in the lesson's own folder, which is made if it is not there.

        Raises:
            PermissionError: if the folder cannot be written.
        """
        _make_folder(self.folder)
        return self.folder / name

    def resume(
        self,
        name: str,
        model: "keras.Model",
        epochs: int,
        callbacks: Sequence["keras.callbacks.Callback"] = (),
    ) -> dict[str, Any]:
        """What `fit` needs to survive an interruption: `fit(x, y, **lesson.resume(...))`.

        After each epoch the model, its optimizer and the history are kept in one file. Killed and
        started again, the training goes on after the last epoch that was kept. After one that was
        finished, or when model, optimizer, loss, seed, scale or epochs changed, epochs count from
        one again, beginning with the weights that the model has. What a callback remembers by
        itself (how long `EarlyStopping` has waited) is not kept.

        Args:
            name: of this training, one per `fit` in a lesson.
            model: built and compiled; after an interruption its variables change here.
            epochs: how many the training has, interruptions included.
            callbacks: others for `fit`; what they change at an epoch's end is kept with it.

        Returns:
            `{"epochs": ..., "initial_epoch": ..., "callbacks": [...]}`.

        Raises:
            ValueError: if the model is not built and compiled, or the name cannot be a file's.
            PermissionError: if the lesson's folder cannot be written.
        """
        if not model.built or model.optimizer is None:
            raise ValueError(
                f"expected a model that is built and compiled, got {model.name!r}, which is not"
            )
        path = self._checkpoint_path(name)
        _make_folder(self.folder)
        remove_abandoned(path)
        key = json.dumps([self.name, name, fingerprint(model), self.seed, self.scale, epochs])
        rows = _rows_to_go_on_from(path, model, key)
        if rows:
            print(f"{name}: goes on after epoch {len(rows)} of {epochs}.")

        keeping = keeper(path, model, key, rows, epochs)
        return {
            "epochs": epochs,
            "initial_epoch": len(rows),
            "callbacks": [*callbacks, keeping],  # last: the others may change rate or weights
        }

    def history(self, name: str) -> dict[str, list[Any]]:
        """Every epoch of a training, those before an interruption included.

        Args:
            name: as `resume` got it.

        Returns:
            `{"loss": [...], "val_loss": [...], ...}`, as `History.history` would be.

        Raises:
            ValueError: if no training of that name has finished an epoch, or its file is damaged.
        """
        kept = read_checkpoint(self._checkpoint_path(name))
        if kept is None:
            raise ValueError(
                f"expected a training that went through lesson.resume, got {name!r}: "
                "no epoch of it was kept"
            )
        columns = dict.fromkeys(column for row in kept.rows for column in row)
        return {name: [row[name] for row in kept.rows if name in row] for name in columns}

    def _checkpoint_path(self, name: str) -> Path:
        if not re.fullmatch(r"[\w-]+", name):
            raise ValueError(f"expected a name of letters, digits, - and _, got {name!r}")
        return self.folder / f"{name}.npz"


def start(name: str, notebook_version: str = __version__) -> Lesson:
    """Seed everything, choose the scale and say in one line what the lesson runs on.

    Keras runs on TensorFlow with channels last, and a sentence says so where it was set otherwise.
    The environment may hold `LESSON_SCALE` (small or full; otherwise full on a GPU),
    `LESSON_SEED` (otherwise 0) and `LESSON_RUNS` (the folder for trainings; otherwise Google
    Drive where it is mounted, else `runs` beside the notebook).

    Args:
        name: of the lesson, such as `mnist_mlp`.
        notebook_version: the course's version that the notebook was built with.

    Raises:
        ValueError: if the name is not a lesson's, or the scale or seed is none.
        RuntimeError: if Keras was imported before, with another backend.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"expected a lesson's name such as 'mnist_mlp', got {name!r}")
    asked = os.environ.get("LESSON_SCALE")
    if asked is not None and asked not in SCALES:
        raise ValueError(f"expected LESSON_SCALE to be 'small' or 'full', got {asked!r}")
    seed = _whole_number("LESSON_SEED", os.environ.get("LESSON_SEED", "0"), 0)

    _use_tensorflow()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # counts only before the import
    import keras
    import tensorflow as tf

    from helpers import plots

    _use_channels_last()
    keras.utils.set_random_seed(seed)
    plots.use_style()
    on_gpu = bool(tf.config.list_physical_devices("GPU"))
    scale = asked or ("full" if on_gpu else "small")
    lesson = Lesson(name, scale, seed, _runs_folder() / name)
    data = lesson.at_scale(small="embedded data", full="full data")
    print(f"{name}: {'GPU' if on_gpu else 'CPU'}, scale {scale}, {data}, seed {seed}")
    if notebook_version != __version__:
        print(
            f"This notebook was built with version {notebook_version} of the course, but "
            f"{__version__} is installed: take a new copy of the notebook if a cell fails."
        )
    return lesson


def _runs_folder() -> Path:
    if runs := os.environ.get("LESSON_RUNS"):
        return Path(runs)
    return COLAB_DRIVE / "layer-by-layer" if COLAB_DRIVE.is_dir() else Path.cwd() / "runs"


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise PermissionError(
            f"expected a folder that can be written, got {folder} ({error.strerror}): "
            "set LESSON_RUNS to another one"
        ) from error


def _whole_number(name: str, text: str, smallest: int) -> int:
    if not text.isdecimal() or int(text) < smallest:
        raise ValueError(f"expected {name} to be a whole number from {smallest} on, got {text!r}")
    return int(text)


def _rows_to_go_on_from(path: Path, model: "keras.Model", key: str) -> list[Row]:
    """The epochs that a checkpoint brings back into a model; none if it is another training's."""
    name = path.stem
    try:
        kept = read_checkpoint(path)
    except ValueError:
        print(f"{name}: its checkpoint is damaged, so its training starts afresh.")
        return []
    if kept is None or kept.finished:
        return []
    if kept.key != key or not restored(model, kept):
        print(f"{name}: the model or its settings changed, so its training starts afresh.")
        return []
    return kept.rows


def _use_tensorflow() -> None:
    """Make Keras run on TensorFlow, whatever KERAS_BACKEND or keras.json say."""
    if "keras" in sys.modules:
        backend = sys.modules["keras"].config.backend()
        if backend != "tensorflow":
            raise RuntimeError(
                f"expected Keras to run on TensorFlow, got {backend!r}, and it is imported already:"
                " restart the kernel and run the setup cell first"
            )
        return
    asked = os.environ.get("KERAS_BACKEND") or _keras_json().get("backend") or "tensorflow"
    os.environ["KERAS_BACKEND"] = "tensorflow"
    if asked != "tensorflow":
        print(f"Keras was set to run on {asked}: in this course it runs on tensorflow.")


def _keras_json() -> dict[str, Any]:
    """What Keras reads at its import, if there is such a file."""
    folder = os.environ.get("KERAS_HOME") or Path.home() / ".keras"
    try:
        settings = json.loads((Path(folder) / "keras.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return settings if isinstance(settings, dict) else {}


def _use_channels_last() -> None:
    import keras

    if (asked := keras.config.image_data_format()) != "channels_last":
        keras.config.set_image_data_format("channels_last")
        print(f"Keras was set to {asked}: in this course images are channels_last.")

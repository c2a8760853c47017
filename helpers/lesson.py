"""The lesson object: scale, seed and device, and trainings that survive an interruption."""

import csv
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from helpers import __version__
from helpers.datasets import SCALES

if TYPE_CHECKING:
    import keras

T = TypeVar("T")
COLAB_DRIVE = Path("/content/drive/MyDrive")


@dataclass
class Lesson:
    """What a lesson knows about where it runs; `start` makes it.

    Attributes:
        name: such as `06_mnist_mlp`.
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
        self, name: str, model: "keras.Model", epochs: int
    ) -> list["keras.callbacks.Callback"]:
        """Callbacks for `fit` that back a training up after each epoch and go on from there.

        Killed and started again, the training ends with the same number of epochs. After one that
        was finished, or when model, optimizer, seed, scale or epochs changed, epochs count from one
        again, beginning with the weights that the model has.

        Args:
            name: of this training, one per `fit` in a lesson.
            model: built and compiled.
            epochs: the number that `fit` gets.

        Raises:
            ValueError: if the model is not built and compiled.
            PermissionError: if the lesson's folder cannot be written.
        """
        import keras

        if not model.built or model.optimizer is None:
            raise ValueError(
                f"expected a model that is built and compiled, got {model.name!r}, which is not"
            )
        folder = self._training_folder(name)
        _make_folder(folder)
        key = json.dumps([_fingerprint(model), self.seed, self.scale, epochs])
        key_file, backup, log = folder / "key.json", folder / "backup", folder / "log.csv"
        known = key_file.read_text(encoding="utf-8") if key_file.is_file() else key
        done = _epochs_done(backup)
        if done and known != key:
            print(f"{name}: the model or its settings changed, so its training starts afresh.")
            done = 0
        if done:
            print(f"{name}: goes on after epoch {done} of {epochs}.")
        else:
            shutil.rmtree(backup, ignore_errors=True)
            log.write_text("")  # not deleted: on Windows an interrupted fit may still hold it open
        key_file.write_text(key, encoding="utf-8")
        return [  # the log first: a kill between the two repeats an epoch instead of losing one
            keras.callbacks.CSVLogger(log, append=True),
            keras.callbacks.BackupAndRestore(backup, double_checkpoint=True),
        ]

    def history(self, name: str) -> dict[str, list[float]]:
        """Every epoch of a training, those before an interruption included.

        Returns:
            `{"loss": [...], "val_loss": [...], ...}`, as `History.history` would be.

        Raises:
            ValueError: if no training of that name has finished an epoch.
        """
        log = self._training_folder(name) / "log.csv"
        rows = list(csv.DictReader(log.open(encoding="utf-8"))) if log.is_file() else []
        if not rows:
            raise ValueError(
                f"expected a training that went through lesson.resume, got {name!r}: no such log"
            )
        by_epoch = {int(row["epoch"]): row for row in rows}  # a repeated epoch counts once
        # CSVLogger makes val_ columns of NA where there is no validation
        columns = [name for name, cell in rows[0].items() if name != "epoch" and cell != "NA"]
        return {c: [float(by_epoch[epoch][c]) for epoch in sorted(by_epoch)] for c in columns}

    def _training_folder(self, name: str) -> Path:
        if not re.fullmatch(r"[\w-]+", name):
            raise ValueError(f"expected a name of letters, digits, - and _, got {name!r}")
        return self.folder / name


def start(name: str, notebook_version: str = __version__) -> Lesson:
    """Seed everything, choose the scale and say in one line what the lesson runs on.

    The environment may hold `LESSON_SCALE` (small or full; otherwise full on a GPU),
    `LESSON_SEED` (otherwise 0) and `LESSON_RUNS` (the folder for trainings; otherwise Google
    Drive where it is mounted, else `runs` beside the notebook).

    Args:
        name: of the lesson, such as `06_mnist_mlp`.
        notebook_version: the course's version that the notebook was built with.

    Raises:
        ValueError: if the name is not a lesson's, or the scale or seed is none.
    """
    if not re.fullmatch(r"\d\d_[a-z0-9_]+", name):
        raise ValueError(f"expected a lesson's name such as '06_mnist_mlp', got {name!r}")
    asked = os.environ.get("LESSON_SCALE")
    if asked is not None and asked not in SCALES:
        raise ValueError(f"expected LESSON_SCALE to be 'small' or 'full', got {asked!r}")
    seed = _whole_number("LESSON_SEED", os.environ.get("LESSON_SEED", "0"), 0)

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # counts only before the import
    import keras
    import tensorflow as tf

    from helpers import plots

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


def _epochs_done(backup: Path) -> int:
    """Epochs that a backup can restore; 0 where there is none or a kill cut its note short."""
    try:
        note: dict[str, Any] = json.loads((backup / "training_metadata.json").read_text("utf-8"))
        return int(note["epoch"])
    except (OSError, ValueError, KeyError):
        return 0


def _fingerprint(model: "keras.Model") -> str:
    """A hash of layers and optimizer, without the numbers that Keras adds to their names."""
    config = model.to_json()
    for index, name in enumerate(dict.fromkeys(re.findall(r'"name": ("[^"]+")', config))):
        config = config.replace(name, f'"name {index}"')
    return hashlib.sha256(config.encode()).hexdigest()

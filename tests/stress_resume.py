"""Kill a training at random moments and start it again until it is done: `python` this file.

`python tests/stress_resume.py [KILLS] [SEED]` trains a small network in a process of its own and
kills it (SIGKILL) at random moments. Epochs, optimizer steps and losses are compared with those of
a training that nothing interrupted. It is run by hand: what it finds depends on when it kills.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from helpers.checkpoint import read_checkpoint

EPOCHS, STEPS, LONGEST, TIMEOUT = 120, 20, 1.6, 300  # the last two in seconds
FILE = Path("stress") / "mlp.npz"


def train() -> None:
    """The child: digits, batch normalization, a schedule; not shuffled, so that losses repeat."""
    import keras
    import tensorflow as tf
    from keras import layers

    from helpers.datasets import load_mnist
    from helpers.lesson import start

    tf.config.experimental.enable_op_determinism()
    lesson = start("stress")
    (x, y), _ = load_mnist()
    x, y = x[: 50 * STEPS].reshape(-1, 784) / 255, y[: 50 * STEPS]
    hidden = [layers.Dense(512, activation="relu"), layers.BatchNormalization()]
    hidden += [layers.Dropout(0.2), layers.Dense(256, activation="relu")]
    model = keras.Sequential([keras.Input((784,)), *hidden, layers.Dense(10, activation="softmax")])
    rate = keras.optimizers.schedules.CosineDecay(1e-4, EPOCHS * STEPS)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    ready = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: batch == 0 and print("READY", flush=True)
    )
    fit = lesson.resume("mlp", model, EPOCHS, callbacks=[ready])
    model.fit(x, y, batch_size=50, shuffle=False, verbose=0, **fit)
    said = {"losses": lesson.history("mlp")["loss"], "steps": int(model.optimizer.iterations)}
    print("DONE", json.dumps(said), flush=True)


def started(runs: Path) -> subprocess.Popen[str]:
    """A child that has trained its first step."""
    variables = os.environ | {"LESSON_RUNS": str(runs), "TF_CPP_MIN_LOG_LEVEL": "3"}
    variables |= {"PYTHONPATH": str(Path(__file__).resolve().parent.parent), "LESSON_SEED": "0"}
    child = subprocess.Popen(
        [sys.executable, __file__, "train"], env=variables, cwd=runs,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    watchdog = threading.Timer(TIMEOUT, child.kill)
    watchdog.start()
    while (line := child.stdout.readline()) != "READY\n":
        assert line, "the training ended before it began"
    watchdog.cancel()
    return child


def outcome(runs: Path) -> tuple[list[float], int]:
    """Losses and optimizer steps of a training that is let run to its end."""
    said, _ = started(runs).communicate(timeout=TIMEOUT)
    result = json.loads(said.split("DONE ")[1])
    return result["losses"], result["steps"]


def main(kills: int = 20, seed: int = 0) -> None:
    moments = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        whole, killed = Path(folder) / "whole", Path(folder) / "killed"
        whole.mkdir(), killed.mkdir()
        expected, _ = outcome(whole)
        print(f"without a kill: {len(expected)} epochs, losses {expected[0]} to {expected[-1]}")
        for number in range(1, kills + 1):
            child = started(killed)
            pause = moments.uniform(0, LONGEST)
            time.sleep(pause)
            assert child.poll() is None, "the training ended before it could be killed"
            child.send_signal(signal.SIGKILL)
            child.communicate(timeout=TIMEOUT)
            kept = read_checkpoint(killed / FILE)
            asides = len(list((killed / FILE).parent.glob(".*.new")))
            epochs = 0 if kept is None else len(kept.rows)
            print(f"kill {number:2d} after {pause:.2f} s: {epochs:3d} epochs, {asides} cut short")
        losses, steps = outcome(killed)
    apart = max(abs(a - b) for a, b in zip(losses, expected, strict=True))
    print(f"after {kills} kills: {len(losses)} epochs in the history, expected {EPOCHS}")
    print(f"{steps:,} optimizer steps, expected {EPOCHS} x {STEPS} = {EPOCHS * STEPS:,}")
    print(f"largest difference of a loss to the training without a kill: {apart:.2g}")
    assert len(losses) == EPOCHS and steps == EPOCHS * STEPS and apart < 1e-5


if __name__ == "__main__":
    train() if sys.argv[1:] == ["train"] else main(*map(int, sys.argv[1:]))

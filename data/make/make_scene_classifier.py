"""The network that lessons rcnn and fast_rcnn start from: which digit does a scene with one show?

    .venv/bin/python data/make/make_scene_classifier.py

It stands for the networks that R-CNN's papers take over from ImageNet: it learns from the label of
a whole picture and never from a box. About ten minutes on two cores. The weights differ
from one machine to the next, so the file is kept, with its accuracy on digits held back.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import keras
import tensorflow as tf
from keras.optimizers.schedules import CosineDecay

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from helpers.datasets import load_mnist  # noqa: E402
from helpers.scenes import digit_scenes  # noqa: E402
from helpers.weights import scene_classifier  # noqa: E402

SCENES, EPOCHS, BATCH, RATE = 20_000, 5, 32, 0.003
HELD = 1000  # training digits that are validation digits in the lessons
TARGET = ROOT / "data" / "scene_classifier.weights.h5"


def batches(digits: tuple, count: int, seed: int, training: bool) -> tf.data.Dataset:
    """Scenes with one digit each, as floats 0-1, and its label."""
    scenes = digit_scenes(digits, count, seed, most=1)
    data = tf.data.Dataset.from_tensor_slices((scenes.images[..., None], scenes.labels[:, 0]))
    data = data.shuffle(count, seed=0) if training else data
    return data.batch(BATCH).map(lambda images, labels: (tf.cast(images, "float32") / 255, labels))


def main() -> None:
    """Train, measure, write the weights and where they are from."""
    keras.utils.set_random_seed(0)
    (images, labels), _ = load_mnist()
    train = batches((images[:-HELD], labels[:-HELD]), SCENES, seed=1000, training=True)
    validation = batches((images[-HELD:], labels[-HELD:]), 1000, seed=1001, training=False)
    model = scene_classifier()
    steps = EPOCHS * -(-SCENES // BATCH)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(CosineDecay(RATE, steps))
    model.compile(optimizer, loss, metrics=["accuracy"], steps_per_execution=25)
    model.fit(train, epochs=EPOCHS, validation_data=validation, verbose=2)
    accuracy = model.evaluate(validation, verbose=0)[1]
    kept = scene_classifier()  # without the optimizer's numbers
    kept.set_weights(model.get_weights())
    kept.save_weights(TARGET)
    origin = {
        "made by": "data/make/make_scene_classifier.py",
        "scenes": SCENES,
        "epochs": EPOCHS,
        "keras": version("keras"),
        "validation accuracy": round(accuracy, 4),
    }
    path = TARGET.with_name("scene_classifier.json")
    path.write_text(json.dumps(origin, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""What the narrow networks of `lenet_alexnet` and `vgg` reach on cluttered digits.

    .venv/bin/python data/make/make_narrow_networks.py

VGG's five accuracies are those of `make seeds` (measured/vgg.json). AlexNet was trained otherwise
in its lesson, so it is trained here as VGG was: as many steps, Adam with a warm-up, He
initialization, no dropout, and the learning rate with the best validation accuracy on two seeds.
"""

import json
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras.optimizers.schedules import CosineDecay

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from lesson_code import definitions  # noqa: E402

from helpers.counting import multiply_adds  # noqa: E402
from helpers.datasets import load_mnist  # noqa: E402
from helpers.scenes import cluttered_digits  # noqa: E402
from tools.keys import seeds_key  # noqa: E402
from tools.source import lessons_named, read_lesson  # noqa: E402

EPOCHS, BATCH = 4, 64  # of lesson vgg
RATES = (0.001, 0.002, 0.003, 0.005, 0.01)
SEEDS = range(5)
TARGET = ROOT / "data" / "narrow_networks.json"


def parts() -> list[tuple[np.ndarray, np.ndarray]]:
    """Training, validation and test data as the lessons scale them."""
    given = cluttered_digits(load_mnist())
    train = given.train[0] / 255
    mean, std = train.mean(), train.std()
    return [(((x / 255 - mean) / std).astype("float32")[..., None], y) for x, y in given]


def trained(network: keras.Model, rate: float, data: Any) -> keras.Model:
    """The network after as many steps as in lesson vgg."""
    steps = -(-len(data[0]) // BATCH)
    given = {"decay_steps": EPOCHS * steps - steps // 2, "warmup_steps": steps // 2}
    schedule = CosineDecay(rate / 10, warmup_target=rate, **given)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(keras.optimizers.Adam(schedule), loss, steps_per_execution=22)
    network.fit(*data, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return network


def main() -> None:
    """Train AlexNet, read VGG's accuracies, write the file."""
    train, validation, test = parts()
    lesson, vgg = definitions("lenet_alexnet"), definitions("vgg")

    def alexnet(seed: int) -> keras.Model:
        keras.utils.set_random_seed(seed)
        options = {"kernel_initializer": "he_normal"}
        network = lesson["alexnet"](lesson["NARROW"], (40, 40, 1), 10, **options)
        for layer in network.layers:
            if isinstance(layer, keras.layers.Dropout):
                layer.rate = 0.0  # as in the narrow VGGs
        return network

    def reached(rate: float, seed: int, data: Any) -> float:
        return float(lesson["accuracy"](trained(alexnet(seed), rate, train), *data))

    by_rate = {
        rate: np.mean([reached(rate, seed, validation) for seed in (0, 1)]) for rate in RATES
    }
    print("validation accuracy of AlexNet by rate:", by_rate)
    best = max(by_rate, key=by_rate.__getitem__)
    found = {"AlexNet": [reached(best, seed, test) for seed in SEEDS]}

    checks = json.loads((ROOT / "measured" / "vgg.json").read_text("utf-8"))["checks"]
    of_d = np.array(checks["test accuracy of the narrow VGG-D"])
    of_a = of_d - checks["gain from D over A"]
    of_b = of_a + checks["gain from B over A"]
    of_c = of_b + checks["gain from C over B"]
    found |= {"VGG-A": list(of_a), "VGG-B": list(of_b), "VGG-C": list(of_c), "VGG-D": list(of_d)}
    networks = []
    for name, accuracies in found.items():
        model = alexnet(0)
        if name != "AlexNet":
            model = vgg["vgg"](vgg["NARROW"][name[-1]], (40, 40, 1), 10, units=128)
        networks.append(
            {
                "name": name,
                "parameters": model.count_params(),
                "multiply_adds": multiply_adds(model),
                "test_accuracy": [round(accuracy, 4) for accuracy in accuracies],
            }
        )
    keys = {name: seeds_key(read_lesson(*lessons_named(name))) for name in ("lenet_alexnet", "vgg")}
    kept = {"keys": keys, "steps": EPOCHS * -(-len(train[0]) // BATCH), "networks": networks}
    TARGET.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

"""The kept accuracies of narrow networks are those of their lessons as they are now."""

import json

import numpy as np
import pytest
from lesson_code import definitions

from helpers.counting import multiply_adds
from helpers.datasets import embedded_bytes
from tools.keys import seeds_key
from tools.measured import measured
from tools.source import lessons_named, read_lesson

KEPT = json.loads(embedded_bytes("narrow_networks.json"))
AGAIN = "run data/make/make_narrow_networks.py"


@pytest.mark.parametrize("name", ["lenet_alexnet", "vgg"])
def test_they_are_of_the_lessons_as_they_are(name):
    assert KEPT["keys"][name] == seeds_key(read_lesson(*lessons_named(name))), AGAIN


def test_those_of_vgg_are_the_measured_ones():
    checks = measured("vgg")["checks"]
    found = {row["name"]: np.array(row["test_accuracy"]) for row in KEPT["networks"]}
    assert checks["test accuracy of the narrow VGG-D"] == found["VGG-D"].tolist(), AGAIN
    for deeper, shallower in ("BA", "CB", "DC", "DA"):
        gain = found[f"VGG-{deeper}"] - found[f"VGG-{shallower}"]
        assert gain == pytest.approx(checks[f"gain from {deeper} over {shallower}"], abs=1e-3)


def test_their_sizes_are_those_of_the_builds():
    alexnet, vgg = definitions("lenet_alexnet"), definitions("vgg")
    for row in KEPT["networks"]:
        if row["name"] == "AlexNet":
            network = alexnet["alexnet"](alexnet["NARROW"], (40, 40, 1), 10)
        else:
            network = vgg["vgg"](vgg["NARROW"][row["name"][-1]], (40, 40, 1), 10, units=128)
        sizes = network.count_params(), multiply_adds(network)
        assert sizes == (row["parameters"], row["multiply_adds"])
        assert len(row["test_accuracy"]) == 5 and 0.5 < min(row["test_accuracy"]) < 1

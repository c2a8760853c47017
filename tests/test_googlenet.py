"""What the lesson on GoogLeNet takes from the lesson on AlexNet is still what that one builds."""

import re

import keras
from lesson_code import definitions, script


def test_its_parameters_of_alexnet_are_those_of_lenet_alexnet():
    lesson = definitions("lenet_alexnet")
    network = lesson["alexnet"](lesson["ALEXNET"])
    kinds = (keras.layers.Conv2D, keras.layers.Dense)
    built = [sum(a.count_params() for a in network.layers if isinstance(a, kind)) for kind in kinds]
    assert sum(built) == network.count_params()
    shape = r'alexnet = \{"convolutions": ([\d_]+), "dense": ([\d_]+)\}'
    typed = re.search(shape, "\n".join(script("googlenet")))
    assert typed and [int(number) for number in typed.groups()] == built

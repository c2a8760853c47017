"""A detector trained on two devices is the detector trained on one with the same batches.

Each case is a process of its own, since the number of devices is fixed when TensorFlow starts.
"""

import json
import sys

import pytest
from lesson_code import environment, run_limited

TRAIN = """
import json, sys
import numpy as np
import tensorflow as tf

devices = int(sys.argv[1])
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * devices)

import keras
from helpers import faster_rcnn
from helpers.datasets import load_mnist
from helpers.scenes import digit_scenes

def near(boxes, rng):  # as copies are, but not at random
    return keras.ops.where(boxes[..., 2:3] > 0, boxes + 2.0, 0.0)

faster_rcnn._copies = near
scenes = digit_scenes(load_mnist()[0], 12, seed=3)
truth = {"boxes": scenes.boxes.astype("float32"), "labels": scenes.labels.astype("int32")}
images = scenes.images[..., None].astype("float32") / 255
names = [f"CPU:{number}" for number in range(devices)]
strategy = tf.distribute.MirroredStrategy(names) if devices > 1 else tf.distribute.get_strategy()
with strategy.scope():
    model = faster_rcnn.load_faster_rcnn()
    model.compile(keras.optimizers.SGD(0.001))
history = model.fit(images, truth, batch_size=4, epochs=2, shuffle=False, verbose=0).history
sums = [float(np.abs(weights).sum()) for weights in model.get_weights()]
found = faster_rcnn.found_in(model, images[:2])
print(json.dumps([strategy.num_replicas_in_sync, history, sums, [len(f.scores) for f in found]]))
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Losses, sums of weights and numbers of answers, by number of devices."""
    runs = {}
    for devices in (1, 2):
        command = [sys.executable, "-c", TRAIN, str(devices)]
        own = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
        folder = tmp_path_factory.mktemp("runs")
        done = run_limited(command, 300, env=environment(folder, **own))
        replicas, *rest = json.loads(done.stdout.splitlines()[-1])
        assert replicas == devices
        runs[devices] = rest
    return runs


def test_two_devices_give_the_losses_of_one_with_the_same_batches(trained):
    (one, _, _), (two, _, _) = trained[1], trained[2]
    assert set(one) == set(two) and len(one["loss"]) == 2
    assert one["loss"][1] < one["loss"][0]
    for name, values in one.items():
        assert two[name] == pytest.approx(values, rel=1e-4), name


def test_two_devices_give_the_weights_of_one_and_detect(trained):
    (_, one, found), (_, two, _) = trained[1], trained[2]
    assert two == pytest.approx(one, rel=1e-5)
    assert all(found) and trained[2][2] == found

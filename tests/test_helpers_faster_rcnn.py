"""`helpers.faster_rcnn` is the detector of its lesson, as the lesson keeps it."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from lesson_code import definitions

from helpers import datasets
from helpers.datasets import load_mnist
from helpers.faster_rcnn import FasterRCNN, detect, found_in, load_faster_rcnn, losses_of
from helpers.metrics import coco_ap, objects_of
from helpers.scenes import digit_scenes
from tools.measured import measured
from tools.source import ROOT


@pytest.fixture(scope="module")
def lesson():
    return definitions("faster_rcnn")


@pytest.fixture(scope="module")
def detector():
    return load_faster_rcnn()


@pytest.fixture(scope="module")
def scenes():
    return digit_scenes(load_mnist()[1], 60, seed=4)  # those of lesson rcnn


def inputs(scenes, count):
    pictures = scenes.images[:count, ..., None].astype("float32") / 255
    boxes, labels = scenes.boxes[:count], scenes.labels[:count]
    return pictures, {"boxes": boxes.astype("float32"), "labels": labels.astype("int32")}


def test_losses_and_answers_are_those_of_the_lesson(lesson, detector, scenes):
    pictures, truth = inputs(scenes, 4)
    theirs = lesson["FasterRCNN"](5)
    theirs.build((None, 128, 128, 1))
    ours = FasterRCNN(5)
    ours.build((None, 128, 128, 1))
    for model in (ours, theirs):
        model.set_weights(detector.get_weights())
    losses = losses_of(ours, *ours(pictures), truth["boxes"], truth["labels"])
    wanted = lesson["four_losses"](theirs, *theirs(pictures), truth["boxes"], truth["labels"])
    np.testing.assert_allclose(losses, wanted, rtol=1e-4)
    total = ours.compute_loss(y=truth, y_pred=ours(pictures))
    again = theirs.compute_loss(None, truth, theirs(pictures))
    np.testing.assert_allclose(total, again, rtol=1e-4)
    for found, said in zip(detect(ours, pictures), lesson["detect"](theirs, pictures), strict=True):
        np.testing.assert_allclose(found, said, atol=1e-3)


def test_the_kept_detector_is_as_good_as_noted_and_as_measured(detector, scenes):
    pictures, _ = inputs(scenes, 60)
    found = found_in(detector, pictures)
    ap = coco_ap(found, objects_of(scenes.boxes, scenes.labels), range(10)).ap
    values = measured("faster_rcnn")["checks"]["AP on the 60 scenes of lesson rcnn"]
    assert ap >= min(values) - (max(values) - min(values))
    noted = json.loads((ROOT / "data" / "faster_rcnn.json").read_text())["accuracy"]
    assert noted >= 0.75
    assert all((said.scores > 0.02).all() for said in found)


def test_other_classes_start_from_all_weights_but_those_of_the_classes(detector):
    other = load_faster_rcnn(classes=3)
    assert other.head.output_shape == (None, 8)
    for ours, theirs in zip(other.first.weights, detector.first.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for layer, kept in zip(other.head.layers, detector.head.layers, strict=True):
        equal = [
            ours.shape == theirs.shape and np.array_equal(ours, theirs)
            for ours, theirs in zip(layer.get_weights(), kept.get_weights(), strict=True)
        ]
        assert all(equal) == (layer.name != "classes") or not equal


def test_it_trains_and_detects_compiled_by_xla(scenes):
    pictures, truth = inputs(scenes, 4)
    truth["labels"] = np.minimum(truth["labels"], 1)
    truth["boxes"][0], truth["labels"][0] = 0, -1  # a picture of nothing
    model = load_faster_rcnn(classes=2)
    model.compile(keras.optimizers.Adam(0.001), jit_compile=True)
    losses = model.fit(pictures, truth, batch_size=2, epochs=2, verbose=0).history
    assert set(losses) == {"loss", "objectness", "anchors", "classes", "boxes"}
    assert np.isfinite(list(losses.values())).all()
    plain = [np.array(each) for each in detect(model, pictures)]
    compiled = tf.function(lambda x: detect(model, x), jit_compile=True)(pictures)
    for ours, theirs in zip(plain, compiled, strict=True):
        np.testing.assert_allclose(ours, np.array(theirs), atol=1e-2)
    for said, scores in zip(found_in(model, pictures), plain[1], strict=True):
        np.testing.assert_allclose(said.scores, scores[scores > 0.02], atol=1e-3)


def test_altered_weights_are_refused(monkeypatch, tmp_path):
    (tmp_path / "SHA256SUMS").write_text("0" * 64 + "  faster_rcnn.weights.h5\n")
    (tmp_path / "faster_rcnn.weights.h5").write_bytes(b"")
    monkeypatch.setattr(datasets, "data_folder", lambda: tmp_path)
    with pytest.raises(ValueError, match="weights.h5 is not the one this course came with"):
        load_faster_rcnn()


@pytest.mark.parametrize(
    "case",
    [
        lambda: FasterRCNN(classes=0),
        lambda: load_faster_rcnn(classes=-1),
        lambda: found_in(None, np.zeros((2, 128, 128), "float32")),
        lambda: found_in(None, np.zeros((2, 64, 64, 1), "float32")),
        lambda: found_in(None, np.zeros((2, 128, 128, 1), "uint8")),
    ],
)
def test_bad_input_is_refused_by_one_sentence(case):
    with pytest.raises(ValueError, match=r"^expected .* got ") as caught:
        case()
    assert "\n" not in str(caught.value)

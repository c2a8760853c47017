"""What lesson faster_rcnn builds by hand: what boxes should answer, four losses, detection."""

import re
import subprocess
import sys
from statistics import median

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from lesson_code import definitions

from helpers.boxes import class_nms, encode, iou
from helpers.datasets import load_mnist
from helpers.metrics import Detections, Objects
from helpers.scenes import digit_scenes
from tools import study
from tools.measured import measured, verdict
from tools.source import read_lesson

numbers = st.integers(0, 2**31 - 1)


@pytest.fixture(scope="module")
def lesson():
    return definitions("faster_rcnn")


@pytest.fixture(scope="module")
def detector(lesson):
    keras.utils.set_random_seed(0)
    model = lesson["FasterRCNN"](0)
    model.build((None, 128, 128, 1))
    return model


@pytest.fixture(scope="module")
def scenes():
    return digit_scenes(load_mnist()[0], 4, seed=3, most=6)


def padded(random, pictures=3, most=5):
    """Boxes (pictures, most, 4), labels, and how many there are."""
    low = random.uniform(0, 80, (pictures, most, 2))
    boxes = np.concatenate([low, low + random.uniform(10, 48, low.shape)], axis=-1)
    counts = random.randint(1, most + 1, pictures)
    labels = random.randint(0, 10, (pictures, most))
    for picture, count in enumerate(counts):
        boxes[picture, count:], labels[picture, count:] = 0, -1
    return boxes.astype("float32"), labels, counts


@given(numbers)
@settings(max_examples=20, deadline=None)
def test_boxes_are_answered_for_by_the_nearest_digit(lesson, seed):
    random = np.random.RandomState(seed)
    real, labels, counts = padded(random)
    near = np.clip(real + random.uniform(-12, 12, real.shape), 0, 128)
    near[..., 2:] = np.maximum(near[..., 2:], near[..., :2] + 2)
    near = near.astype("float32")
    classes, deltas = lesson["wanted_of"](near, real, labels)
    for picture, count in enumerate(counts):
        ious = iou(near[picture].astype(float), real[picture, :count].astype(float))
        for row, of_box in enumerate(ious):
            if np.abs(of_box - 0.5).min() < 1e-3 or len(set(of_box.round(3))) < count:
                continue  # on the border, or two that are equally near
            nearest = of_box.argmax()
            expected = labels[picture, nearest] if of_box[nearest] >= 0.5 else 10
            assert classes[picture, row] == expected
            if expected < 10:
                ours = np.array(deltas)[picture, row] * lesson["SPREAD"]
                wanted = encode(real[picture, [nearest]], near[picture, [row]])[0]
                np.testing.assert_allclose(ours, wanted, atol=1e-4)


def test_copies_take_the_real_boxes_in_turn_and_stay_near_them(lesson):
    real, _, counts = padded(np.random.RandomState(5))
    real = np.where(real > 0, 20 + 0.6 * real, 0).astype("float32")  # away from the border
    drawn = np.array(lesson["copies"](real, keras.random.SeedGenerator(1)))
    assert drawn.shape == (3, lesson["COPIES"], 4)
    for of_picture, boxes, count in zip(drawn, real, counts, strict=True):
        for row, copy in enumerate(of_picture):
            source = boxes[row % count]
            if (copy > 0).all() and (copy < 128).all():
                share = 0.4 if row < lesson["COPIES"] / 2 else 1.0
                deltas = encode(copy[None], source[None])[0]
                assert (np.abs(deltas) <= share * lesson["REACH"] + 1e-4).all()


def test_a_scene_without_digits_has_copies_without_area(lesson):
    drawn = np.array(
        lesson["copies"](np.zeros((1, 4, 4), "float32"), keras.random.SeedGenerator(1))
    )
    assert (drawn[..., 2] <= drawn[..., 0]).all()


def test_second_losses_are_means_over_what_is_there(lesson):
    random = np.random.RandomState(2)
    outputs = random.normal(size=(2, 5, 15)).astype("float32")
    deltas = random.normal(size=(2, 5, 4)).astype("float32")
    classes = np.array([[3, 10, 7, 10, 0], [10, 10, 2, 5, 10]])
    there = np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 0]], bool)
    of_classes, of_boxes = [], []
    for at in np.argwhere(there):
        logits = outputs[(*at, slice(0, 11))].astype(float)
        of_classes.append(np.log(np.exp(logits).sum()) - logits[classes[tuple(at)]])
        if classes[tuple(at)] < 10:
            sizes = np.abs(outputs[(*at, slice(11, 15))] - deltas[tuple(at)])
            of_boxes.append(np.where(sizes < 1, sizes**2 / 2, sizes - 0.5).sum())
    ours = lesson["second_losses"](outputs, classes, deltas, there)
    np.testing.assert_allclose(ours, [np.mean(of_classes), np.mean(of_boxes)], rtol=1e-5)
    background = lesson["second_losses"](outputs, np.full((2, 5), 10), deltas, there)
    assert float(background[1]) == 0


@given(numbers)
@settings(max_examples=20, deadline=None)
def test_the_best_of_each_is_what_nms_one_by_one_leaves(lesson, seed):
    random = np.random.RandomState(seed)
    boxes, _, _ = padded(random, 2, 12)
    chances = random.dirichlet(np.full(10, 0.2), (2, 12)).astype("float32")
    ours = [np.array(each) for each in lesson["best_of_each"](boxes, chances)]
    for found, scores, labels, given_boxes, chance in zip(*ours, boxes, chances, strict=True):
        best, digits = chance.max(axis=1), chance.argmax(axis=1)
        kept = class_nms(given_boxes.astype(float), best, digits, threshold=0.3)
        stays = scores > 0
        np.testing.assert_allclose(found[stays], given_boxes[kept], atol=1e-4)
        assert labels[stays].tolist() == digits[kept].tolist()


def test_training_takes_a_step_and_detection_runs_compiled_by_xla(lesson, detector, scenes):
    pictures = lesson["pixels"](scenes.images)
    plain = [np.array(each) for each in lesson["detect"](detector, pictures)]
    assert [each.shape for each in plain] == [(4, 24, 4), (4, 24), (4, 24)]
    compiled = tf.function(lambda x: lesson["detect"](detector, x), jit_compile=True)(pictures)
    for ours, theirs in zip(plain, compiled, strict=True):
        np.testing.assert_allclose(ours, np.array(theirs), atol=1e-2)
    keras.utils.set_random_seed(0)
    model = lesson["FasterRCNN"](0)
    model.compile(keras.optimizers.Adam(0.002), jit_compile=True)
    truth = lesson["truth_of"](scenes)
    history = model.fit(pictures, truth, batch_size=4, epochs=4, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    weights = lesson["LOSSES"]
    total = sum(weight * history[name][0] for name, weight in weights.items())
    assert total == pytest.approx(history["loss"][0], rel=1e-4)
    first = model.first.layers[1].layers[1]
    assert not first.trainable


LOADING = """
import sys
import numpy as np
import tensorflow as tf
loaded = tf.saved_model.load(sys.argv[1])
boxes, scores, labels = loaded.detect(tf.constant(np.load(sys.argv[2])))
assert "helpers" not in sys.modules, "the course was needed"
np.savez(sys.argv[3], boxes=boxes, scores=scores, labels=labels)
"""


def test_a_saved_detector_answers_in_a_process_without_the_course(
    lesson, detector, scenes, tmp_path
):
    pictures = lesson["pixels"](scenes.images)
    archive = keras.export.ExportArchive()
    archive.track(detector)
    signature = [tf.TensorSpec((None, 128, 128, 1), "float32")]
    archive.add_endpoint("detect", lambda x: lesson["detect"](detector, x), signature)
    archive.write_out(str(tmp_path / "detector"), verbose=False)
    np.save(tmp_path / "pictures.npy", pictures)
    names = ("detector", "pictures.npy", "answers.npz")
    command = [sys.executable, "-c", LOADING, *(str(tmp_path / name) for name in names)]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=120)
    with np.load(tmp_path / "answers.npz") as answers:
        ours = tf.function(lambda x: lesson["detect"](detector, x))(pictures)
        for name, each in zip(("boxes", "scores", "labels"), ours, strict=True):
            np.testing.assert_allclose(answers[name], np.array(each), atol=1e-3)


def test_kinds_of_answers(lesson):
    shown = Objects(
        np.array([(0, 0, 20, 20), (60, 60, 90, 90), (0, 80, 20, 110)]), np.array([4, 7, 1])
    )
    boxes = [(0, 0, 20, 19), (0, 0, 20, 18), (60, 60, 90, 88), (60, 80, 90, 100), (100, 0, 120, 20)]
    said = Detections(
        np.array([*boxes, (0, 80, 20, 110)], float),
        np.array([0.9, 0.8, 0.7, 0.6, 0.55, 0.4]),  # the last is not sure
        np.array([4, 4, 2, 7, 3, 1]),
    )
    kinds, missed = lesson["kinds_of"](said, shown)
    assert kinds.tolist() == ["right", "twice", "wrong digit", "badly placed", "background"]
    assert missed.tolist() == [1, 2]
    nothing = Detections(np.zeros((0, 4)), np.zeros(0), np.zeros(0, int))
    kinds, missed = lesson["kinds_of"](nothing, shown)
    assert kinds.tolist() == [] and missed.tolist() == [0, 1, 2]


def test_numbers_of_the_text():
    code = study.source(study.FASTER_RCNN)
    (count,), (epochs,) = (
        re.findall(rf"{what}small=(\d+)", code) for what in (r"at_scale\(", r"epochs\(")
    )
    (fewer,) = (change.split("=")[1] for change in study.FASTER_RCNN.fewer.values())
    steps, of_study = (int(epochs) * -(-int(scenes) // 8) for scenes in (count, fewer))
    text = "\n".join(place.text["en"] for place in read_lesson("24_faster_rcnn").places)
    numbers = (f"{int(count):,} training scenes, seen three", f"the training above has {steps:,})")
    study_numbers = (
        f"for {of_study} steps on {int(fewer):,} scenes",
        f"on {study.SCENES} validation",
    )
    assert all(each in text for each in numbers + study_numbers) and epochs == "3"
    for side, expected in ((16, 0.77), (42, 0.91)):
        box = np.array([(0.0, 0, side, side)])
        inwards = np.array([(1.0, 1, side - 1, side - 1)])
        assert round(float(iou(box, inwards)[0, 0]), 2) == expected


def test_five_seeds_meet_the_bar_and_say_what_the_text_says():
    checks = measured("faster_rcnn")["checks"]
    ap = checks["AP of Faster R-CNN"]
    assert median(ap) >= 0.75 and min(ap) >= 0.72
    twice, once = (checks[f"AP on the first 200 scenes{end}"] for end in ("", ", read once"))
    assert verdict([a - b for a, b in zip(twice, once, strict=True)]) == 1
    ours = checks["AP on the 60 scenes of lesson rcnn"]
    for other, name in (("rcnn", "AP of R-CNN"), ("fast_rcnn", "AP of Fast R-CNN")):
        theirs = measured(other)["checks"][name]
        assert verdict([a - b for a, b in zip(ours, theirs, strict=True)]) == 1
    assert max(checks["Fast R-CNN over Faster R-CNN, time"]) < 1  # the network alone is slower


def test_the_study_says_what_the_text_says():
    checks = measured("faster_rcnn_study")["checks"]

    def decided(variant):
        pairs = zip(checks[f"AP, {variant}"], checks["AP, as it is"], strict=True)
        return [ours - theirs for ours, theirs in pairs]

    for variant in ("no copies", "boxes not widened", "up to five digits"):
        assert verdict(decided(variant)) == -1
    for variant in ("dense layers only", "no stride 2", "feature pyramid", "random weights"):
        assert verdict(decided(variant)) == 0
    assert max(decided("feature pyramid")) < 0 and max(decided("random weights")) < 0

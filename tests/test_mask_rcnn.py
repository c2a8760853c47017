"""What lesson mask_rcnn builds by hand: interpolation, masks, their loss and AP, pasting."""

from statistics import median

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from lesson_code import definitions
from scipy.ndimage import map_coordinates

from helpers.boxes import encode
from helpers.datasets import load_mnist
from helpers.faster_rcnn import load_faster_rcnn
from helpers.metrics import Detections, coco_ap, objects_of
from helpers.regions import roi_align
from helpers.scenes import Scenes, digit_scenes
from tools import study
from tools.measured import measured, verdict
from tools.source import read_lesson

numbers = st.integers(0, 2**31 - 1)


@pytest.fixture(scope="module")
def lesson():
    return definitions("mask_rcnn")


@pytest.fixture(scope="module")
def scenes():
    return digit_scenes(load_mnist()[0], 4, seed=3, masks=True)


def truth_of(scenes):
    kinds = {"boxes": "float32", "labels": "int32", "masks": "bool"}
    return {name: getattr(scenes, name).astype(kind) for name, kind in kinds.items()}


@given(numbers, st.integers(2, 6), st.integers(2, 6))
@settings(max_examples=30, deadline=None)
def test_interpolation_is_that_of_scipy_also_on_centres_and_beyond_borders(
    lesson, seed, rows, columns
):
    random = np.random.RandomState(seed)
    values = random.normal(size=(rows, columns))
    points = np.concatenate([random.uniform(-2, 8, (2, 9)), random.randint(-2, 8, (2, 9))], axis=1)
    ours = [lesson["bilinear"](values, y, x) for y, x in points.T]
    np.testing.assert_allclose(ours, map_coordinates(values, points, order=1, mode="nearest"))


@given(numbers, st.integers(1, 5), st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_roi_align_by_hand_is_that_of_helpers(lesson, seed, size, samples):
    random = np.random.RandomState(seed)
    values = random.normal(size=(6, 9)).astype("float32")
    low = random.uniform(-4, 30, 2)
    box = np.concatenate([low, low + random.uniform(1, 20, 2)]).astype("float32")
    ours = lesson["roi_align_by_hand"](values, box, 4, size, samples)
    theirs = roi_align(values[None, ..., None], box[None, None], 4, size, samples)
    np.testing.assert_allclose(ours, np.array(theirs)[0, 0, ..., 0], atol=1e-5)


@given(numbers)
@settings(max_examples=30, deadline=None)
def test_rounded_boxes_are_on_places_near_by_and_never_empty(lesson, seed):
    boxes = np.random.RandomState(seed).uniform(0, 128, (8, 4)).astype("float32")
    boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2])
    ours = np.array(lesson["rounded"](boxes))
    assert (ours % 4 == 0).all() and (ours[:, 2:] - ours[:, :2] >= 4).all()
    assert (np.abs(ours - boxes)[:, :2] <= 2).all() and (np.abs(ours - boxes)[:, 2:] <= 6).all()


def test_what_fills_a_box_pixel_by_pixel_comes_back_as_it_was(lesson):
    random = np.random.RandomState(0)
    for x_min, y_min, width, height in ((0, 0, 128, 128), (3, 50, 20, 20), (100, 90, 28, 28)):
        mask = np.zeros((128, 128), bool)
        mask[y_min : y_min + height, x_min : x_min + width] = random.rand(height, width) > 0.5
        box = np.array([x_min, y_min, x_min + width, y_min + height], float)
        seen = lesson["wanted_masks"](mask[None, None], box[None, None].astype("float32"), width)
        assert np.array(seen).shape == (1, 1, width, width)
        assert np.array_equal(lesson["pasted"](np.array(seen)[0, 0], box), mask)


@given(numbers)
@settings(max_examples=30, deadline=None)
def test_a_mask_stays_in_its_box_and_shrinks_as_the_threshold_rises(lesson, seed):
    random = np.random.RandomState(seed)
    low = random.uniform(0, 100, 2)
    box = np.concatenate([low, np.minimum(low + random.uniform(0, 40, 2), 128)])
    chances = random.rand(28, 28)
    masks = [lesson["pasted"](chances, box, least) for least in (0, 0.5, 0.9)]
    rows, columns = np.nonzero(masks[0])
    assert ((rows + 0.5 >= box[1]) & (rows + 0.5 < box[3])).all()
    assert ((columns + 0.5 >= box[0]) & (columns + 0.5 < box[2])).all()
    assert masks[0].shape == (128, 128) and masks[0].sum() >= masks[1].sum() >= masks[2].sum()
    empty = lesson["pasted"](chances, np.array([40.0, 40, 40, 60]))
    assert empty.shape == (128, 128) and not empty.any()


def test_copies_are_near_and_boxes_without_area_stay_so(lesson, scenes):
    boxes = np.where(scenes.boxes > 0, 20 + 0.6 * scenes.boxes, 0).astype("float32")
    ours = np.array(lesson["near"](boxes, keras.random.SeedGenerator(1)))
    there = scenes.labels >= 0
    deltas = encode(ours[there].astype(float), boxes[there].astype(float))
    assert (np.abs(deltas) <= lesson["REACH"] + 1e-4).all() and np.abs(deltas).max() > 0.02
    assert not ours[~there].any()


def test_the_loss_is_the_mean_over_pixels_of_the_own_class_and_over_digits(lesson):
    random = np.random.RandomState(4)
    logits = random.normal(size=(2, 3, 28, 28, 10)).astype("float32")
    wanted = (random.rand(2, 3, 28, 28) > 0.5).astype("float32")
    labels = np.array([[3, -1, 9], [-1, 0, 3]])
    of_boxes = []
    for at in np.argwhere(labels >= 0):
        chances = 1 / (1 + np.exp(-logits[(*at, ..., labels[tuple(at)])].astype(float)))
        of_boxes.append(-np.log(np.where(wanted[tuple(at)] > 0, chances, 1 - chances)).mean())
    ours = float(lesson["mask_loss"](logits, wanted, labels))
    assert ours == pytest.approx(np.mean(of_boxes), rel=1e-5)
    assert float(lesson["mask_loss"](logits, wanted, np.full((2, 3), -1))) == 0


def test_where_masks_are_whole_boxes_their_ap_is_that_of_boxes(lesson):
    random = np.random.RandomState(6)
    low = random.randint(0, 80, (5, 4, 2))
    boxes = np.concatenate([low, low + random.randint(10, 40, low.shape)], axis=-1)
    labels = random.randint(0, 3, (5, 4))
    labels[0, 2:], boxes[0, 2:] = -1, 0
    masks = np.zeros((5, 4, 128, 128), bool)
    for at in np.argwhere(labels >= 0):
        x_min, y_min, x_max, y_max = boxes[tuple(at)]
        masks[(*at, slice(y_min, y_max), slice(x_min, x_max))] = True
    scenes = Scenes(np.zeros((5, 128, 128), np.uint8), boxes, labels, masks)
    found, said = [], []
    for of_scene, own in zip(boxes, labels, strict=True):
        moved = np.clip(of_scene[own >= 0] + random.randint(-4, 5, ((own >= 0).sum(), 4)), 0, 128)
        moved[:, 2:] = np.maximum(moved[:, 2:], moved[:, :2] + 4)
        found.append(Detections(moved.astype(float), random.rand(len(moved)), own[own >= 0]))
        said.append([lesson["pasted"](np.ones((28, 28)), box) for box in moved.astype(float)])
    (ap, ap50, ap75), by_threshold = lesson["mask_ap"](found, said, scenes)
    theirs = coco_ap(found, objects_of(boxes, labels), range(3))
    np.testing.assert_allclose([ap, ap50, ap75], theirs, atol=1e-9)
    assert by_threshold.shape == (10,) and by_threshold.mean() == pytest.approx(ap)


@pytest.mark.parametrize("reading", ["RoIPool", "rounded", "RoIAlign"])
def test_training_leaves_the_detector_alone_and_compiles_by_xla(lesson, scenes, reading):
    keras.utils.set_random_seed(0)
    detector = load_faster_rcnn()
    model = lesson["MaskRCNN"](detector, lesson["READINGS"][reading], 0)
    model.build((None, 128, 128, 1))
    before, heads = detector.get_weights(), model.head.get_weights()
    model.compile(keras.optimizers.Adam(0.003), jit_compile=True)
    pictures = lesson["pixels"](scenes.images)
    model.fit(pictures, truth_of(scenes), batch_size=4, epochs=2, verbose=0)
    assert all(np.array_equal(*pair) for pair in zip(before, detector.get_weights(), strict=True))
    assert all((a != b).any() for a, b in zip(heads, model.head.get_weights(), strict=True))
    plain = [np.array(each) for each in model.predict_step(pictures)]
    assert [each.shape[1:] for each in plain] == [(24, 4), (24,), (24,), (24, 28, 28)]
    compiled = tf.function(model.predict_step, jit_compile=True)(pictures)
    for ours, theirs in zip(plain, compiled, strict=True):
        np.testing.assert_allclose(ours, np.array(theirs), atol=1e-2)


def test_numbers_of_the_text(lesson):
    text = "\n".join(place.text["en"] for place in read_lesson("26_mask_rcnn").places)
    stretch = np.exp(lesson["REACH"][2:])
    assert (stretch.round(2) == 1.08).all() and (lesson["REACH"][:2] == np.float32(1 / 20)).all()
    assert "up to a twentieth" in text and "up to about 8%" in text
    assert f"on {study.SCENES} validation" in text
    losses = -np.log([0.9, 0.6, 0.8])
    assert losses.round(3).tolist() == [0.105, 0.511, 0.223] and losses.mean().round(3) == 0.280
    kernel = np.array([[1, 2], [0, -1]], "float32")[..., None, None]
    spread = keras.ops.conv_transpose(np.full((1, 1, 1, 1), 3, "float32"), kernel, 2)
    assert np.array(spread)[0, ..., 0].tolist() == [[3, 6], [0, -3]]


def test_five_seeds_meet_the_bar_and_say_what_the_text_says():
    checks = measured("mask_rcnn")["checks"]
    ap, pool, rounded = (checks[f"mask AP{end}"] for end in ("", ", RoIPool", ", rounded"))
    assert median(ap) >= 0.60
    for other in (pool, rounded):
        assert verdict([a - b for a, b in zip(ap, other, strict=True)]) == 1
    gains = [[a - b for a, b in zip(*pair, strict=True)] for pair in ((ap, rounded), (ap, pool))]
    assert all(a > 0.8 * b for a, b in zip(*gains, strict=True))  # nearly all of it is rounding
    assert len(set(checks["box AP"])) == 1


def test_the_study_says_what_the_text_says():
    checks = measured("mask_rcnn_study")["checks"]
    plain = checks["AP, as it is"]
    lost = {
        name: [a - b for a, b in zip(checks[f"AP, {name}"], plain, strict=True)]
        for name in study.MASK_RCNN.variants
    }
    for name in ("one point in a bin", "one mask"):
        assert verdict(lost[name]) == 0
    for name in set(lost) - {"as it is", "one point in a bin", "one mask"}:
        assert verdict(lost[name]) == -1
    for less, more in (
        ("masks in rounded boxes", "rounded boxes"),
        ("half a place off", "rounded boxes"),
        ("softmax, any class", "softmax"),
    ):
        assert all(a > b / 2 for a, b in zip(lost[less], lost[more], strict=True))

"""What lesson second_look builds: copies to learn from, the second look, covers and sparing."""

from itertools import pairwise
from statistics import median

import cv2
import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from lesson_code import definitions

from helpers import rpn
from helpers.boxes import clip, decode, iou
from helpers.datasets import load_mnist
from helpers.metrics import Detections
from helpers.regions import roi_align
from helpers.scenes import digit_scenes
from tools.measured import measured, verdict

numbers = st.integers(0, 2**31 - 1)
WAYS = ("blur, 2 px", "blur, 8 px", "mosaic, 4×4", "painted box", "painted square")
SPARED = ("square", "masks spared", "real boxes spared", "spared")  # the more in sight


@pytest.fixture(scope="module")
def lesson():
    return definitions("second_look")


@pytest.fixture(scope="module")
def scenes():
    return digit_scenes(load_mnist()[0], 12, seed=3, masks=True)


def answers_to(scenes, score=0.9):
    """Real boxes as answers, all with one score."""
    rows = zip(scenes.boxes.astype(float), scenes.labels, scenes.labels >= 0, strict=True)
    return [Detections(b[k], np.full(k.sum(), score), label[k]) for b, label, k in rows]


def test_deltas_lead_from_every_copy_back_to_a_real_box(lesson, scenes):
    near, wanted = lesson["copies_of"](scenes, 1)
    assert near.shape == wanted.shape == (12, 3, 4) and near.dtype == wanted.dtype == np.float32
    for copies, deltas, real, labels in zip(near, wanted, scenes.boxes, scenes.labels, strict=True):
        back = decode(deltas * rpn.SPREAD, copies.astype(float))
        count = (labels >= 0).sum()
        np.testing.assert_allclose(back, real[np.arange(3) % count], atol=1e-3)
        assert (iou(copies.astype(float), back).diagonal() > 0.7).all()
        assert copies.min() >= 0 and copies.max() <= 128
    other, _ = lesson["copies_of"](scenes, 2)
    assert np.abs(near - other).max() > 0.5


def test_scenes_are_shrunk_by_means(lesson, scenes):
    for stride in (1, 2, 4):
        side = 128 // stride
        theirs = [cv2.resize(i, (side, side), interpolation=cv2.INTER_AREA) for i in scenes.images]
        ours = lesson["shrunk"](scenes.images, stride)
        assert ours.shape == (12, side, side, 1)
        np.testing.assert_allclose(ours[..., 0] * 255, np.array(theirs), atol=0.51)


def test_a_second_look_reads_each_widened_box_by_itself(lesson, scenes):
    keras.utils.set_random_seed(0)
    maps = lesson["pixels"](scenes.images[:2])
    boxes = scenes.boxes[:2, :3].astype("float32") + np.float32([0, 0, 9, 9])
    model = lesson["SecondLook"](1, 1)
    ours = np.array(model([maps, boxes]))
    assert ours.shape == (2, 3, 4)
    for picture, row in np.ndindex(2, 3):
        low, high = boxes[picture, row].reshape(2, 2)
        more = 0.15 * (high - low)
        wide = np.concatenate([low - more, high + more])[None, None]
        window = roi_align(maps[[picture]], wide, stride=1, size=32)[0]
        np.testing.assert_allclose(ours[picture, row], np.array(model.net(window))[0], atol=1e-5)


def test_it_takes_a_step_and_answers_under_xla(lesson, scenes):
    near, wanted = lesson["copies_of"](scenes, 1)
    losses = []
    for compiled in (False, True):
        keras.utils.set_random_seed(0)
        model = lesson["SecondLook"](1, 1)
        model.compile(keras.optimizers.SGD(0.1), loss="huber", jit_compile=compiled)
        losses.append(model.train_on_batch([lesson["pixels"](scenes.images), near], wanted))
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    said = tf.function(lambda maps, boxes: model([maps, boxes]), jit_compile=True)
    assert said(lesson["pixels"](scenes.images), near).shape == (12, 3, 4)


def test_boxes_are_corrected_and_scores_stay_also_where_nothing_was_found(lesson, scenes):
    found = answers_to(scenes)
    found[3] = Detections(np.zeros((0, 4)), np.zeros(0), np.zeros(0, int))

    class Right:
        def predict(self, inputs, **_):
            return np.full(inputs[1].shape, 1.0)

    lesson["looks"] = {"pixels": Right()}
    for some in (found, [found[3]]):
        images = scenes.images[: len(some)]
        again = lesson["looked_again"]("pixels", images, some)
        for old, new in zip(some, again, strict=True):
            moved = decode(np.tile(rpn.SPREAD.astype(float), (len(old.boxes), 1)), old.boxes)
            np.testing.assert_allclose(new.boxes, clip(moved, 128, 128))
            assert new.scores is old.scores and new.labels is old.labels


@given(numbers, st.booleans(), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_a_spot_holds_the_box_and_no_more_than_the_margin(lesson, seed, square, margin):
    random = np.random.RandomState(seed)
    low = random.uniform(0, 100, 2)
    box = np.concatenate([low, np.minimum(low + random.uniform(1, 60, 2), 128)])
    rows, columns = lesson["spot_of"](box, square, margin)
    covered = np.zeros((128, 128), bool)
    covered[rows, columns] = True
    ys, xs = np.nonzero(covered)
    ends = np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1])
    assert (ends[:2] <= np.maximum(box[:2] - margin, 0) + 1e-9).all()
    assert (ends[2:] >= np.minimum(box[2:] + margin, 128) - 1e-9).all()
    most = (box[2:] - box[:2]).max() if square else box[2:] - box[:2]
    assert (ends[2:] - ends[:2] <= most + 2 * margin + 2).all()


def test_only_odd_digits_are_hidden_and_nothing_outside_changes(lesson, scenes):
    found = answers_to(scenes)
    for way, (_, square) in lesson["WAYS"].items():
        images = lesson["hidden"](scenes.images, found, way)
        for old, new, said in zip(scenes.images, images, found, strict=True):
            may = np.zeros((128, 128), bool)
            for box in said.boxes[said.labels % 2 == 1]:
                may[lesson["spot_of"](box, square)] = True
            assert (old[~may] == new[~may]).all()
            if "painted" in way:
                assert (new[may] == 128).all()
            elif may.any():
                assert new[may].std() < old[may].std()
    unsure = answers_to(scenes, score=0.1)  # below LEAST
    assert (lesson["hidden"](scenes.images, unsure, "painted box") == scenes.images).all()


def test_boxes_of_even_digits_are_spared_but_not_where_the_digit_may_be_odd(lesson):
    image = np.random.RandomState(0).randint(0, 100, (1, 128, 128)).astype("uint8")
    boxes = np.array([[20.0, 20, 60, 60], [50, 50, 90, 90], [22, 20, 60, 60]])
    said = [Detections(boxes, np.array([0.9, 0.8, 0.7]), np.array([3, 4, 8]))]
    new = lesson["hidden"](image, said, "painted box", spared=True)[0]
    assert (new[50:61, 50:61] == image[0, 50:61, 50:61]).all()  # of the 4
    assert (new[19:50, 19:50] == 128).all()  # the 8 is the 3, read otherwise
    said = [said[0]._replace(scores=np.array([0.9, 0.4, 0.7]))]  # too unsure to be spared
    assert (lesson["hidden"](image, said, "painted box", spared=True)[0][50:61, 50:61] == 128).all()


def test_what_is_in_sight_and_what_is_gone(lesson, scenes):
    def percents(found, least=0.2):
        return lesson["in_sight_and_gone"](lesson["covered_by"](found, least), scenes)

    found = answers_to(scenes)
    assert percents(found)[0] == 0
    assert percents(found, least=0.95) == (100, 0)
    assert percents([said._replace(labels=np.ones_like(said.labels)) for said in found]) == (0, 100)
    is_odd, shares = lesson["shares_covered"](np.zeros((12, 128, 128), bool), scenes)
    assert (is_odd == (scenes.labels[scenes.labels >= 0] % 2 == 1)).all() and not shares.any()


def test_the_shape_of_a_box_is_its_width_over_its_height(lesson, scenes):
    ratios = lesson["width_over_height"](scenes, scenes.labels >= 0)
    boxes = scenes.boxes[scenes.labels >= 0]
    for ratio, (x_min, y_min, x_max, y_max) in zip(ratios, boxes, strict=True):
        assert ratio == pytest.approx((x_max - x_min) / (y_max - y_min))


@given(numbers, st.integers(1, 4), st.integers(1, 5), st.integers(1, 5))
@settings(max_examples=20, deadline=None)
def test_a_mosaic_has_the_mean_of_each_part(lesson, seed, count, tall, wide):
    image = np.random.RandomState(seed).randint(0, 256, (40, 40)).astype("uint8")
    spot = slice(3, 3 + count * tall), slice(5, 5 + count * wide)
    ours = lesson["mosaic"](image, spot, count)
    for row, column in np.ndindex(count, count):
        part = np.s_[row * tall : (row + 1) * tall, column * wide : (column + 1) * wide]
        assert np.abs(ours[part] - image[spot][part].mean()).max() <= 0.51


def test_readers_are_shown_the_digits_that_are_asked_for_in_their_order(lesson, scenes):
    which = lesson["odd"](scenes.labels)
    seen = lesson["sights"](scenes.images, scenes, which)
    assert seen.shape == (which.sum(), 28, 28, 1) and 0 <= seen.min() < seen.max() <= 1
    one = np.zeros_like(which)
    picture, row = np.argwhere(which)[-1]
    one[picture, row] = True
    np.testing.assert_array_equal(lesson["sights"](scenes.images, scenes, one)[0], seen[-1])


def test_five_seeds_say_what_the_lesson_says():
    checks = measured("second_look")["checks"]

    def helps(name, other):
        return verdict([a - b for a, b in zip(checks[name], checks[other], strict=True)]) == 1

    assert median(checks["AP gained by a second look"]) > 0.04
    assert median(checks["AP of small digits gained by a second look"]) > 0.05
    steps = ("before", "features", "pixels"), ("quarter", "half", "pixels"), ("quarter", "features")
    for names in steps:
        for worse, better in pairwise(names):
            assert helps(f"AP, {better}", f"AP, {worse}"), (worse, better)
    assert max(checks["AP, read thrice"]) < min(checks["AP, before"])
    margins = [max(checks[f"percent of odd digits in sight, before, margin {m}"]) for m in (0, 1)]
    assert margins[1] < min(checks["percent of odd digits in sight, after, margin 0"]) < margins[0]

    read = {way: checks[f"odd digits read, {way}, trained reader"] for way in WAYS}
    one_answer = checks["odd digits right if one answer is always given, at most"][0]
    by_shape = checks["odd digits guessed by the shape of the box"]
    assert max(read["painted square"]) < one_answer + 0.05  # it can no longer be read
    assert min(read["painted box"]) > one_answer + 0.05 and min(by_shape) > one_answer + 0.1
    for way in WAYS[:3]:  # a blur or a mosaic stops neither the trained reader nor the ordinary one
        assert min(read[way]) > max(read["painted box"]) + 0.1, way
        assert min(checks[f"odd digits read, {way}, ordinary reader"]) > one_answer + 0.1, way
    trained, ordinary = (
        f"odd digits read, painted box, {r} reader" for r in ("trained", "ordinary")
    )
    assert helps(trained, ordinary)
    assert max(checks["read on a painted square"]) == max(read["painted square"])

    assert helps("even digits read, spared", "even digits read, painted square")
    for fewer, more in pairwise(checks[f"percent of odd digits in sight, {n}"] for n in SPARED):
        assert max(fewer) < min(more)
    assert max(checks["percent of even digits gone, masks spared"]) == 0

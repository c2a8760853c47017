"""Average precision against pycocotools, and the small steps of it by hand."""

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from helpers.metrics import (
    EVERYWHERE,
    Detections,
    Objects,
    as_coco,
    average_precision,
    coco_ap,
    interpolated,
    matched,
    objects_of,
    precision_and_recall,
)


def coco(found, truth, classes, areas=EVERYWHERE):
    """What pycocotools gives: precision averaged over recalls, (thresholds, classes)."""
    dataset, results = as_coco(found, truth, classes)
    with contextlib.redirect_stdout(io.StringIO()):
        truth_set = COCO()
        truth_set.dataset = dataset
        truth_set.createIndex()
        judge = COCOeval(truth_set, loaded(truth_set, results), "bbox")
        judge.params.areaRng, judge.params.areaRngLbl = [list(areas)], ["all"]
        judge.params.catIds = [int(label) for label in classes]
        judge.evaluate()
        judge.accumulate()
    return judge.eval["precision"][:, :, :, 0, -1].mean(axis=1)


def loaded(truth_set, results):
    if results:
        return truth_set.loadRes(results)
    none = COCO()  # loadRes takes no empty list
    none.dataset = truth_set.dataset | {"annotations": []}
    none.createIndex()
    return none


def random_set(seed):
    """Pictures with crowds of both kinds, ties, empty ones, classes without objects or boxes."""
    rng = np.random.RandomState(seed)
    classes = rng.randint(1, 5)
    found, truth = [], []
    for _ in range(rng.randint(1, 8)):
        dense = rng.rand() < 0.3  # many objects on top of each other
        count = rng.randint(5, 15) if dense else rng.randint(0, 6)
        low = rng.randint(0, 15 if dense else 60, (count, 2))
        sides = rng.randint(seed % 3 != 0, 40, (count, 2))  # of 0 with every third seed
        there = np.concatenate([low, low + sides], axis=1).astype(float)
        labels, crowd = rng.randint(0, classes, count), rng.rand(count) < 0.2
        source = np.repeat(np.arange(count), rng.randint(0, 5, count))
        near = there[source] + rng.randint(-6, 7, (len(source), 4))
        other = rng.randint(0, 60, (rng.randint(0, 4), 2))
        elsewhere = np.concatenate([other, other + rng.randint(1, 40, other.shape)], axis=1)
        boxes = np.concatenate([near, elsewhere])
        boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2])
        said = np.concatenate([labels[source], rng.randint(0, classes, len(other))])
        scores = rng.randint(0, 6, len(boxes)) / 5
        found.append(Detections(boxes, scores, said))
        truth.append(Objects(there, labels, crowd if seed % 4 else None))
    return found, truth, range(classes + 1)  # one class that nothing has


@pytest.mark.parametrize("first", range(0, 200, 20))
def test_average_precision_is_that_of_pycocotools(first):
    for seed in range(first, first + 20):
        found, truth, classes = random_set(seed)
        areas = (EVERYWHERE, (0.0, 300.0), (100.0, 900.0))[seed % 3]
        ours = average_precision(found, truth, classes, areas)
        np.testing.assert_allclose(ours, coco(found, truth, classes, areas), atol=1e-6)


def test_cocos_format_has_sides_for_far_corners_and_numbers_from_one():
    found = [Detections(np.zeros((0, 4)), np.zeros(0), np.zeros(0, int))]
    found.append(Detections(np.array([[1, 2, 4, 7]]), np.array([0.5]), np.array([3])))
    truth = [Objects(np.array([[0, 0, 2, 1], [5, 5, 6, 8]]), np.array([3, 4]), np.array([0, 1]))]
    truth.append(Objects(np.zeros((0, 4)), np.zeros(0, int)))
    dataset, results = as_coco(found, truth, [3, 4])
    assert [row["id"] for row in dataset["images"]] == [1, 2]
    assert [row["id"] for row in dataset["categories"]] == [3, 4]
    first, second = dataset["annotations"]
    assert first == {
        "image_id": 1,
        "category_id": 3,
        "bbox": [0, 0, 2, 1],
        "area": 2,
        "id": 1,
        "iscrowd": 0,
    }
    assert (second["bbox"], second["id"], second["iscrowd"]) == ([5, 5, 1, 3], 2, 1)
    assert results == [
        {"image_id": 2, "category_id": 3, "bbox": [1, 2, 3, 5], "area": 15, "score": 0.5}
    ]
    with pytest.raises(ValueError, match="expected detections of 2 pictures, got 1"):
        as_coco(found[:1], truth, [3, 4])


def test_only_the_best_hundred_of_a_class_count_in_a_picture():
    rng = np.random.RandomState(0)
    low = rng.randint(0, 90, (150, 2))
    there = np.concatenate([low, low + 10], axis=1)
    found = [Detections(there, rng.rand(150), np.zeros(150, int))]
    truth = [Objects(there, np.zeros(150, int))]
    ours = average_precision(found, truth, [0])
    np.testing.assert_allclose(ours, coco(found, truth, [0]), atol=1e-6)
    assert ours[0, 0] < 0.7


def test_five_detections_by_hand():
    right = np.array([True, False, True, True, False])
    precision, recall = precision_and_recall(right, 4)
    np.testing.assert_allclose(precision, [1, 1 / 2, 2 / 3, 3 / 4, 3 / 5])
    np.testing.assert_allclose(recall, [1 / 4, 1 / 4, 2 / 4, 3 / 4, 3 / 4])
    best = interpolated(precision, recall)
    assert best[[0, 25]].tolist() == [1, 1] and best[[26, 75]].tolist() == [0.75, 0.75]
    assert best[76:].tolist() == [0] * 25
    assert best.mean() == pytest.approx((26 + 50 * 0.75) / 101)


def test_an_object_is_hit_once_and_by_the_best_score():
    box = np.array([[0, 0, 10, 10]])
    found = [Detections(np.repeat(box, 3, axis=0), np.array([0.2, 0.9, 0.9]), np.zeros(3, int))]
    matches = matched(found, [Objects(box, np.zeros(1, int))], 0)
    assert matches.scores.tolist() == [0.9, 0.9, 0.2] and matches.objects == 1
    assert matches.right[0].tolist() == [True, False, False]


def test_what_is_found_in_a_crowd_counts_neither_way():
    box = np.array([[0, 0, 10, 10]])
    crowd = Objects(box, np.zeros(1, int), np.array([True]))
    found = [Detections(np.repeat(box, 3, axis=0), np.array([0.2, 0.9, 0.9]), np.zeros(3, int))]
    matches = matched(found, [crowd], 0)
    assert matches.objects == 0 and matches.ignored.all() and not matches.right.any()
    assert average_precision(found, [crowd], [0]).tolist() == [[-1]] * 10


def test_perfect_detections_have_1_and_none_have_0():
    there = np.array([[0, 0, 10, 10], [20, 20, 40, 50]])
    truth, labels = [Objects(there, np.array([0, 1]))], np.array([0, 1])
    found = [Detections(there, np.array([0.5, 0.4]), labels)]
    nothing = [Detections(np.zeros((0, 4)), np.zeros(0), np.zeros(0, int))]
    assert (average_precision(found, truth, [0, 1]) == 1).all()
    assert (average_precision(nothing, truth, [0, 1]) == 0).all()


@given(st.lists(st.booleans(), max_size=30), st.integers(0, 5))
def test_the_curve_is_what_counting_gives(right, more):
    objects = max(1, sum(right) + more)
    precision, recall = precision_and_recall(np.array(right, bool), objects)
    for taken in range(1, len(right) + 1):
        assert precision[taken - 1] == pytest.approx(sum(right[:taken]) / taken)
        assert recall[taken - 1] == pytest.approx(sum(right[:taken]) / objects)
    best = interpolated(precision, recall)
    for place, wanted in enumerate(np.linspace(0, 1, 101)):
        assert best[place] == max(precision[recall >= wanted], default=0)
    assert (np.diff(best) <= 0).all()


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_average_precision_knows_the_order_of_scores_only(seed):
    found, truth, classes = random_set(seed)
    before = average_precision(found, truth, classes)
    assert ((before == -1) | (before >= 0)).all() and before.max() <= 1
    squeezed = [Detections(one.boxes, np.exp(one.scores) - 5, one.labels) for one in found]
    assert np.array_equal(average_precision(squeezed, truth, classes), before)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_another_wrong_answer_never_helps(seed):
    found, truth, classes = random_set(seed)
    before = average_precision(found, truth, classes)
    score = np.random.RandomState(seed).rand()
    nowhere = np.array([[500.0, 500.0, 510.0, 510.0]])
    first = Detections(
        np.concatenate([found[0].boxes, nowhere]),
        np.append(found[0].scores, score),
        np.append(found[0].labels, 0),
    )
    assert (average_precision([first, *found[1:]], truth, classes) <= before + 1e-12).all()


def test_fuzzed_sets_end_in_a_result_or_in_a_sentence():
    rng = np.random.RandomState(0)
    odd = [np.nan, np.inf, -np.inf, 1e300, -3.0, 7.0, 0.0]
    ends = {"result": 0, "sentence": 0}
    for _ in range(10_000):
        count, objects = rng.randint(0, 4, 2)
        boxes = [np.tile([0.0, 0, 4, 4], (n, 1)) * rng.randint(1, 5) for n in (count, objects)]
        scores, labels = rng.rand(count), rng.randint(0, 2, count)
        truth = Objects(boxes[1], rng.randint(0, 2, objects), rng.rand(objects) < 0.3)
        kind = rng.randint(8)
        if kind == 0 and count:
            boxes[0][0, rng.randint(4)] = rng.choice(odd)
        elif kind == 1 and count:
            scores[0] = rng.choice(odd)
        elif kind == 2:
            labels = labels[: rng.randint(0, 4)]
        elif kind == 3:
            truth = Objects(boxes[1][:, : rng.randint(2, 5)], truth.labels, None)
        elif kind == 4:
            scores = np.array(["a"] * count)
        try:
            found = [Detections(boxes[0], scores, labels)] * rng.randint(1, 3)
            result = average_precision(found, [truth], [0, 1])
            assert ((result == -1) | ((result >= 0) & (result <= 1))).all()
            ends["result"] += 1
        except ValueError as error:
            assert str(error).startswith("expected ") and ", got " in str(error), str(error)
            ends["sentence"] += 1
    assert min(ends.values()) > 1000, ends


BOX, ONE = np.array([[0, 0, 4, 4]]), np.zeros(1, int)
BAD = [
    (lambda: average_precision([], [Objects(BOX, ONE)], [0]), "of 1 pictures, got 0"),
    (
        lambda: matched([Detections(BOX, np.zeros(2), ONE)], [Objects(BOX, ONE)], 0),
        r"expected 1 scores, got \(2,\)",
    ),
    (
        lambda: matched([Detections(BOX, np.array([np.nan]), ONE)], [Objects(BOX, ONE)], 0),
        "expected finite scores, got nan",
    ),
    (
        lambda: matched([Detections(BOX, ONE, ONE)], [Objects(BOX, np.zeros(2))], 0),
        r"expected labels for 1 boxes, got \(2,\)",
    ),
    (
        lambda: matched([Detections(BOX, ONE, ONE)], [Objects(BOX, ONE, ONE[:0])], 0),
        r"expected crowds for 1 boxes, got \(0,\)",
    ),
    (
        lambda: matched([Detections(BOX[:, ::-1], ONE, ONE)], [Objects(BOX, ONE)], 0),
        "expected x_min <= x_max",
    ),
    (lambda: precision_and_recall(np.array([1.0]), 1), r"expected \(n,\) booleans"),
    (lambda: precision_and_recall(np.array([True, True]), 1), "one for every hit, got 1"),
    (lambda: precision_and_recall(np.array([False]), 0), "an object or more"),
]


@pytest.mark.parametrize(("call", "sentence"), BAD)
def test_bad_input_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_the_means_leave_out_classes_that_no_picture_shows():
    box = np.array([[0, 0, 10, 10]])
    truth = [Objects(box, np.array([1])), Objects(box, np.array([2]))]
    found = [
        Detections(np.array([[0, 0, 10, 13]]), np.ones(1), np.array([1])),
        Detections(box[:0], np.ones(0), np.ones(0, int)),
    ]
    ap, ap50, ap75 = coco_ap(found, truth, range(4))
    assert (ap50, ap75) == (0.5, 0.5) and ap == pytest.approx(0.5 * 6 / 10)  # IoU 10/13: to 0.75
    with pytest.raises(ValueError, match=r"^expected an object of the classes \[5\], got none$"):
        coco_ap(found, truth, [5])


def test_rows_without_an_object_are_left_out():
    boxes, labels = np.arange(24).reshape(2, 3, 4), np.array([[5, -1, 7], [-1, -1, -1]])
    first, second = objects_of(boxes, labels)
    assert first.labels.tolist() == [5, 7] and first.boxes.tolist() == boxes[0, ::2].tolist()
    assert second.labels.shape == (0,) and second.boxes.shape == (0, 4)
    with pytest.raises(ValueError, match=r"^expected boxes .*, got \(2, 3, 4\), \(2, 2\)$"):
        objects_of(boxes, labels[:, :2])

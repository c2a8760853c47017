"""What lesson rcnn builds by hand, and the network that it starts from."""

import json

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lesson_code import definitions
from sklearn.svm import SVC

from helpers.datasets import load_mnist
from helpers.metrics import Objects
from helpers.proposals import selective_search
from helpers.scenes import digit_scenes
from helpers.weights import load_scene_classifier
from tools.source import ROOT

numbers = st.integers(0, 2**31 - 1)


@pytest.fixture(scope="module")
def lesson():
    return definitions("rcnn")


def test_edge_density_is_counted_pixel_by_pixel(lesson):
    image = digit_scenes(load_mnist()[1], 1, seed=7).images[0]
    edges = cv2.Canny(cv2.GaussianBlur(image, (0, 0), 1), 60, 120) > 0
    density = lesson["edge_density"](image)
    for place in range(0, len(density), 487):
        x_min, y_min, x_max, y_max = lesson["WINDOWS"][place]
        count, area = edges[y_min:y_max, x_min:x_max].sum(), (x_max - x_min) * (y_max - y_min)
        assert density[place] == pytest.approx(count / area**0.75)
    assert density.max() > 0


def test_best_windows_come_best_first_and_do_not_overlap_much(lesson):
    image = digit_scenes(load_mnist()[1], 1, seed=7).images[0]
    density, picked = lesson["edge_density"](image), lesson["best_windows"](image, 40)
    places = [np.flatnonzero((lesson["WINDOWS"] == window).all(axis=1))[0] for window in picked]
    assert places[0] == density.argmax()
    assert (np.diff(density[places]) <= 0).all() and len(picked) == 40
    shared = lesson["iou"](picked, picked)
    assert np.triu(shared, 1).max() <= 0.7


def test_windows_lie_in_the_scene_and_have_30_shapes(lesson):
    windows = lesson["WINDOWS"]
    assert windows.min() >= 0 and windows.max() <= 128
    assert (
        np.unique(windows[:, 2:] - windows[:, :2], axis=0).shape[0] >= 30
    )  # six by five, and rounding


def test_recall_counts_digits_and_not_scenes(lesson):
    box, far = np.array([[0, 0, 10, 10]]), np.array([[50, 50, 60, 60]])
    truth = [Objects(box, np.array([1]))]
    truth += [Objects(np.concatenate([box, far, far]), np.array([1, 2, 3]))]
    assert lesson["recall"]([box, far], truth, 0.5) == 3 / 4
    assert lesson["recall"]([far, far], truth, 0.5) == 2 / 4


def test_a_crop_without_surroundings_shows_the_pixels_of_its_box(lesson):
    image = digit_scenes(load_mnist()[1], 1, seed=7).images[0]
    boxes = np.array([[10, 20, 38, 48], [60, 70, 88, 98]])  # 28x28: nothing to warp
    for crop, (x_min, y_min, x_max, y_max) in zip(
        lesson["crops"](image, boxes, around=0), boxes, strict=True
    ):
        np.testing.assert_array_equal(crop, image[y_min:y_max, x_min:x_max])


@pytest.mark.parametrize("box", [(20, 30, 60, 50), (40, 10, 60, 66)])
def test_a_crop_shows_a_box_and_15_percent_around_it(lesson, box):
    across = np.tile(np.arange(128, dtype=np.uint8), (128, 1))
    for picture, low, high in ((across, *box[::2]), (across.T.copy(), *box[1::2])):
        crop = lesson["crops"](picture, [box])[0].astype(float) + 0.5  # centre of pixel i
        line = crop[14] if picture is across else crop[:, 14]
        pixel = 1.3 * (high - low) / 28
        assert line[0] == pytest.approx(low - 0.15 * (high - low) + pixel / 2, abs=0.6)
        assert line[-1] == pytest.approx(high + 0.15 * (high - low) - pixel / 2, abs=0.6)


def test_examples_are_of_the_class_that_they_show(lesson):
    scenes = digit_scenes(load_mnist()[0], 6, seed=8)
    proposals = [selective_search(picture) for picture in scenes.images]
    rows = lesson["examples"](scenes, proposals, np.random.RandomState(0))
    boxes, crops, classes, targets, ious = rows
    assert len({len(column) for column in rows}) == 1 and crops.shape[1:] == (28, 28)
    pairs = zip(boxes, targets, strict=True)
    measured = [lesson["iou"](box[None], real[None])[0, 0] for box, real in pairs]
    np.testing.assert_allclose(measured, ious)
    np.testing.assert_array_equal(classes < 10, ious >= 0.5)
    for target, label in zip(targets[classes < 10], classes[classes < 10], strict=True):
        assert label in scenes.labels[(scenes.boxes == target).all(axis=-1)]
    assert (classes < 10).sum() <= 6 * 12 and (classes == 10).sum() <= 6 * 24
    assert (ious == 1).any()  # real boxes are among them


@settings(max_examples=25, deadline=None)
@given(numbers)
def test_the_widest_strip_over_all_directions_is_that_of_the_svm(seed):
    lesson, draw = definitions("rcnn"), np.random.RandomState(seed % 2**32)
    angle, gap = draw.uniform(0, 90), draw.uniform(0.3, 2)
    normal, along = lesson["across"](angle), lesson["across"](angle + 90)
    spread = draw.normal(size=(2, 12, 1)) * along
    depth = draw.exponential(size=(2, 12, 1)) + gap / 2
    plus, minus = spread[0] + depth[0] * normal, spread[1] - depth[1] * normal
    lesson.update(plus=plus, minus=minus)
    margins = [lesson["margin"](lesson["across"](degrees)) for degrees in np.arange(0, 360, 0.05)]
    points, sides = np.concatenate([plus, minus]), np.repeat([1, -1], 12)
    svm = SVC(kernel="linear", C=1e7, tol=1e-6).fit(points, sides)
    assert max(margins) == pytest.approx(2 / np.linalg.norm(svm.coef_), rel=5e-3)
    assert max(margins) >= gap


def test_the_scene_classifier_is_as_accurate_as_noted():
    (images, labels), _ = load_mnist()
    scenes = digit_scenes((images[-1000:], labels[-1000:]), 1000, seed=1001, most=1)
    logits = load_scene_classifier().predict(scenes.images[..., None] / 255, verbose=0)
    accuracy = (logits.argmax(axis=1) == scenes.labels[:, 0]).mean()
    noted = json.loads((ROOT / "data" / "scene_classifier.json").read_text("utf-8"))
    assert accuracy == pytest.approx(noted["validation accuracy"], abs=0.002)


def test_the_scene_classifier_takes_scenes_of_any_size_and_is_new_each_time():
    first, second = load_scene_classifier(), load_scene_classifier()
    assert first.get_layer("features").output.shape == (None, None, None, 64)
    first.layers[1].kernel.assign(first.layers[1].kernel * 0)
    assert np.abs(second.layers[1].kernel.numpy()).max() > 0
    assert second(np.zeros((1, 36, 52, 1))).shape == (1, 10)

"""Selective search: grouping against a picture that can be followed by eye, and on real scenes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.boxes import iou
from helpers.datasets import load_mnist
from helpers.proposals import Region, grouped, merged, selective_search, similarity
from helpers.scenes import digit_scenes


def test_what_is_alike_is_grouped_first():
    segments = np.repeat([[0, 1, 2, 3]], 4, axis=0).repeat(2, axis=1)  # four strips, 4 × 2 pixels
    image = np.array([10, 200, 205, 120], np.uint8)[segments]  # 200 and 205 share a bin
    regions = grouped(image, segments)
    assert [region.box for region in regions[:4]] == [
        (0, 0, 2, 4),
        (2, 0, 4, 4),
        (4, 0, 6, 4),
        (6, 0, 8, 4),
    ]
    assert (regions[4].box, regions[4].size) == ((2, 0, 6, 4), 16)
    assert (regions[-1].box, regions[-1].size, len(regions)) == ((0, 0, 8, 4), 32, 7)


def test_similarity_is_brightness_size_and_fill():
    dark, bright = np.eye(16)[0], np.eye(16)[15]
    one, other = Region(4, (0, 0, 2, 2), dark), Region(4, (2, 0, 4, 2), dark)
    assert similarity(one, other, 100) == pytest.approx(1 + (1 - 8 / 100) + 1)
    far = Region(4, (8, 8, 10, 10), bright)
    assert similarity(one, far, 100) == pytest.approx(0 + (1 - 8 / 100) + (1 - 92 / 100))
    half = merged(one, far)
    assert half.size == 8 and half.box == (0, 0, 10, 10)
    assert half.histogram[[0, 15]].tolist() == [0.5, 0.5]
    assert similarity(one, half, 100) == pytest.approx(0.5 + (1 - 12 / 100) + (1 - 88 / 100))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31 - 1), st.integers(1, 12), st.integers(1, 12))
def test_grouping_ends_in_the_whole_picture(seed, height, width):
    rng = np.random.RandomState(seed)
    image = rng.randint(0, 256, (height, width)).astype(np.uint8)
    segments = np.unique(rng.randint(0, 9, (height, width)), return_inverse=True)[1]
    segments = segments.reshape(height, width)
    regions, count = grouped(image, segments), segments.max() + 1
    assert len(regions) == 2 * count - 1
    assert regions[-1].size == image.size and regions[-1].box == (0, 0, width, height)
    for number in range(count):
        y, x = np.nonzero(segments == number)
        assert regions[number].box == (x.min(), y.min(), x.max() + 1, y.max() + 1)
    np.testing.assert_allclose([region.histogram.sum() for region in regions], 1)
    sizes = sum(region.size for region in regions[:count])
    assert sizes == image.size


@pytest.fixture(scope="module")
def scenes():
    return digit_scenes(load_mnist()[1], 40, seed=9)


def test_a_hundred_boxes_find_nearly_all_digits(scenes):
    proposals = [selective_search(image) for image in scenes.images]
    there = [boxes[labels >= 0] for boxes, labels in zip(scenes.boxes, scenes.labels, strict=True)]
    best = [iou(boxes, found).max(axis=1) for boxes, found in zip(there, proposals, strict=True)]
    best = np.concatenate(best)
    assert 60 < np.mean([len(found) for found in proposals]) < 160
    assert (best >= 0.5).mean() >= 0.95 and (best >= 0.7).mean() >= 0.85


def test_each_box_comes_once_and_is_no_smaller_or_larger_than_asked(scenes):
    found = selective_search(scenes.images[0], sides=(10, 40))
    lengths = found[:, 2:] - found[:, :2]
    assert lengths.min() >= 10 and lengths.max() <= 40
    assert len(np.unique(found, axis=0)) == len(found)
    again = selective_search(scenes.images[0], sides=(10, 40))
    assert (found == again).all()


def test_a_picture_with_nothing_in_it_has_no_proposals():
    nothing = selective_search(np.full((128, 128), 7, np.uint8))
    assert nothing.shape == (0, 4)


@pytest.mark.parametrize(
    "image", [np.zeros((4, 4)), np.zeros((4, 4, 3), np.uint8), np.zeros((0, 4), np.uint8)]
)
def test_a_picture_is_bytes_in_two_dimensions(image):
    with pytest.raises(ValueError, match=r"expected an image \(height, width\) of bytes, got \("):
        selective_search(image)


def test_a_setting_is_needed():
    with pytest.raises(ValueError, match="expected one setting or more, got none"):
        selective_search(np.zeros((4, 4), np.uint8), settings=())

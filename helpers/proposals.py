"""Region proposals by selective search: boxes that may hold an object, of no class in particular.

A graph-based segmentation (Felzenszwalb and Huttenlocher 2004, by scikit-image) cuts a picture
into small regions. Of all neighbours the two most alike are grouped into one, again and again,
until one is left; the box of every region that was there on the way is a proposal (Uijlings et
al. 2013).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

Array = np.ndarray
Box = tuple[int, int, int, int]

SETTINGS = ((50.0, 20), (100.0, 10))  # scale and least size of the segmentations, one after another
SIDES = (8, 64)  # in pixels, of the boxes that are kept
BINS = 16  # of the histogram of brightness


class Region(NamedTuple):
    """Some pixels of a picture that belong together."""

    size: int  # in pixels
    box: Box
    histogram: Array  # (16,): share of the pixels at each brightness


def selective_search(
    image: Array,
    settings: Sequence[tuple[float, int]] = SETTINGS,
    sides: tuple[int, int] = SIDES,
) -> Array:
    """Boxes that may hold an object.

    Args:
        image: (height, width) as bytes 0-255.
        settings: scale and least size in pixels of each segmentation; a larger scale makes larger
            regions.
        sides: the shortest and the longest side, in pixels, of the boxes that are kept.

    Returns:
        (n, 4) whole numbers, each box once, in no order that means anything.

    Raises:
        ValueError: if the image is no such array, or there is no setting.
    """
    if image.ndim != 2 or image.dtype != np.uint8 or not image.size:
        raise ValueError(
            f"expected an image (height, width) of bytes, got {image.shape} of {image.dtype}"
        )
    if not settings:
        raise ValueError("expected one setting or more, got none")
    boxes = np.unique(np.concatenate([_boxes(image, *each) for each in settings]), axis=0)
    lengths = boxes[:, 2:] - boxes[:, :2]
    kept: Array = boxes[((lengths >= sides[0]) & (lengths <= sides[1])).all(axis=1)]
    return kept


def _boxes(image: Array, scale: float, least: int) -> Array:
    from skimage.segmentation import felzenszwalb  # takes a second to import

    segments = felzenszwalb(image, scale=scale, sigma=0.8, min_size=least)
    return np.array([region.box for region in grouped(image, segments)])


def grouped(image: Array, segments: Array) -> list[Region]:
    """All regions of a segmentation, and all that grouping makes of them, the whole picture last.

    Args:
        image: (height, width) as bytes.
        segments: (height, width), each pixel's region as a whole number from 0 up.

    Returns:
        2n - 1 regions if there are n segments, which together make one connected picture.
    """
    regions = _regions(image, segments)
    alike = {
        pair: similarity(regions[pair[0]], regions[pair[1]], image.size)
        for pair in _neighbours(segments)
    }
    while alike:
        pair = max(alike, key=alike.__getitem__)
        new = len(regions)
        regions.append(merged(regions[pair[0]], regions[pair[1]]))
        old = [other for other in alike if set(other) & set(pair)]
        touching = {place for other in old for place in other} - set(pair)
        for other in old:
            del alike[other]
        for place in sorted(touching):
            alike[place, new] = similarity(regions[place], regions[new], image.size)
    return regions


def merged(region: Region, other: Region) -> Region:
    """Two regions as one."""
    size = region.size + other.size
    histogram = (region.size * region.histogram + other.size * other.histogram) / size
    return Region(size, _around(region.box, other.box), histogram)


def similarity(region: Region, other: Region, whole: int) -> float:
    """How much two regions belong together: brightness, size and fill, each of them in [0, 1].

    Args:
        whole: size of the picture in pixels. Small regions, and such that fill the box around
            both, are grouped first (Uijlings et al. 2013, equations 1, 4 and 5; texture is left
            out, and brightness stands for colour).
    """
    x_min, y_min, x_max, y_max = _around(region.box, other.box)
    both = region.size + other.size
    brightness = float(np.minimum(region.histogram, other.histogram).sum())
    empty = (x_max - x_min) * (y_max - y_min) - both
    return brightness + (1 - both / whole) + (1 - empty / whole)


def _regions(image: Array, segments: Array) -> list[Region]:
    levels = image // (256 // BINS)
    regions = []
    for number in range(int(segments.max()) + 1):
        y, x = np.nonzero(segments == number)
        box = (int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1)
        histogram = np.bincount(levels[y, x], minlength=BINS) / len(y)
        regions.append(Region(len(y), box, histogram))
    return regions


def _neighbours(segments: Array) -> list[tuple[int, int]]:
    """Pairs of segments with pixels side by side or one above the other, the smaller one first."""
    across = np.stack([segments[:, :-1].ravel(), segments[:, 1:].ravel()], axis=1)
    down = np.stack([segments[:-1].ravel(), segments[1:].ravel()], axis=1)
    pairs = np.sort(np.concatenate([across, down]), axis=1)
    different = np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0)
    return [(int(one), int(other)) for one, other in different]


def _around(box: Box, other: Box) -> Box:
    low = min(box[0], other[0]), min(box[1], other[1])
    return *low, max(box[2], other[2]), max(box[3], other[3])

"""Average precision as COCO counts it: how good the boxes of a detector are.

The rules are those of pycocotools (T.-Y. Lin et al. 2014): detections are matched to objects best
score first, precision is read off at 101 recalls, and the mean goes over ten thresholds of IoU
and over the classes that occur.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from helpers.boxes import area, checked, checked_scores, overlap

THRESHOLDS = np.linspace(0.5, 0.95, 10)  # of IoU
RECALLS = np.linspace(0, 1, 101)
MOST = 100  # detections of a class that count in one picture, the best
EVERYWHERE = (0.0, 1e10)

Array = np.ndarray


class Detections(NamedTuple):
    """What a detector says of one picture: boxes (n, 4), scores (n,), labels (n,)."""

    boxes: Array
    scores: Array
    labels: Array


class Objects(NamedTuple):
    """What a picture shows: boxes (n, 4), labels (n,), and which boxes hold a crowd (n,) or None.

    A crowd is a box around many objects: what is found in it counts neither for nor against.
    """

    boxes: Array
    labels: Array
    crowd: Array | None = None


class CocoAP(NamedTuple):
    """Means over the classes that occur."""

    ap: float  # and over the ten thresholds of IoU
    ap50: float
    ap75: float


class Matches(NamedTuple):
    """Of one class in all pictures: detections best first, and at each threshold what they hit."""

    scores: Array  # (detections,)
    right: Array  # (thresholds, detections)
    ignored: Array  # (thresholds, detections): count neither for nor against
    objects: int  # to be found


def average_precision(
    found: Sequence[Detections],
    truth: Sequence[Objects],
    classes: Sequence[int],
    areas: tuple[float, float] = EVERYWHERE,
) -> Array:
    """Average precision by threshold and class.

    Args:
        found: one entry a picture.
        truth: likewise.
        classes: labels to judge.
        areas: smallest and largest area in square pixels of the objects that count, both ends
            included; others count neither for nor against.

    Returns:
        (10, classes) in [0, 1]; -1 for a class without an object that counts. For means: `coco_ap`.

    Raises:
        ValueError: if the numbers of pictures differ, or an array has another shape or type than
            said above.
    """
    result = np.full((len(THRESHOLDS), len(classes)), -1.0)
    for place, label in enumerate(classes):
        matches = matched(found, truth, label, areas)
        if matches.objects:
            pairs = zip(matches.right, matches.ignored, strict=True)
            for threshold, (right, ignored) in enumerate(pairs):
                precision, recall = precision_and_recall(right[~ignored], matches.objects)
                result[threshold, place] = interpolated(precision, recall).mean()
    return result


def coco_ap(
    found: Sequence[Detections], truth: Sequence[Objects], classes: Sequence[int]
) -> CocoAP:
    """AP, AP50 and AP75, as COCO names them.

    Args:
        found, truth, classes: as for `average_precision`.

    Raises:
        ValueError: as `average_precision`, or if no picture shows one of the classes.
    """
    result = average_precision(found, truth, classes)
    occurring = result[:, result[0] > -1]
    if not occurring.size:
        raise ValueError(f"expected an object of the classes {list(classes)}, got none")
    return CocoAP(*(float(part.mean()) for part in (occurring, occurring[0], occurring[5])))


def objects_of(boxes: Array, labels: Array) -> list[Objects]:
    """What each picture shows, of boxes and labels in rows of one length (as in `Scenes`).

    Args:
        boxes: (pictures, most, 4).
        labels: (pictures, most); -1 where there is nothing.

    Raises:
        ValueError: if the shapes do not match.
    """
    boxes, labels = np.asarray(boxes), np.asarray(labels)
    if labels.ndim != 2 or boxes.shape != (*labels.shape, 4):
        raise ValueError(
            f"expected boxes (n, most, 4) and labels (n, most), got {boxes.shape}, {labels.shape}"
        )
    rows = zip(boxes, labels, strict=True)
    return [Objects(boxes[labels >= 0], labels[labels >= 0]) for boxes, labels in rows]


def precision_and_recall(right: Array, objects: int) -> tuple[Array, Array]:
    """Precision and recall after each detection.

    Args:
        right: (n,) booleans, best score first: whether a detection hit an object.
        objects: that were to be found, one or more.

    Raises:
        ValueError: if right is not (n,) booleans, or there are fewer objects than hits.
    """
    right = np.asarray(right)
    if right.ndim != 1 or (right.size and right.dtype != bool):
        raise ValueError(f"expected (n,) booleans, got {right.shape} of {right.dtype}")
    if objects < max(1, right.sum()):
        raise ValueError(f"expected an object or more, and one for every hit, got {objects}")
    hits = np.cumsum(right)
    return hits / np.arange(1, len(right) + 1), hits / objects


def interpolated(precision: Array, recall: Array) -> Array:
    """The best precision at each of 101 recalls or beyond it; 0 where no recall reaches.

    Args:
        precision: (n,), as `precision_and_recall` gives.
        recall: (n,), rising.
    """
    if not len(precision):
        return np.zeros(len(RECALLS))
    best = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(recall, RECALLS, side="left")
    return np.where(places < len(best), best[np.minimum(places, len(best) - 1)], 0.0)


def matched(
    found: Sequence[Detections],
    truth: Sequence[Objects],
    label: int,
    areas: tuple[float, float] = EVERYWHERE,
) -> Matches:
    """Match the detections of one class with its objects, picture by picture.

    Args:
        found, truth, areas: as for `average_precision`.
        label: the class.

    Returns:
        Detections of all pictures together, best first; of equal scores the earlier picture's.

    Raises:
        ValueError: as `average_precision`.
    """
    if len(found) != len(truth):
        raise ValueError(f"expected detections of {len(truth)} pictures, got {len(found)}")
    scores, right, ignored, objects = [np.zeros(0)], [], [], 0
    for detections, shown in zip(found, truth, strict=True):
        boxes, picture_scores = _of_class(detections, label)
        there, crowd = _objects_of_class(shown, label)
        unjudged = crowd | (area(there) < areas[0]) | (area(there) > areas[1])
        hits, skipped = _match(boxes, there, crowd, unjudged)
        outside = (area(boxes) < areas[0]) | (area(boxes) > areas[1])
        scores.append(picture_scores)
        right.append(hits)
        ignored.append(skipped | (~hits & outside))
        objects += int((~unjudged).sum())
    together = np.concatenate(scores)
    order = np.argsort(-together, kind="stable")
    empty = np.zeros((len(THRESHOLDS), 0), bool)
    return Matches(
        together[order],
        np.concatenate([empty, *right], axis=1)[:, order],
        np.concatenate([empty, *ignored], axis=1)[:, order],
        objects,
    )


def as_coco(
    found: Sequence[Detections], truth: Sequence[Objects], classes: Sequence[int]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Detections and objects in COCO's format, for pycocotools.

    Args:
        found: one entry a picture.
        truth: likewise.
        classes: labels to judge.

    Returns:
        The data set as a dictionary, for `COCO.dataset`, and the detections as a list, for
        `COCO.loadRes` (which takes no empty one). Pictures and objects are numbered from 1.

    Raises:
        ValueError: as `average_precision`.
    """
    if len(found) != len(truth):
        raise ValueError(f"expected detections of {len(truth)} pictures, got {len(found)}")
    annotations: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for picture, (detections, shown) in enumerate(zip(found, truth, strict=True), start=1):
        crowd = np.zeros(len(shown.boxes), bool) if shown.crowd is None else shown.crowd
        for box, label, many in zip(checked(shown.boxes), shown.labels, crowd, strict=True):
            row = {"id": len(annotations) + 1, "iscrowd": int(many)}
            annotations.append(_coco_entry(picture, box, label) | row)
        boxes = checked(detections.boxes)
        for box, score, label in zip(boxes, detections.scores, detections.labels, strict=True):
            results.append(_coco_entry(picture, box, label) | {"score": float(score)})
    images = [{"id": picture} for picture in range(1, len(truth) + 1)]
    categories = [{"id": int(label)} for label in classes]
    named = {"images": images, "annotations": annotations, "categories": categories, "info": {}}
    return named, results


def _coco_entry(picture: int, box: Array, label: int) -> dict[str, Any]:
    x_min, y_min, x_max, y_max = map(float, box)
    width, height = x_max - x_min, y_max - y_min
    sides = [x_min, y_min, width, height]
    return {"image_id": picture, "category_id": int(label), "bbox": sides, "area": width * height}


def _match(boxes: Array, there: Array, crowd: Array, unjudged: Array) -> tuple[Array, Array]:
    """At each threshold which detections hit an object that counts, and which one that does not.

    Detections come best first and take the best object left. A crowd can be hit again and again;
    objects that do not count are only taken where none that counts is left.
    """
    order = np.argsort(unjudged, kind="stable")  # objects that count come first
    there, crowd, unjudged = there[order], crowd[order], unjudged[order]
    hits = np.zeros((len(THRESHOLDS), len(boxes)), bool)
    skipped = np.zeros_like(hits)
    shared = overlap(boxes, there)
    whole = area(boxes)[:, None] + np.where(crowd, 0, area(there) - shared)
    overlaps = np.divide(shared, whole, out=np.zeros_like(shared), where=shared > 0)
    for row, threshold in enumerate(THRESHOLDS):
        taken = np.zeros(len(there), bool)
        for detection in np.flatnonzero((overlaps >= threshold).any(axis=1)):
            ious = overlaps[detection]
            for group in (~unjudged, unjudged):
                places = np.flatnonzero(group & (~taken | crowd) & (ious >= threshold))
                if len(places):
                    place = places[len(places) - 1 - np.argmax(ious[places][::-1])]  # last best
                    taken[place] = True
                    (skipped if unjudged[place] else hits)[row, detection] = True
                    break
    return hits, skipped


def _of_class(detections: Detections, label: int) -> tuple[Array, Array]:
    """Boxes and scores of the best detections of a class in one picture, best first."""
    boxes = checked(detections.boxes)
    scores = checked_scores(detections.scores, len(boxes))
    labels = _for_each(detections.labels, "labels", len(boxes))
    places = np.flatnonzero(labels == label)
    places = places[np.argsort(-scores[places], kind="stable")][:MOST]
    return boxes[places], scores[places]


def _objects_of_class(shown: Objects, label: int) -> tuple[Array, Array]:
    """Boxes of the objects of a class in one picture, and which of them hold a crowd."""
    boxes = checked(shown.boxes)
    labels = _for_each(shown.labels, "labels", len(boxes))
    crowd = np.zeros(len(boxes), bool) if shown.crowd is None else shown.crowd
    here = labels == label
    return boxes[here], _for_each(crowd, "crowds", len(boxes))[here].astype(bool)


def _for_each(values: Array, name: str, count: int) -> Array:
    values = np.asarray(values)
    if values.shape != (count,):
        raise ValueError(f"expected {name} for {count} boxes, got {values.shape}")
    return values

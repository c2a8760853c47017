"""What lesson own_pictures says and shows of folders, photos and trainings."""

import json
import re

import numpy as np
import pytest
from lesson_code import definitions

from helpers.coco import CLOTHES, SHEETS, Pictures, read_coco, unpacked
from helpers.datasets import FASHION_CLASSES, load_fashion_mnist
from helpers.metrics import Detections
from helpers.scenes import SCENE_DIGIT_SIDES, SCENE_SIDE, digit_scenes
from tools.measured import measured
from tools.source import ROOT, lesson_stems, read_lesson

STEM = next(stem for stem in lesson_stems() if stem.endswith("own_pictures"))


@pytest.fixture(scope="module")
def lesson():
    return definitions(STEM)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return unpacked(CLOTHES, tmp_path_factory.mktemp("clothes"))


def code():
    return [place.text["en"] for place in read_lesson(STEM).places if place.kind == "code"]


def test_it_takes_ten_lines_and_the_first_names_the_folder():
    (cell,) = [
        cell for cell in code() if cell.startswith("pictures = read_coco(folder, ink=INK)\nrows")
    ]
    assert len(cell.splitlines()) == 10


def test_a_digit_is_read_rightly_by_class_place_and_score(lesson):
    boxes = np.array([[(0, 0, 10, 10), (20, 20, 40, 40), (0, 0, 0, 0)]], "float32")
    labels = np.array([[3, 4, -1]])
    pictures = Pictures(np.zeros((1, 128, 128, 1)), boxes, labels, tuple("0123456789"), ("a",))

    def judged(*answers):
        where, scores, said = zip(*answers, strict=True)
        found = Detections(np.array(where, float), np.array(scores), np.array(said))
        return lesson["read_rightly"](pictures, [found])

    first, second = (0, 0, 10, 10), (20, 20, 40, 40)
    assert judged((first, 0.9, 3), (second, 0.5, 4)) == [True, True]
    assert judged((first, 0.9, 4), (second, 0.49, 4)) == [False, False]
    assert judged(((0, 0, 10, 4.9), 0.9, 3), ((20, 20, 40, 30), 0.9, 4)) == [False, True]
    none = Detections(np.zeros((0, 4)), np.zeros(0), np.zeros(0, int))
    assert lesson["read_rightly"](pictures, [none]) == [False, False]


def test_every_mistake_has_a_sentence_of_its_own(lesson, folder, tmp_path):
    lists = json.loads((folder / "annotations.json").read_text())
    lesson |= {"lists": lists, "broken": unpacked(CLOTHES, tmp_path)}
    (cell,) = [cell for cell in code() if cell.startswith("mistakes = {")]
    exec(cell.split("for mistake, text")[0], lesson)
    said = {name: lesson["sentence_for"](text) for name, text in lesson["mistakes"].items()}
    assert len(set(said.values())) == len(said) == 7 and "none" not in said.values()
    assert lesson["sentence_for"](json.dumps(lists)) == "none"


def test_numbers_of_the_text(folder, tmp_path):
    pictures, sheets = read_coco(folder), read_coco(unpacked(SHEETS, tmp_path))
    assert len(pictures.files) == 48 and (np.arange(48) % 4 < 3).sum() == 36
    assert (sheets.labels >= 0).sum() == 33 and len(sheets.files) == 6
    least, most = (side / SCENE_SIDE for side in SCENE_DIGIT_SIDES)
    assert least == 1 / 8 and round(most, 1) == 2 / 5
    assert (sheets.labels >= 0).sum(axis=1).max() <= 8


def test_training_and_kept_back_show_no_thing_in_common(folder):
    """Nor do they and the test scenes, which are made of other photos."""
    (images, labels), (images_test, _) = load_fashion_mnist()
    assert not {each.tobytes() for each in images} & {each.tobytes() for each in images_test}
    told = (ROOT / "data" / "make" / "make_clothes.py").read_text(encoding="utf-8")
    assert "queues[number % 4 == 3]" in told and "rows[rows % 4 == 3]" in "\n".join(code())
    counts = np.bincount(np.arange(48) % 4 == 3)
    assert f"PARTS = {{0: {counts[0]}, 1: {counts[1]}}}" in told and len(images) == len(labels)


def test_scenes_to_test_on_name_the_classes_of_the_folder(lesson, folder):
    lesson |= {"clothes": read_coco(folder)}
    images, shown = lesson["scenes_of_clothes"](12, seed=3)
    assert images.shape == (12, 128, 128, 1) and images.dtype == np.float32
    (_, _), (photos, labels) = load_fashion_mnist()
    names = np.array(FASHION_CLASSES)[labels[len(labels) // 2 :]]
    chosen = np.isin(names, lesson["clothes"].classes)
    half = photos[len(labels) // 2 :][chosen], labels[len(labels) // 2 :][chosen]
    again = digit_scenes(half, 12, 3, most=4)
    assert (images[..., 0] == again.images / np.float32(255)).all()
    for objects, labels in zip(shown, again.labels, strict=True):
        said = [lesson["clothes"].classes[label] for label in objects.labels]
        assert said == [FASHION_CLASSES[label] for label in labels[labels >= 0]]


def test_trainings_to_compare_take_as_many_steps(lesson):
    taken = []

    class Model:
        """Counts what it is asked for."""

        def build(self, shape):
            assert shape == (None, 128, 128, 1)

        def compile(self, optimizer):
            pass

        def fit(self, x, y, batch_size, epochs, verbose):
            taken.append(epochs * -(-len(x) // batch_size))

    def some(count):
        shape = (count, 128, 128, 1)
        arrays = (np.zeros(shape), np.zeros((count, 1, 4)), np.zeros((count, 1)))
        return Pictures(*arrays, ("a",), ("b",) * count)

    for count in (36, 12):
        lesson["trained"](Model(), some(count))
    (epochs,) = re.findall(r"epochs\(small=(\d+), full=\1\)", "\n".join(code()))
    assert taken == [150, 150] and int(epochs) * -(-36 // 8) == 150
    text = "\n".join(place.text["en"] for place in read_lesson(STEM).places)
    assert f"With 36 pictures it is 5 · {epochs}." in text and "each for 150 steps" in text
    doubled = 153 // -(-72 // 8)
    assert f"for {doubled} epochs ({doubled * 9} steps)" in text and doubled * 9 == 153


def test_twelve_pictures_from_the_detector_beat_thirty_six_from_the_classifier():
    checks = measured("own_pictures")["checks"]
    few, many = (
        checks[f"AP from the {start}, {count} pictures"]
        for start, count in (("detector", 12), ("classifier", 36))
    )
    assert all(left > right for left, right in zip(few, many, strict=True))

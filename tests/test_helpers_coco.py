"""Folders of pictures in the form of COCO: read as pycocotools does, or refused by a sentence."""

import copy
import json
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pycocotools.coco import COCO

from helpers import datasets
from helpers.coco import fitted, read_coco, unpacked

TOLD = {
    "images": [
        {"id": 7, "file_name": "wide.png", "width": 80, "height": 40},
        {"id": 3, "file_name": "high.png", "width": 40, "height": 64},
    ],
    "categories": [{"id": 5, "name": "cup"}, {"id": 2, "name": "fork"}],
    "annotations": [
        {"id": 1, "image_id": 3, "category_id": 5, "bbox": [4, 8, 20, 30]},
        {"id": 2, "image_id": 7, "category_id": 2, "bbox": [10.5, 0, 69.5, 40], "iscrowd": 0},
        {"id": 4, "image_id": 3, "category_id": 2, "bbox": [-0.3, 2, 10, 10]},
    ],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("pictures")
    random = np.random.RandomState(0)
    for name, size in (("wide.png", (40, 80)), ("high.png", (64, 40))):
        Image.fromarray(random.randint(0, 256, size, dtype=np.uint8)).save(root / name)
    write(root, TOLD)
    return root


def write(root, told):
    (root / "annotations.json").write_text(json.dumps(told), encoding="utf-8")


def refused(root, told):
    """The sentence that such a JSON is refused with."""
    write(root, told)
    try:
        with pytest.raises((ValueError, FileNotFoundError)) as caught:
            read_coco(root)
    finally:
        write(root, TOLD)
    said = str(caught.value)
    assert said.startswith("expected ") and ", " in said and "\n" not in said
    return said


def test_boxes_are_those_that_pycocotools_reads(folder, capsys):
    pictures = read_coco(folder, side=160)
    assert pictures.classes == ("fork", "cup") and pictures.files == ("wide.png", "high.png")
    assert pictures.images.shape == (2, 160, 160, 1) and pictures.images.dtype == np.float32
    library = COCO(str(folder / "annotations.json"))
    for row, (key, scale, width) in enumerate(((7, 2, 80), (3, 2.5, 40))):
        theirs = library.loadAnns(library.getAnnIds(imgIds=[key]))
        boxes, labels = pictures.boxes[row], pictures.labels[row]
        assert (labels >= 0).sum() == len(theirs)
        for box, label, entry in zip(boxes, labels, theirs, strict=False):
            assert pictures.classes[label] == library.loadCats([entry["category_id"]])[0]["name"]
            left, top, wide, high = entry["bbox"]
            wanted = np.array([left, top, left + wide, top + high]).clip(0) * scale
            wanted[2] = min(wanted[2], width * scale)
            np.testing.assert_allclose(box, wanted, rtol=1e-6)
        assert (boxes[len(theirs) :] == 0).all() and (labels[len(theirs) :] == -1).all()
    assert pictures.truth == {"boxes": pictures.boxes, "labels": pictures.labels}
    some = pictures.some([1])
    assert some.files == ("high.png",) and (some.boxes == pictures.boxes[1:]).all()
    with pytest.raises(ValueError, match="expected rows of 2 pictures, got 2"):
        pictures.some(range(1, 9))


def test_a_picture_keeps_its_proportions_and_the_rest_is_its_median():
    image = np.full((40, 80, 3), 50, np.uint8)
    image[:, 40:] = 200
    image[:4] = 50  # so that the median is 50
    square, scale = fitted(image, 20)
    assert scale == 0.25 and square.shape == (20, 20, 1)
    assert (square[1:10, :10] == np.float32(50 / 255)).all()
    np.testing.assert_allclose(square[1:10, 10:], 200 / 255, rtol=1e-6)
    assert (square[10:] == np.float32(50 / 255)).all()
    assert fitted(np.full((1, 300), 9, np.uint8), 100)[0].shape == (100, 100, 1)


@pytest.mark.parametrize("paper", [True, False])
def test_ink_is_light_on_dark_whatever_it_is_written_on(paper):
    page, ink = (210, 60) if paper else (40, 190)
    image = np.full((64, 64), page, np.uint8)
    image[20:30, 10:50] = ink
    square, _ = fitted(image, 64, ink=True)
    assert square[25, 30] == 1 and square[50, 30] == 0
    flat, _ = fitted(np.full((64, 64), 255, np.uint8), 64, ink=True)
    assert (flat == 0).all()


def test_a_photo_that_its_camera_marked_as_turned_is_upright(folder):
    image = Image.fromarray(np.zeros((80, 40), np.uint8))
    turned = image.getexif()
    turned[0x0112] = 6  # the camera was held upright
    image.save(folder / "turned.jpg", exif=turned)
    told = copy.deepcopy(TOLD)
    told["images"][0]["file_name"] = "turned.jpg"  # upright it has 80×40 pixels
    write(folder, told)
    assert read_coco(folder).files[0] == "turned.jpg"
    told["images"][0] |= {"width": 40, "height": 80}
    del told["annotations"][1]
    assert "to have 40×80 pixels, as the JSON says, got 80×40" in refused(folder, told)


def changed(*path, to=None):
    told = copy.deepcopy(TOLD)
    place = told
    for key in path[:-1]:
        place = place[key]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return told


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (changed("images", 0, "file_name", to="none.png"), "the file none.png of image 7, found"),
        (changed("images", 0, "file_name", to="../annotations.json"), "within the folder"),
        (changed("images", 0, "file_name", to="a\0b"), "a file_name for image 7"),
        (changed("images", 0, "file_name", to="annotations.json"), "expected an image, got"),
        (changed("images", 0, "file_name", to="high.png"), "each image, got high.png twice"),
        (changed("images", 0, "width"), "width and height of wide.png in whole pixels, got None"),
        (changed("images", 0, "width", to=True), "in whole pixels, got True"),
        (changed("images", 0, "width", to=81), "to have 81×40 pixels, as the JSON says, got 80×40"),
        (changed("images", 1, "id", to=7), "ids of images that differ, got 7 twice"),
        (changed("images", 1, "id"), "as id of each entry of images, got None in entry 2"),
        (changed("images", to=[]), "a list images with an entry or more, got an empty one"),
        (changed("images"), "a list images with an entry or more, got no such list"),
        (changed("images", to={"id": 1}), "a list images with an entry or more, got dict"),
        (changed("categories", to=[]), "a list categories"),
        (changed("categories", 1, "name", to="cup"), "a name of its own .* got 'cup' for id 5"),
        (changed("categories", 1, "name", to=" "), "a name of its own"),
        (changed("annotations", to=[]), "a list annotations"),
        (changed("annotations", 1, "id", to=1), "ids of annotations that differ, got 1 twice"),
        (changed("annotations", 0, "image_id", to=8), "annotation 1 to be one of 7, 3, got 8"),
        (changed("annotations", 0, "category_id", to=9), "annotation 1 to be one of 2, 5, got 9"),
        (changed("annotations", 0, "category_id"), "annotation 1 to be one of 2, 5, got None"),
        (changed("annotations", 0, "bbox", to=[4, 8, 20, 60]), "annotation 1 within high.png of"),
        (changed("annotations", 0, "bbox", to=[-4, 8, 20, 30]), "annotation 1 within high.png of"),
        (changed("annotations", 0, "bbox", to=[4, 8, 0, 30]), "an area in annotation 1, got"),
        (changed("annotations", 0, "bbox", to=[4, 8, 20]), "bbox .* annotation 1, got .4, 8, 20."),
        (changed("annotations", 0, "bbox", to=[4, 8, 20, "30"]), "bbox .* annotation 1, got"),
        (changed("annotations", 0, "bbox", to=[4, 8, 20, 10**400]), "bbox .* annotation 1, got"),
        (changed("annotations", 0, "bbox", to=[4, 8, 20, float("nan")]), "bbox .* annotation 1"),
        (changed("annotations", 0, "iscrowd", to=1), "a single object in each box, got iscrowd"),
        ([TOLD], "got one list"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(folder, told, sentence):
    assert re.search(sentence, refused(folder, told))


@pytest.mark.parametrize("text", ["", "{", "not JSON", "[" * 100_000, b"\xff\xfe"])
def test_a_file_that_is_no_json_is_refused(folder, text):
    path = folder / "annotations.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        with pytest.raises(ValueError, match="^expected JSON, got something else from annotat"):
            read_coco(folder)
    finally:
        write(folder, TOLD)


def test_a_missing_folder_or_json_is_told_apart(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"got .*: no such file in it$"):
        read_coco(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"got .*none: no such folder$"):
        read_coco(tmp_path / "none")
    (tmp_path / "result.json").write_text("{}")
    with pytest.raises(FileNotFoundError, match=r"got .*: no such file in it, but result\.json$"):
        read_coco(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"got .*result\.json: a file$"):
        read_coco(tmp_path / "result.json")


def places(value, path=()):
    """Every path to a value within a JSON."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


@given(st.sampled_from([path for path in places(TOLD) if path]), json_values)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_stands_in_the_json_there_are_pictures_or_a_sentence(folder, path, value):
    write(folder, changed(*path, to=value))
    try:
        pictures = read_coco(folder)
        assert np.isfinite(pictures.boxes).all() and (pictures.labels < 2).all()
    except (ValueError, FileNotFoundError) as error:
        assert str(error).startswith("expected ") and "\n" not in str(error)
    finally:
        write(folder, TOLD)


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        (lambda: fitted(np.zeros((4, 4))), "expected bytes of shape"),
        (lambda: fitted(np.zeros((4, 4, 4), np.uint8)), "expected bytes of shape"),
        (lambda: fitted(np.zeros((4, 4), np.uint8), 0), "expected a side of 1 or more, got 0"),
    ],
)
def test_bad_input_is_refused(case, sentence):
    with pytest.raises(ValueError, match=sentence):
        case()


@pytest.mark.parametrize(
    ("name", "count", "classes"),
    [("clothes.zip", 48, 4), ("sheets.zip", 6, 10)],
)
def test_the_embedded_folders_can_be_unpacked_and_read(name, count, classes, tmp_path):
    pictures = read_coco(unpacked(name, tmp_path / "here"))
    assert len(pictures.files) == count and len(pictures.classes) == classes
    shown = pictures.labels >= 0
    assert set(pictures.labels[shown]) == set(range(classes))
    assert (pictures.boxes[shown][:, 2:] > pictures.boxes[shown][:, :2]).all()


def test_an_altered_archive_is_not_unpacked(monkeypatch, tmp_path):
    (tmp_path / "SHA256SUMS").write_text("0" * 64 + "  clothes.zip\n")
    (tmp_path / "clothes.zip").write_bytes(b"PK")
    monkeypatch.setattr(datasets, "data_folder", lambda: tmp_path)
    with pytest.raises(ValueError, match=r"clothes\.zip is not the one this course came with"):
        unpacked("clothes.zip", tmp_path / "here")
    assert not (tmp_path / "here").exists()

"""A folder of pictures with their boxes, as annotation tools write it: JSON in the form of COCO.

    my_pictures/
        annotations.json
        one.jpg
        two.jpg

The JSON has three lists. `images` gives each picture an id, its file_name, width and height;
`categories` gives each class an id and a name; `annotations` gives each box an id of its own, the
ids of its picture and class (image_id, category_id), and bbox: left, top, width and height in
pixels. (T.-Y. Lin et al. 2014, Microsoft COCO, "data format: object detection".) All is read and
checked before anything is returned; whatever is wrong is said in one sentence.
"""

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from helpers.datasets import embedded_bytes
from helpers.images import read_image

ANNOTATIONS = "annotations.json"
CLOTHES = "clothes.zip"  # 48 pictures, four classes
SHEETS = "sheets.zip"  # six drawings of sheets with handwritten digits
ROUNDED = 0.5  # pixels: a box may be so far outside its picture, and is then cut off
FARTHEST = 1e9  # pixels; JSON can hold any number

Entry = dict[str, Any]


class Pictures(NamedTuple):
    """Pictures brought to one size, and what they show."""

    images: np.ndarray  # (n, side, side, 1) float32, 0-1
    boxes: np.ndarray  # (n, most, 4) float32: (x_min, y_min, x_max, y_max) in pixels; 0 where empty
    labels: np.ndarray  # (n, most) int32, places in `classes`; -1 where empty
    classes: tuple[str, ...]
    files: tuple[str, ...]  # (n,) names

    @property
    def truth(self) -> dict[str, np.ndarray]:
        """What `fit` of `helpers.faster_rcnn.FasterRCNN` takes as y."""
        return {"boxes": self.boxes, "labels": self.labels}

    def some(self, rows: Sequence[int] | np.ndarray) -> "Pictures":
        """The pictures of these rows.

        Raises:
            ValueError: if there is no such row.
        """
        at = np.asarray(rows, int)
        if beyond := [int(row) for row in at if not 0 <= row < len(self.files)]:
            raise ValueError(f"expected rows of {len(self.files)} pictures, got {beyond[0]}")
        files = tuple(self.files[row] for row in at)
        return Pictures(self.images[at], self.boxes[at], self.labels[at], self.classes, files)


def read_coco(folder: str | Path, side: int = 128, ink: bool = False) -> Pictures:
    """The pictures of a folder with `annotations.json`, in grey and brought to one size.

    Args:
        folder: that holds the pictures and the JSON, in the form that the module tells.
        side: as `fitted`.
        ink: as `fitted`.

    Returns:
        Pictures in the order of the JSON, classes in the order of their ids.

    Raises:
        FileNotFoundError: if the folder, the JSON or a picture is missing.
        ValueError: if the JSON is none or not in that form, one of its lists is empty, an id or a
            name occurs twice, a box is of an unknown picture or class or not within its picture, a
            picture has another size than the JSON says, or cannot be read.
    """
    root = Path(folder)
    told = _told(root)
    entries = {name: _entries(told, name) for name in ("images", "categories", "annotations")}
    classes = _classes(entries["categories"])
    sizes = {entry["id"]: _size(entry, root) for entry in entries["images"]}
    files = {entry["id"]: entry["file_name"] for entry in entries["images"]}
    names = tuple(files.values())
    if twice := [name for name in names if names.count(name) > 1]:
        raise ValueError(f"expected a file of its own for each image, got {twice[0]} twice")
    shown: dict[int, list[tuple[int, list[float]]]] = {key: [] for key in sizes}
    for entry in entries["annotations"]:
        picture, label = _owner(entry, sizes, "image"), _owner(entry, classes, "category")
        shown[picture].append(
            (list(classes).index(label), _box(entry, *sizes[picture], files[picture]))
        )
    most = max(map(len, shown.values()))
    boxes = np.zeros((len(sizes), most, 4), "float32")
    labels = np.full((len(sizes), most), -1, "int32")
    images = np.zeros((len(sizes), side, side, 1), "float32")
    for row, entry in enumerate(entries["images"]):
        image = read_image(root / entry["file_name"])
        width, height = sizes[entry["id"]]
        if image.shape[:2] != (height, width):
            raise ValueError(
                f"expected {entry['file_name']} to have {width}×{height} pixels, as the JSON says, "
                f"got {image.shape[1]}×{image.shape[0]}"
            )
        images[row], scale = fitted(image, side, ink)
        for place, (label, box) in enumerate(shown[entry["id"]]):
            labels[row, place], boxes[row, place] = label, np.array(box) * scale
    return Pictures(images, boxes, labels, tuple(classes.values()), names)


def fitted(image: np.ndarray, side: int = 128, ink: bool = False) -> tuple[np.ndarray, float]:
    """A picture in grey that fills a square from its upper left corner, as wide or as high as it.

    What stays empty on the right or below gets the picture's median.

    Args:
        image: bytes 0-255, (height, width, 3) or (height, width).
        side: of the square, in pixels.
        ink: for handwriting. A picture that is light for the most part becomes its negative, so
            that ink on paper is as light on dark as chalk on a blackboard; then all is stretched so
            that the darkest fiftieth of the pixels is 0 and the lightest 1.

    Returns:
        (side, side, 1) float32, 0-1, and the factor that pixels of the picture are multiplied by.

    Raises:
        ValueError: if the image is not of such a shape or type, or the side is below 1.
    """
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or image.shape[2:] not in ((), (3,)):
        raise ValueError(
            f"expected bytes of shape (height, width, 3), got {image.dtype} of {image.shape}"
        )
    if side < 1:
        raise ValueError(f"expected a side of 1 or more, got {side}")
    scale = side / max(image.shape[:2])
    height, width = (max(round(n * scale), 1) for n in image.shape[:2])
    grey = Image.fromarray(image).convert("L")
    small = np.asarray(grey.resize((width, height), Image.Resampling.BOX), "float32") / 255
    if ink:
        small = 1 - small if np.median(small) > 0.5 else small
        low, high = np.quantile(small, (0.02, 0.98))
        small = np.clip((small - low) / max(high - low, 1 / 255), 0, 1)
    square = np.full((side, side, 1), np.median(small), "float32")
    square[:height, :width, 0] = small
    return square, scale


def unpacked(name: str, folder: str | Path) -> Path:
    """Write the files of an embedded archive into a folder, where they can be looked at.

    Args:
        name: of the archive in data/: CLOTHES or SHEETS.
        folder: made where it is missing; files of the same names are replaced.

    Returns:
        The folder.

    Raises:
        ValueError: if the archive is truncated or altered.
        FileNotFoundError: if it is missing.
    """
    with zipfile.ZipFile(io.BytesIO(embedded_bytes(name))) as archive:
        archive.extractall(folder)
    return Path(folder)


def _told(root: Path) -> dict[str, Any]:
    """The JSON of a folder, a dict."""
    path = root / ANNOTATIONS
    if not path.is_file():
        others = sorted(other.name for other in root.glob("*.json"))
        what = "no such file in it" + (f", but {', '.join(others[:3])}" if others else "")
        what = what if root.is_dir() else "a file" if root.is_file() else "no such folder"
        raise FileNotFoundError(f"expected a folder with {ANNOTATIONS}, got {root}: {what}")
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        where = f" ({error})" if isinstance(error, json.JSONDecodeError) else ""
        raise ValueError(f"expected JSON, got something else from {path.name}{where}") from error
    if not isinstance(told, dict):
        raise ValueError(
            f"expected the lists images, categories and annotations in {path.name}, got one "
            f"{type(told).__name__}"
        )
    return told


def _entries(told: dict[str, Any], name: str) -> list[Entry]:
    """One of the three lists: dicts with ids that differ."""
    entries = told.get(name)
    if not isinstance(entries, list) or not entries:
        got = "no such list" if name not in told else "an empty one"
        got = got if entries in (None, []) else type(entries).__name__
        raise ValueError(f"expected a list {name} with an entry or more, got {got}")
    seen = set()
    for number, entry in enumerate(entries, start=1):
        key = entry.get("id") if isinstance(entry, dict) else None
        if not _is_whole(key):
            raise ValueError(
                f"expected a whole number as id of each entry of {name}, got {key!r} in entry "
                f"{number}"
            )
        if key in seen:
            raise ValueError(f"expected ids of {name} that differ, got {key} twice")
        seen.add(key)
    return entries


def _classes(categories: list[Entry]) -> dict[int, str]:
    """Names by id, in the order of ids."""
    classes: dict[int, str] = {}
    for entry in sorted(categories, key=lambda entry: int(entry["id"])):
        name = entry.get("name")
        if not isinstance(name, str) or not name.strip() or name in classes.values():
            raise ValueError(
                f"expected a name of its own for each of the categories, got {name!r} for id "
                f"{entry['id']}"
            )
        classes[entry["id"]] = name
    return classes


def _size(entry: Entry, root: Path) -> tuple[int, int]:
    """Width and height of a picture, as the JSON says, if its file is in the folder."""
    name, width, height = (entry.get(key) for key in ("file_name", "width", "height"))
    if not isinstance(name, str) or not name or "\0" in name:
        raise ValueError(f"expected a file_name for image {entry['id']}, got {name!r}")
    if not all(_is_whole(number) and int(number or 0) > 0 for number in (width, height)):
        raise ValueError(
            f"expected width and height of {name} in whole pixels, got {width!r} and {height!r}"
        )
    if not (root / name).resolve().is_relative_to(root.resolve()):
        raise ValueError(f"expected a file within the folder for image {entry['id']}, got {name}")
    if not (root / name).is_file():
        raise FileNotFoundError(f"expected the file {name} of image {entry['id']}, found none")
    return entry["width"], entry["height"]


def _owner(entry: Entry, known: dict[int, Any], kind: str) -> int:
    """The id of the picture or class that a box belongs to."""
    key = entry.get(f"{kind}_id")
    if not _is_whole(key) or key not in known:
        ids = [str(each) for each in known]
        ids = ids if len(ids) < 9 else [*ids[:8], "…"]
        raise ValueError(
            f"expected {kind}_id of annotation {entry['id']} to be one of {', '.join(ids)}, got "
            f"{key!r}"
        )
    return int(key)


def _box(entry: Entry, width: int, height: int, file: str) -> list[float]:
    """(x_min, y_min, x_max, y_max) of a box that lies within its picture."""
    told, what = entry.get("bbox"), f"annotation {entry['id']}"
    if entry.get("iscrowd"):
        raise ValueError(f"expected a single object in each box, got iscrowd in {what}")
    numbers = told if isinstance(told, list) else []
    if len(numbers) != 4 or not all(_is_number(number) for number in numbers):
        raise ValueError(f"expected bbox [left, top, width, height] in {what}, got {told!r}")
    left, top, wide, high = map(float, numbers)
    if wide <= 0 or high <= 0:
        raise ValueError(f"expected a bbox with an area in {what}, got {told}")
    if min(left, top) < -ROUNDED or left + wide > width + ROUNDED or top + high > height + ROUNDED:
        raise ValueError(
            f"expected the bbox of {what} within {file} of {width}×{height} pixels, got {told}"
        )
    return [max(left, 0), max(top, 0), min(left + wide, width), min(top + high, height)]


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and abs(value) < FARTHEST  # and neither infinite nor NaN

"""Make `data/clothes.zip`: a folder of 48 pictures of clothes, and what they show, as lesson
own_pictures wants it.

    .venv/bin/python data/make/make_clothes.py

The pictures are scenes as those of the digits, made of four classes of the embedded Fashion-MNIST
photos (those for training). Every fourth is made of the second half of the photos, the others of
the first, so that these and those show no thing in common. An `annotations.json` in the form of
COCO says where what is.
"""

import io
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from helpers.datasets import FASHION_CLASSES, load_fashion_mnist  # noqa: E402
from helpers.scenes import digit_scenes  # noqa: E402

TARGET = ROOT / "data" / "clothes.zip"
KINDS = (1, 2, 8, 9)  # labels in Fashion-MNIST: trousers, pullover, bag, ankle boot
PARTS = {0: 36, 1: 12}  # pictures made of each half of the photos
MOST, SEED = 4, 1200
JPEG_QUALITY = 90


def drawn() -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Image, boxes and labels of each picture, three of the first half and one of the second."""
    (images, labels), _ = load_fashion_mnist()
    queues = []
    for half, count in PARTS.items():
        part = np.arange(len(images)) // (len(images) // 2) == half
        chosen = part & np.isin(labels, KINDS)
        scenes = digit_scenes((images[chosen], labels[chosen]), count, SEED + half, most=MOST)
        queues.append(iter(zip(scenes.images, scenes.boxes, scenes.labels, strict=True)))
    return [next(queues[number % 4 == 3]) for number in range(sum(PARTS.values()))]


def main() -> None:
    """Draw the scenes, and write them with their boxes."""
    pictures, annotations = [], []
    with zipfile.ZipFile(TARGET, "w", zipfile.ZIP_STORED) as archive:
        for number, (image, boxes, labels) in enumerate(drawn(), start=1):
            name, content = f"{number:02}.jpg", io.BytesIO()
            Image.fromarray(image).save(content, "JPEG", quality=JPEG_QUALITY)
            archive.writestr(zipfile.ZipInfo(name), content.getvalue())
            size = {"width": image.shape[1], "height": image.shape[0]}
            pictures.append({"id": number, "file_name": name} | size)
            for box, label in zip(boxes, labels, strict=True):
                if label >= 0:
                    left, top, right, bottom = box.tolist()
                    bbox = [left, top, right - left, bottom - top]
                    kind = KINDS.index(label) + 1
                    entry = {"image_id": number, "category_id": kind, "bbox": bbox}
                    annotations.append({"id": len(annotations) + 1} | entry)
        told = {
            "images": pictures,
            "categories": [
                {"id": at, "name": FASHION_CLASSES[label]} for at, label in enumerate(KINDS, 1)
            ],
            "annotations": annotations,
        }
        archive.writestr(zipfile.ZipInfo("annotations.json"), json.dumps(told))
    print(f"{TARGET.name}  {TARGET.stat().st_size:,} bytes, {len(annotations)} boxes")


if __name__ == "__main__":
    main()

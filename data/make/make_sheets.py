"""Make `data/sheets.zip`: six sheets with several handwritten digits, as a camera sees them.

    python data/make/make_sheets.py

The pens, the paper and the light are those of `make_drawings.py`. An `annotations.json` in the
form of COCO says where which digit stands. Made for this course; licence CC BY 4.0.
"""

import json
import zipfile
from dataclasses import replace

import cv2
import numpy as np
from make_drawings import JPEG_QUALITY, OUT, SEED, Light, Page, Pen, inked, paper, photograph, write

TARGET = OUT.parent / "sheets.zip"

SHEETS: dict[str, tuple[str, Pen, Page, Light]] = {  # rows of digits, parted by "/"
    "shopping.jpg": (
        "  12/305/ 48",
        Pen(8, (30, 29, 34), pressed=0.15),
        Page((480, 480), (232, 230, 224), 105),
        Light(fade=0.08),
    ),
    "phone_number.jpg": (
        "0 2 7/4 6 1",
        Pen(9, (32, 52, 138), 0.9, taper=0.25, grit=0.2),
        Page((520, 420), (240, 229, 202), 120, tilt=3),
        Light(200, 0.12),
    ),
    "telling_the_time.jpg": (
        "09 41",
        Pen(10, (20, 84, 62), 0.9, pressed=0.15),
        Page((480, 360), (226, 226, 224), 112),
        Light(180, 0.15),
    ),
    "year.jpg": (
        "2 0/2 6",
        Pen(15, (40, 42, 66), 0.92, taper=0.3, grit=0.12),
        Page((420, 460), (222, 216, 204), 160, tilt=-4),
        Light(70, 0.12, shadow=0.35, shadow_at=0.5, softness=0.04, noise=2),
    ),
    "sum.jpg": (
        "38/57/95",
        Pen(7, (90, 90, 94), 0.85, taper=0.3, grit=0.4),
        Page((360, 480), (214, 212, 206), 110, grain=3),
        Light(300, 0.12, noise=2),
    ),
    "blackboard.jpg": (
        "314/159",
        Pen(11, (236, 236, 228), 0.92, grit=0.6, pressed=0.2, tremor=0.8),
        Page((520, 400), (44, 58, 52), 130, grain=2.5, smear=9),
        Light(20, 0.2),
    ),
}


def draw_sheet(
    rows: str, pen: Pen, page: Page, random: np.random.RandomState
) -> tuple[np.ndarray, list[tuple[int, list[int]]]]:
    """A page with rows of digits, and of each its label and [left, top, width, height]."""
    sheet, bare, shown = paper(page, random), np.ones(page.size[::-1]), []
    lines = rows.split("/")
    for row, line in enumerate(lines):
        for column, letter in enumerate(line):
            if letter == " ":
                continue
            at = (column + 0.5) / len(line), (row + 0.5) / len(lines)
            at = (
                float(0.06 + 0.88 * at[0] + random.uniform(-0.02, 0.02)),
                float(0.06 + 0.88 * at[1] + random.uniform(-0.03, 0.03)),
            )
            height = int(page.height * random.uniform(0.8, 1.2))
            tilt = page.tilt + float(random.uniform(-8, 8))
            here = replace(page, centre=at, height=height, tilt=tilt)
            digit = write(int(letter), pen, here, random)
            bare *= digit
            shown.append((int(letter), list(cv2.boundingRect(np.uint8(digit < 0.75)))))
    return inked(sheet, bare, pen), shown


def main() -> None:
    """Photograph each sheet, and put them into one archive with what they show."""
    images, annotations = [], []
    with zipfile.ZipFile(TARGET, "w", zipfile.ZIP_STORED) as archive:
        for number, (name, (rows, pen, page, light)) in enumerate(SHEETS.items(), start=1):
            random = np.random.RandomState(SEED + 100 + number)
            sheet, shown = draw_sheet(rows, pen, page, random)
            photo = photograph(sheet, light, random)
            _, content = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
            archive.writestr(zipfile.ZipInfo(name), content.tobytes())
            width, height = page.size
            images.append({"id": number, "file_name": name, "width": width, "height": height})
            annotations += [
                {"image_id": number, "category_id": label, "bbox": box} for label, box in shown
            ]
        told = {
            "images": images,
            "categories": [{"id": label, "name": str(label)} for label in range(10)],
            "annotations": [{"id": at} | entry for at, entry in enumerate(annotations, start=1)],
        }
        archive.writestr(zipfile.ZipInfo("annotations.json"), json.dumps(told))
    print(f"{TARGET.name}  {TARGET.stat().st_size:,} bytes, {len(annotations)} digits")


if __name__ == "__main__":
    main()

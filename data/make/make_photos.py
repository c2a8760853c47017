"""Make `data/photos/` from the photographs bundled in the wheel of scikit-image 0.26.0 (CC0).

    pip download --no-deps scikit-image==0.26.0
    python data/make/make_photos.py scikit_image-0.26.0-*.whl

Each photo is made half as high and wide by averaging 2×2 pixels, and written as PNG.
"""

import io
import sys
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

PHOTOS = ("camera", "chelsea", "coffee")
FOLDER = Path(__file__).parent.parent / "photos"


def halved(photo: np.ndarray) -> np.ndarray:
    """Means of 2×2 pixels, rounded; an odd last row or column is left out."""
    height, width = photo.shape[0] // 2 * 2, photo.shape[1] // 2 * 2
    photo = photo[:height, :width].astype(int)
    sums = photo[::2, ::2] + photo[1::2, ::2] + photo[::2, 1::2] + photo[1::2, 1::2]
    return ((sums + 2) // 4).astype(np.uint8)


def main(wheel: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in PHOTOS:
            photo = Image.open(io.BytesIO(archive.read(f"skimage/data/{name}.png")))
            half = halved(np.asarray(photo.convert("L" if name == "camera" else "RGB")))
            Image.fromarray(half).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])

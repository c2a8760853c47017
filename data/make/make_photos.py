"""Make `data/photos/` and `data/pictures/` from photographs in two wheels (CC0, public domain).

    pip download --no-deps scikit-image==0.26.0 matplotlib==3.11.2
    python data/make/make_photos.py scikit_image-0.26.0-*.whl matplotlib-3.11.2-*.whl

Each photo is made half as high and wide by averaging 2×2 pixels, and written as PNG.
"""

import io
import sys
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

PHOTOS = {  # its place in data/, and in a wheel
    "photos/camera.png": "skimage/data/camera.png",
    "photos/chelsea.png": "skimage/data/chelsea.png",
    "photos/coffee.png": "skimage/data/coffee.png",
    "pictures/astronaut.png": "skimage/data/astronaut.png",
    "pictures/grace_hopper.png": "matplotlib/mpl-data/sample_data/grace_hopper.jpg",
    "pictures/rocket.png": "skimage/data/rocket.jpg",
}
DATA = Path(__file__).parent.parent


def halved(photo: np.ndarray) -> np.ndarray:
    """Means of 2×2 pixels, rounded; an odd last row or column is left out."""
    height, width = photo.shape[0] // 2 * 2, photo.shape[1] // 2 * 2
    photo = photo[:height, :width].astype(int)
    sums = photo[::2, ::2] + photo[1::2, ::2] + photo[::2, 1::2] + photo[1::2, 1::2]
    return ((sums + 2) // 4).astype(np.uint8)


def main(*wheels: str) -> None:
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for name, path in PHOTOS.items():
                if path not in archive.namelist():
                    continue
                photo = Image.open(io.BytesIO(archive.read(path)))
                half = halved(np.asarray(photo.convert("L" if "camera" in name else "RGB")))
                (DATA / name).parent.mkdir(exist_ok=True)
                Image.fromarray(half).save(DATA / name, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

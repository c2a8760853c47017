"""The data is found in a wheel, in an editable install and in a plain checkout."""

import os
import shutil
import sys
import zipfile

from lesson_code import run_limited

from tools.source import ROOT

SCRIPT = """
from helpers.datasets import data_folder, drawing_files, load_fashion_mnist, load_mnist, photo_files
from helpers.pretrained import load_efficientnet_lite0
digits, clothes = len(load_mnist()[0][0]), len(load_fashion_mnist()[0][0])
photos, layers = len(photo_files()), len(load_efficientnet_lite0().layers)
print(data_folder(), digits, clothes, len(drawing_files()), photos, layers > 9, sep="|")
"""
FOUND = ["8000", "1000", "10", "6", "True"]


def looked_for(python_path, folder, expect=0):
    environment = os.environ | {"PYTHONPATH": str(python_path or "")}
    command = [sys.executable, "-c", SCRIPT]
    return run_limited(command, 120, expect, cwd=folder, env=environment)


def found(python_path, folder):
    return looked_for(python_path, folder).stdout.strip().split("|")


def test_plain_checkout(tmp_path):
    for name in ("helpers", "data"):
        shutil.copytree(ROOT / name, tmp_path / "checkout" / name)
    expected = [str(tmp_path / "checkout" / "data"), *FOUND]
    assert found(tmp_path / "checkout", tmp_path) == expected


def test_editable_install(tmp_path):
    assert found(None, tmp_path) == [str(ROOT / "data"), *FOUND]


def test_wheel(tmp_path):
    build = [sys.executable, "-m", "uv", "build", "-q", "--wheel", "-o", tmp_path, ROOT]
    run_limited(build, 300)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "site")
    assert {name.split("/")[0] for name in names if "dist-info" not in name} == {"helpers"}
    assert not [name for name in names if name.startswith(("measured", "helpers/_data/make"))]
    for name in ("Apache-2.0", "fashion-mnist", "torchvision"):
        assert f"helpers/_data/licenses/{name}.txt" in names
    assert wheel.stat().st_size < 16_000_000
    folder = str(tmp_path / "site" / "helpers" / "_data")
    assert found(tmp_path / "site", tmp_path) == [folder, *FOUND]


def test_no_data_at_all_is_one_sentence(tmp_path):
    shutil.copytree(ROOT / "helpers", tmp_path / "helpers")
    said = looked_for(tmp_path, tmp_path, expect=1).stderr
    assert "FileNotFoundError: expected the course's data in" in said

"""The unmodified setup cell brings the course along where it is not installed, as in Colab."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from helpers import __version__
from tools.notebooks import notebook_path
from tools.source import LANGS, ROOT, repository

RUNNER = """
import nbclient, nbformat, sys
notebook = nbformat.read(sys.argv[1], as_version=4)
code = [cell for cell in notebook.cells if cell.cell_type == "code"]
notebook.cells = code[:3]  # setup, imports, the embedded data
notebook.cells.append(nbformat.v4.new_code_cell("import helpers; print(helpers.__file__)"))
nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
print("".join(o.get("text", "") for cell in notebook.cells for o in cell.outputs))
"""


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory):
    """A fresh `python -m venv` that sees this one's packages, but not the course."""
    folder = tmp_path_factory.mktemp("bare")
    libraries = folder / "libraries"
    libraries.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        course = entry.name == "helpers" or "layer_by_layer" in entry.name
        if not course and entry.suffix != ".pth":
            (libraries / entry.name).symlink_to(entry)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    site = next((folder / "venv" / "lib").glob("python*/site-packages"))
    (site / "libraries.pth").write_text(f"{libraries}\n")
    return folder / "venv" / "bin" / "python"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The working tree, committed and tagged in a repository of its own."""
    folder = tmp_path_factory.mktemp("published")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        subprocess.run(["git", *identity, *command], cwd=folder, check=True)
    subprocess.run(["git", "tag", f"v{__version__}"], cwd=folder, check=True)
    return folder


def bare_environment():
    hidden = ("PYTHON", "JUPYTER", "VIRTUAL_ENV", "LESSON_", "COV_")
    return {key: value for key, value in os.environ.items() if not key.startswith(hidden)}


def test_the_course_is_not_there_at_first(bare_python, tmp_path):
    command = [bare_python, "-c", "import keras, sys; import helpers"]
    done = subprocess.run(
        command, cwd=tmp_path, env=bare_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode != 0 and "No module named 'helpers'" in done.stderr


@pytest.mark.parametrize("lang", LANGS)
def test_the_setup_cell_brings_the_course_and_its_data(bare_python, published, tmp_path, lang):
    shutil.copy2(notebook_path("06_mnist_mlp", lang), tmp_path / "copy.ipynb")
    git = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{published}.insteadOf",
        "GIT_CONFIG_VALUE_0": repository(),
    }
    done = subprocess.run(
        [bare_python, "-c", RUNNER, "copy.ipynb"],
        cwd=tmp_path, env=bare_environment() | git, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert "06_mnist_mlp: CPU, scale small, embedded data, seed 0" in done.stdout
    assert "x_train (8000, 28, 28) uint8" in done.stdout
    assert str(bare_python.parent.parent) in done.stdout  # helpers come from the fresh environment
    code = json.loads((tmp_path / "copy.ipynb").read_text(encoding="utf-8"))["cells"]
    assert any(f"@v{__version__}" in "".join(cell["source"]) for cell in code)
    remove = [bare_python, "-m", "pip", "uninstall", "-q", "-y", "layer-by-layer"]
    subprocess.run(remove, env=bare_environment(), check=True)

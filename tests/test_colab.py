"""What is published works as in Colab: badge, notebook and course come from one tag.

Published is an archive of HEAD in a repository of its own, tagged with its version; what is not
committed is not in it. The unmodified setup cell brings the course along where it is not installed.
"""

import json
import os
import re
import sys
import sysconfig
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from lesson_code import run_limited

from tools.source import LANGS, ROOT

RUNNER = """
import nbclient, nbformat, sys
notebook = nbformat.read(sys.argv[1], as_version=4)
code = [cell for cell in notebook.cells if cell.cell_type == "code"]
notebook.cells = code[:3]  # setup, imports, the embedded data
last = "import helpers; print(helpers.__file__, helpers.__version__)"
notebook.cells.append(nbformat.v4.new_code_cell(last))
nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
print("".join(o.get("text", "") for cell in notebook.cells for o in cell.outputs))
"""
BADGE = r"https://colab\.research\.google\.com/github/([\w./-]+?)/blob/([^/)]+)/([^)\s]+)\)"


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
    # the pip among the libraries will do, where there is one
    without = ["--without-pip"] if (libraries / "pip").is_dir() else []
    run_limited([sys.executable, "-m", "venv", *without, folder / "venv"], 300)
    site = next((folder / "venv" / "lib").glob("python*/site-packages"))
    (site / "libraries.pth").write_text(f"{libraries}\n")
    return folder / "venv" / "bin" / "python"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """An archive of HEAD, committed and tagged: its folder, version, and repository's URL."""
    folder = tmp_path_factory.mktemp("published")
    tar = folder.with_suffix(".tar")
    run_limited(["git", "archive", "-o", tar, "HEAD"], 60, cwd=ROOT)
    run_limited(["tar", "-xf", tar, "-C", folder], 60)
    code = (folder / "helpers" / "__init__.py").read_text(encoding="utf-8")
    version = re.search(r'__version__ = "([^"]+)"', code)[1]
    about = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    commands = (
        ["init", "-q"],
        ["add", "-A"],
        ["commit", "-q", "-m", "all"],
        ["tag", f"v{version}"],
    )
    for command in commands:
        run_limited(["git", *identity, *command], 60, cwd=folder)
    url = about["project"]["urls"]["Repository"]
    return SimpleNamespace(folder=folder, version=version, repository=url)


def notebooks(published, lang):
    return sorted((published.folder / "notebooks" / lang).glob("*.ipynb"))


def sources(path):
    """(kind, source) of each cell."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [(cell["cell_type"], "".join(cell["source"])) for cell in cells]


def setup_cell(path):
    return next(source for kind, source in sources(path) if kind == "code")


def bare_environment():
    hidden = ("PYTHON", "JUPYTER", "VIRTUAL_ENV", "LESSON_", "COV_", "GIT_")
    return {key: value for key, value in os.environ.items() if not key.startswith(hidden)}


def at_tag(published, tag):
    """The files that a tag of what is published has."""
    command = ["git", "ls-tree", "-r", "--name-only", "-z", tag]
    return run_limited(command, 60, cwd=published.folder).stdout.split("\0")


@pytest.mark.parametrize("lang", LANGS)
def test_badge_and_setup_cell_name_one_tag_and_its_file_is_there(published, lang):
    files = at_tag(published, f"v{published.version}")
    assert len(notebooks(published, lang)) >= 10
    for path in notebooks(published, lang):
        text = "\n".join(source for _, source in sources(path))
        repository, tag, file = re.search(BADGE, text).groups()
        url, installed = re.search(r'"git\+([^"@]+)@([^"]+)"', setup_cell(path)).groups()
        assert f"https://github.com/{repository}" == url == published.repository
        assert tag == installed == f"v{published.version}"
        assert file == path.relative_to(published.folder).as_posix() and file in files


def test_both_editions_have_one_setup(published):
    for ko, en in zip(notebooks(published, "ko"), notebooks(published, "en"), strict=True):
        assert setup_cell(ko) == setup_cell(en)


def test_the_course_is_not_there_at_first(bare_python, tmp_path):
    command = [bare_python, "-c", "import nbclient, numpy, helpers"]
    said = run_limited(command, 60, expect=1, cwd=tmp_path, env=bare_environment()).stderr
    assert "No module named 'helpers'" in said


def test_the_setup_cell_brings_the_course_and_its_data(bare_python, published, tmp_path):
    path = next(path for path in notebooks(published, "ko") if "mnist_mlp" in path.name)
    copy = tmp_path / "copy.ipynb"
    copy.write_bytes(path.read_bytes())
    git = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{published.folder}.insteadOf",
        "GIT_CONFIG_VALUE_0": published.repository,
    }
    environment = bare_environment() | git
    command = [bare_python, "-c", RUNNER, copy.name]
    said = run_limited(command, 600, cwd=tmp_path, env=environment).stdout
    assert "mnist_mlp: CPU, scale small, embedded data, seed 0" in said
    assert "x_train (8000, 28, 28) uint8" in said
    where, version = said.split()[-2:]  # helpers come from the fresh environment, and from the tag
    assert where.startswith(str(bare_python.parent.parent)) and version == published.version

"""How `pytest -n` hands the tests out: a notebook in one piece, the rest spread, longest first."""

import os
import re
import sys

import pytest
from lesson_code import run_limited

from tools.source import ROOT


@pytest.fixture
def shared_conftest(request):
    """The conftest of the whole course; another one lies beside this file."""
    plugins = request.config.pluginmanager.get_plugins()
    return next(p for p in plugins if getattr(p, "__file__", "") == str(ROOT / "conftest.py"))


def test_units(shared_conftest):
    unit = shared_conftest.unit_of
    assert unit("notebooks/en/06_mnist_mlp.ipynb::Cell 3") == "notebooks/en/06_mnist_mlp.ipynb"
    assert unit("tests/test_colab.py::test_a[en]") == "tests/test_colab.py"
    assert unit("tests/test_keys.py::test_a[x::y]") == "tests/test_keys.py::test_a[x::y]"


def test_seconds_are_those_measured(shared_conftest, monkeypatch, tmp_path):
    (tmp_path / "measured").mkdir()
    (tmp_path / "measured" / "cnn.json").write_text('{"cpu_seconds": [71.5, 70.1, 80.0]}')
    monkeypatch.setattr(shared_conftest, "HERE", tmp_path)
    assert shared_conftest.seconds_of("notebooks/en/08_cnn.ipynb") == 70.1
    assert shared_conftest.seconds_of("notebooks/en/08_other.ipynb") == shared_conftest.NOTEBOOK
    assert shared_conftest.seconds_of("tests/test_keys.py::test_a") == shared_conftest.TEST


NOTEBOOK = """{"cells": [%s], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"""
CELL = """{"cell_type": "code", "execution_count": %d, "id": "c%d", "metadata": {},
"outputs": [], "source": "n = %s"}"""


def test_workers_keep_a_notebook_together_and_share_the_rest(tmp_path):
    (tmp_path / "conftest.py").write_text((ROOT / "conftest.py").read_text("utf-8"), "utf-8")
    cells = [CELL % (n, n, "0" if n == 1 else "n + 1") for n in range(1, 9)]
    (tmp_path / "01_long.ipynb").write_text(NOTEBOOK % ",".join(cells))
    test = "import os, time\nimport pytest\n@pytest.mark.parametrize('n', range(40))\n"
    test += "def test_a(n):\n    time.sleep(0.2)\n    assert os.environ['OMP_NUM_THREADS'] == '1'\n"
    (tmp_path / "test_short.py").write_text(test)
    (tmp_path / "test_resume.py").write_text("def test_longer(): pass\n")
    command = [sys.executable, "-m", "pytest", "-n2", "--nbval", "--nbval-current-env", "-v"]
    environment = {key: value for key, value in os.environ.items() if "PYTEST" not in key}
    said = run_limited(command, 120, cwd=tmp_path, env=environment).stdout
    said = said.replace("01_long::ipynb", "01_long.ipynb")  # so nbval prints it
    ran = re.findall(r"^\[(gw\d)\] \[ *\d+%\] PASSED (\S+?)::(.+?) *$", said, re.MULTILINE)
    assert len(ran) == 8 + 40 + 1
    notebook = [(worker, cell) for worker, file, cell in ran if file.endswith(".ipynb")]
    assert len({worker for worker, _ in notebook}) == 1
    assert [cell for _, cell in notebook] == [f"Cell {n}" for n in range(8)]
    assert {worker for worker, file, _ in ran if file == "test_short.py"} == {"gw0", "gw1"}
    files = [file for _, file, _ in ran]
    assert files.index("test_resume.py") < files.index("test_short.py")

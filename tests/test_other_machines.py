"""No compared text depends on the machine, and what may differ is left out of the comparison.

Two lessons with figures run strictly, against stored outputs, with another number of threads and
with other instruction sets than `make test` has (and the build had), which changes the last digits
of products, of convolutions, and of all that was trained.
"""

import os
import platform
import re
import sys

import nbformat
import pytest
from lesson_code import run_limited
from nbformat import v4
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

from tools.notebooks import notebook_path
from tools.source import ROOT, lessons_named

LESSONS = ("start_here", "perceptron")  # neither compares times, which a busy machine disturbs
BETTER_SETS = [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]
OTHER = {
    "TF_NUM_INTRAOP_THREADS": "2",
    "TF_NUM_INTEROP_THREADS": "2",
    "OMP_NUM_THREADS": "2",
    "OPENBLAS_NUM_THREADS": "2",
    "NPY_DISABLE_CPU_FEATURES": " ".join(BETTER_SETS),
    "OPENBLAS_CORETYPE": "ARMV8" if platform.machine() in ("arm64", "aarch64") else "Nehalem",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "XLA_FLAGS": "--xla_cpu_max_isa=SSE4_2",
}


def failures(notebooks, **environment):
    """Run notebooks as `make test` does; the cells that failed, by number, and what was said."""
    sanitize = ROOT / "tests" / "nbval_sanitize.cfg"
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-rf"]
    command += [
        f"--nbval-sanitize-with={sanitize}",
        "-p",
        "no:xdist",
        "-c",
        ROOT / "pyproject.toml",
    ]
    command += [f"--rootdir={ROOT}", f"--confcutdir={ROOT}", "-p", "conftest", *notebooks]
    variables = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"} | environment
    said = run_limited(command, 600, None, cwd=ROOT, env=variables).stdout
    assert " passed" in said, said[-3000:]
    return sorted(map(int, re.findall(r"^FAILED .*::Cell (\d+)", said, re.MULTILINE))), said


SETUP = """import matplotlib.pyplot as plt, numpy as np
from helpers.checks import check, report, same
from helpers.plots import use_style
use_style()
numbers = np.random.RandomState(0).rand(300, 300)
measured = (numbers @ numbers)[0, :5].tolist()"""
FIGURE = "plt.figure(figsize=(3, {}))\nplt.plot([1, 2])\nplt.show()"
CELLS = {  # what a cell does, and what it did when its output was stored
    "as it was": (SETUP, SETUP),
    "another value": (
        "check('accuracy', 0.934, at_least=0.91); print('and on')",
        "check('accuracy', 0.952, at_least=0.91); print('and on')",
    ),
    "another difference": ("same([1.0], [1.0 + 1e-9])", "same([1.0], [1.0])"),
    "another report": ("report('gain', 0.004)", "report('gain', -0.12)"),
    "another size of picture": (FIGURE.format(2), FIGURE.format(3)),
    "another bound": (
        "check('accuracy', 0.934, at_least=0.91)",
        "check('accuracy', 0.934, at_least=0.92)",
    ),
    "another claim": (
        "check('accuracy', 0.934, at_least=0.91)",
        "check('accuracies', 0.934, at_least=0.91)",
    ),
    "a line more": ("report('gain', 0.004)", "report('gain', 0.004); report('loss', 1)"),
    "an exact value": ("check('n', 3, equals=3)", "check('n', 4, equals=4)"),
    "no picture": ("plt.close()", FIGURE.format(2)),
    "a result, to the last digit": ("print(measured)", "print(measured)"),
}
FAIL = ("another bound", "another claim", "a line more", "an exact value", "no picture")
ON_OTHERS = (*FAIL, "a result, to the last digit")


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A notebook whose stored outputs differ from what its cells do now."""
    from tools.execute import execute

    then = v4.new_notebook(cells=[v4.new_code_cell(source) for _, source in CELLS.values()])
    then.metadata["layer_by_layer"] = {"lesson": "98_planted"}
    execute(then, {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"})
    for cell, (now, _) in zip(then.cells, CELLS.values(), strict=True):
        cell.source = now
    path = tmp_path_factory.mktemp("planted") / "98_planted.ipynb"
    nbformat.write(then, path)
    return path


def numbers_of(*cells):
    return [list(CELLS).index(cell) for cell in cells]


def test_what_notebook_tests_compare(planted):
    cells, said = failures([planted])
    assert cells == numbers_of(*FAIL), said[-3000:]


def test_another_machine_is_another_one_and_two_lessons_do_not_notice(planted):
    lessons = [lessons_named(name)[0] for name in LESSONS]
    paths = [notebook_path(stem, "en") for stem in lessons]
    assert all("image/png" in path.read_text(encoding="utf-8") for path in paths)
    cells, said = failures([planted, *paths], **OTHER)
    assert not re.findall(r"^FAILED notebooks.*", said, re.MULTILINE), said[-3000:]
    assert cells == numbers_of(*ON_OTHERS), said[-3000:]

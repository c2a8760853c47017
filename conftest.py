"""What all tests and all notebooks under test share: scale small, seed 0, strict checks, one
thread a worker, and the order in which `pytest -n` hands the work out."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from nbval.plugin import IPyNbFile

HERE = Path(__file__).parent

os.environ |= {"LESSON_SCALE": "small", "LESSON_SEED": "0", "LESSON_STRICT": "1"}
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
matplotlib.use("agg")  # here, not in the environment: notebooks draw inline
os.environ["LESSON_RUNS"] = tempfile.mkdtemp(prefix="lesson_runs_")
for variable in ("LESSON_RECORD", "LESSON_EPOCHS"):
    os.environ.pop(variable, None)
# as many workers as cores, each with one thread: of TensorFlow, of NumPy, of scikit-learn
THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")
for variable in (*THREADS, "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

BY_LESSON = ("test_as_on_colab.py", "test_exercises.py", "test_resume.py")  # what `stem` names
TOGETHER = ("test_colab.py",)  # files whose fixtures cost more than their tests
SECONDS = {  # about what a unit of work takes, where it is more than a few
    "test_as_on_colab.py": 30,
    "test_colab.py": 60,
    "test_other_machines.py": 30,
    "test_resume.py": 30,
    "test_install.py": 15,
    "test_builder.py": 10,
}
NOTEBOOK, TEST = 60.0, 1.0  # where nothing was measured


def pytest_collectstart(collector: pytest.Collector) -> None:
    # TensorFlow's log lines reach Jupyter on some machines and not under nbval
    if isinstance(collector, IPyNbFile):
        collector.skip_compare = (*collector.skip_compare, "stderr")


def unit_of(nodeid: str) -> str:
    """What one worker runs in one go: a notebook, a file whose fixtures are costly, or one test."""
    file = nodeid.split("::")[0]
    whole = not file or file.endswith(".ipynb") or Path(file).name in TOGETHER
    return file if whole else nodeid  # pytest names no file that is outside of this folder


def seconds_of(unit: str) -> float:
    """How long a unit of work will take: as measured, or a guess."""
    file = Path(unit.split("::")[0])
    if file.suffix != ".ipynb":
        return SECONDS.get(file.name, TEST)
    try:  # measured/mnist_mlp.json for notebooks/en/06_mnist_mlp.ipynb
        entry = json.loads((HERE / "measured" / f"{file.stem[3:]}.json").read_text("utf-8"))
        return float(min(entry["cpu_seconds"]))
    except (OSError, ValueError, KeyError):
        return NOTEBOOK


def spared(item: pytest.Item) -> bool:
    """Whether `make check` leaves a test out, since no change touches its lesson."""
    stem = getattr(item, "callspec", None) and item.callspec.params.get("stem")
    asked = os.environ.get("CHECK_LESSONS")
    return asked is not None and item.path.name in BY_LESSON and stem not in (None, *asked.split())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Longest first; a unit's tests stay together and in order, and so do equally long units."""
    config.hook.pytest_deselected(items=[item for item in items if spared(item)])
    items[:] = [item for item in items if not spared(item)]
    first = {unit_of(item.nodeid): place for place, item in reversed([*enumerate(items)])}
    seconds = {unit: seconds_of(unit) for unit in first}

    def place(item: pytest.Item) -> tuple[float, int]:
        unit = unit_of(item.nodeid)
        return -seconds[unit], first[unit]

    items.sort(key=place)


@pytest.hookimpl(optionalhook=True)  # without xdist there is no such hook
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Units in the order of collection, each to the next worker that is free."""
    from xdist.scheduler import LoadScopeScheduling

    class ByUnit(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return unit_of(nodeid)

    config.option.loadscopereorder = False  # that would be by number of tests
    return ByUnit(config, log)

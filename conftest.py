"""What all tests and all notebooks under test share: scale small, seed 0, strict checks."""

import os
import tempfile

import matplotlib
import pytest
from nbval.plugin import IPyNbFile

os.environ |= {"LESSON_SCALE": "small", "LESSON_SEED": "0", "LESSON_STRICT": "1"}
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
matplotlib.use("agg")  # here, not in the environment: notebooks draw inline
os.environ["LESSON_RUNS"] = tempfile.mkdtemp(prefix="lesson_runs_")
for variable in ("LESSON_RECORD", "LESSON_EPOCHS"):
    os.environ.pop(variable, None)


def pytest_collectstart(collector: pytest.Collector) -> None:
    # TensorFlow's log lines reach Jupyter on some machines and not under nbval
    if isinstance(collector, IPyNbFile):
        collector.skip_compare = (*collector.skip_compare, "stderr")

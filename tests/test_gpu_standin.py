"""What a GPU would do, without one: XLA compiles every trained model; scale full runs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from lesson_code import environment, script

from tools.run import records
from tools.source import names

TRAINING = [name for name in names() if any(".fit(" in cell for cell in script(name))]


def run(name, what, folder, **more):
    report = folder / "report.json"
    command = [sys.executable, str(Path(__file__).parent / "standin.py"), name, what, str(report)]
    variables = environment(folder, LESSON_STRICT="0", LESSON_EPOCHS="1", **more)
    done = subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(report.read_text())


def test_some_lessons_train():
    assert {"00_start_here", "06_mnist_mlp"} <= set(TRAINING)


@pytest.mark.parametrize("name", TRAINING)
def test_every_trained_model_takes_a_step_compiled_by_xla(name, tmp_path, capsys):
    fits = run(name, "gpu", tmp_path)
    with capsys.disabled():
        print(f"\n{name}: " + ", ".join(f"{fit['model']}" for fit in fits))
    assert fits, f"{name} trains, but no model was reached"
    assert all(fit["xla"] is True and fit["learnt"] for fit in fits), fits


@pytest.mark.parametrize("name", TRAINING)
def test_scale_full_runs_with_an_injected_loader(name, tmp_path):
    record = tmp_path / "checks.jsonl"
    run(name, "full", tmp_path, LESSON_SCALE="full", LESSON_RECORD=str(record))
    exact = [row for row in records(record) if "equals" in row["bound"]]
    assert exact and all(row["holds"] for row in exact), [r for r in exact if not r["holds"]]
    if name == "06_mnist_mlp":
        values = {row["name"]: row["value"] for row in exact}
        assert values["shape of x_train"] == [60_000, 28, 28]
        assert values["batches in an epoch"] == 1_500
        assert values["images in them"] == 48_000  # 12,000 of 60,000 validate

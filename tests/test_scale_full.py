"""Scale full, without a network: its code path runs, and its exact numbers hold."""

import pytest
from lesson_code import TRAINING, stand_in

from tools.run import records


@pytest.mark.parametrize("name", TRAINING)
def test_scale_full_runs_with_an_injected_loader(name, tmp_path):
    record = tmp_path / "checks.jsonl"
    stand_in(name, "full", tmp_path, LESSON_SCALE="full", LESSON_RECORD=str(record))
    exact = [row for row in records(record) if "equals" in row["bound"]]
    assert exact and all(row["holds"] for row in exact), [r for r in exact if not r["holds"]]
    if name == "06_mnist_mlp":
        values = {row["name"]: row["value"] for row in exact}
        assert values["shape of x_train"] == [60_000, 28, 28]
        assert values["batches in an epoch"] == 1_500
        assert values["images in them"] == 48_000  # 12,000 of 60,000 validate

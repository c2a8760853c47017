"""What Colab with a GPU would do, without one: scale full, and XLA compiles all that trains."""

import json

import pytest
import standin
from lesson_code import environment, run_forked, script

from tools.run import records
from tools.source import lesson_stems

UNCUT = "mnist_mlp"  # the one lesson whose trainings see all 60,000 images
MINUTES = 15
VERDICTS = ("helps", "hurts", "no clear difference")  # long trainings decide these, not short ones


def pass_of(stem, folder):
    """Run a lesson in `standin.py`: its report, and its checks by name."""
    report, record = folder / "report.json", folder / "checks.jsonl"
    more = {"LESSON_SCALE": "full", "LESSON_STRICT": "0", "LESSON_EPOCHS": "1"}
    variables = environment(folder, LESSON_RECORD=str(record), **more)
    cut = not stem.endswith(UNCUT)
    run_forked(standin.main, stem, report, cut, seconds=MINUTES * 60, cwd=folder, env=variables)
    return json.loads(report.read_text()), {row["name"]: row for row in records(record)}


@pytest.mark.parametrize("stem", lesson_stems())
def test_a_lesson_runs_at_scale_full_compiled_by_xla(stem, tmp_path, capsys):
    report, checks = pass_of(stem, tmp_path)
    fits = report["fits"]
    with capsys.disabled():
        print(f"\n{stem}: " + ", ".join(f"{fit['model']}" for fit in fits))
    assert not report["never reached"], f"a fit that did not run: {report['never reached']}"
    assert [fit for fit in fits if fit["xla"] not in (True, "as before") or not fit["learnt"]] == []
    assert not fits or fits[0]["xla"] is True
    exact = {
        name: row
        for name, row in checks.items()
        if "equals" in row["bound"] and row["bound"]["equals"] not in VERDICTS
    }
    assert [name for name, row in exact.items() if not row["holds"]] == []
    assert exact or stem.endswith("start_here")
    if stem.endswith(UNCUT):
        assert fits and checks["shape of x_train"]["value"] == [60_000, 28, 28]
        assert checks["batches in an epoch"]["value"] == 1_500
        assert checks["images in them"]["value"] == 48_000  # 12,000 of 60,000 validate


def test_most_lessons_train_a_network():
    training = [stem for stem in lesson_stems() if any(".fit(" in cell for cell in script(stem))]
    assert {"start_here", "mnist_mlp"} <= {stem[3:] for stem in training}

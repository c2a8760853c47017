"""What a GPU would do, without one: XLA compiles every model that a lesson trains."""

import pytest
from lesson_code import TRAINING, stand_in


def test_some_lessons_train():
    assert {"00_start_here", "06_mnist_mlp"} <= set(TRAINING)


@pytest.mark.parametrize("name", TRAINING)
def test_every_trained_model_takes_a_step_compiled_by_xla(name, tmp_path, capsys):
    fits = stand_in(name, "gpu", tmp_path)
    with capsys.disabled():
        print(f"\n{name}: " + ", ".join(f"{fit['model']}" for fit in fits))
    assert fits, f"{name} trains, but no model was reached"
    assert all(fit["xla"] is True and fit["learnt"] for fit in fits), fits

"""A lesson's training, killed half-way (SIGKILL) and started again, ends whole."""

import re
import subprocess
import sys
import time

import pytest
from lesson_code import environment, script

from tools.source import names

RESUMING = [name for name in names() if any("lesson.resume(" in cell for cell in script(name))]


def up_to_history(name):
    """A lesson's code from its start to the first look at the training's history."""
    cells = script(name)
    last = next(index for index, cell in enumerate(cells) if "lesson.history(" in cell)
    training = re.search(r'lesson\.history\("([\w-]+)"\)', cells[last])[1]
    code = "\n".join(cells[: last + 1])
    return training, f"{code}\nprint('EPOCHS SEEN', len(history['loss']), EPOCHS)"


def start(name, runs, **more):
    _, code = up_to_history(name)
    return subprocess.Popen(
        [sys.executable, "-c", code], env=environment(runs, LESSON_STRICT="0", **more),
        cwd=runs, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip


def test_some_lesson_resumes():
    assert "06_mnist_mlp" in RESUMING


@pytest.mark.parametrize("name", RESUMING)
def test_a_killed_training_ends_whole(name, tmp_path):
    training, _ = up_to_history(name)
    log = tmp_path / name / training / "log.csv"
    first = start(name, tmp_path)
    deadline = time.monotonic() + 120
    while not (log.is_file() and len(log.read_text().splitlines()) >= 3):  # two epochs
        assert first.poll() is None, "the training ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    first.kill()
    first.communicate()

    said, _ = start(name, tmp_path).communicate(timeout=300)
    after = re.search(rf"{training}: goes on after epoch (\d+) of (\d+)", said)
    assert after and 1 <= int(after[1]) < int(after[2])
    assert f"EPOCHS SEEN {after[2]} {after[2]}" in said

    again, _ = start(name, tmp_path).communicate(timeout=300)
    assert "goes on" not in again
    assert f"EPOCHS SEEN {after[2]} {after[2]}" in again

"""A lesson's training, killed between two epochs (SIGKILL) and started again, ends whole."""

import json
import os
import re
import signal

import keras
import pytest
from lesson_code import environment, run_forked, script
from standin import WHOLE, asked, shortened

from helpers.lesson import Lesson
from tools.source import lesson_stems

RESUMING = [stem for stem in lesson_stems() if any("lesson.resume(" in c for c in script(stem))]
EPOCHS, KILLED_AFTER = 3, 2
LOOPED = {"mask_rcnn": "RoIAlign", "second_look": "pixels"}  # the last training of a loop
ANEW = "mnist_mlp"  # the one lesson that is run once more when its training has ended
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # on Windows the latter is as abrupt


def train(code, training, kill_after, times):
    """A lesson's code, some times, its trainings on few examples.

    Each epoch of one training that `lesson.resume` watches is printed, and after one of them, when
    all callbacks are through, the process kills itself.
    """
    resume, history, told = Lesson.resume, Lesson.history, {}

    def fit(self, *arguments, **options):
        given = asked("fit", *arguments, **options)
        return WHOLE["fit"](self, **(given | shortened(given) | {"epochs": given["epochs"]}))

    def said(epoch, logs):
        print("TRAINED", json.dumps([epoch + 1, float(logs["loss"])]), flush=True)
        if epoch + 1 == kill_after:
            os.kill(os.getpid(), KILL)

    def watched(self, name, *arguments, **options):
        given = resume(self, name, *arguments, **options)
        if name == training:
            told["epochs"] = given["epochs"]
            given["callbacks"] += [keras.callbacks.LambdaCallback(on_epoch_end=said)]
        return given

    def looked_at(self, name):
        rows = history(self, name)
        if name == training:
            told["losses"] = rows["loss"]
        return rows

    keras.Model.fit, Lesson.resume, Lesson.history = fit, watched, looked_at
    for _ in range(times):
        exec(code, {"__name__": "__main__"})
        print("HISTORY", json.dumps([told["epochs"], told["losses"]]), flush=True)


def up_to_history(stem):
    """A lesson's code from its start to the first look at a training's history; its name."""
    cells = script(stem)
    last = next(index for index, cell in enumerate(cells) if "lesson.history(" in cell)
    literal = re.search(r'lesson\.history\("([\w-]+)"\)', cells[last])
    training = literal[1] if literal else LOOPED[stem[3:]]
    return training, "\n".join(cells[: last + 1])


def lines(word, said):
    return [json.loads(line.removeprefix(word)) for line in said.splitlines() if word in line[:9]]


def test_some_lesson_resumes():
    assert ANEW in {stem[3:] for stem in RESUMING}


@pytest.mark.parametrize("stem", RESUMING)
def test_a_killed_training_ends_whole(stem, tmp_path):
    training, code = up_to_history(stem)
    variables = environment(tmp_path, LESSON_STRICT="0", LESSON_EPOCHS=str(EPOCHS))

    def start(kill_after, times, expect):
        options = {"seconds": 300, "cwd": tmp_path, "env": variables, "expect": expect}
        return run_forked(train, code, training, kill_after, times, **options)

    killed = start(KILLED_AFTER, 1, -KILL)
    before = lines("TRAINED", killed)
    assert [epoch for epoch, _ in before] == [1, 2] and "HISTORY" not in killed

    anew = stem.endswith(ANEW)  # what has ended starts from one again
    said = start(0, 1 + anew, 0)
    assert said.count("goes on") == 1
    assert f"{training}: goes on after epoch {KILLED_AFTER} of {EPOCHS}" in said
    after = lines("TRAINED", said)
    assert [epoch for epoch, _ in after] == [3, *[1, 2, 3] * anew]
    (epochs, losses), *later = lines("HISTORY", said)
    assert epochs == EPOCHS
    assert losses == [loss for _, loss in (*before, after[0])]
    assert [values for _, values in later] == [[loss for _, loss in after[1:]]] * anew

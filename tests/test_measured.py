"""What `make seeds` measured belongs to the lessons as they are now, and the bounds to it."""

from statistics import median

import nbformat
import pytest

from tools import study
from tools.keys import seeds_key
from tools.measured import measured, measured_path
from tools.notebooks import notebook_path
from tools.source import ROOT, lesson_stems, read_lesson

SECONDS = {"deep_cnn": 120, "resnet": 120}  # the others have 90
DETECTORS = ("rcnn", "fast_rcnn", "faster_rcnn", "own_pictures", "mask_rcnn", "second_look")
SECONDS |= dict.fromkeys(DETECTORS, 150)
LESSONS = [stem[3:] for stem in lesson_stems()]
TIMED = {  # ratios of times, which a busy machine stretches: a twofold margin, not the spread
    "forward and backward, in forward passes",
    "time, one at a time over 32 at a time",
    "one matrix product over 200, how much faster",
    "pure Python takes longer than im2col, times",
    "pure Python takes longer than Keras, times",
    "an image takes longer alone than among 64 in Keras, times",
    "ResNet50 over MobileNetV2, seconds",
    "ResNet152 over ResNet50, seconds",
    "one at a time over Fast R-CNN, 300 proposals, plain",
    "one at a time over Fast R-CNN, 300 proposals",
    "percent of the time in proposals",
    "selective search over the network, time",
    "Fast R-CNN with proposals over Faster R-CNN, time",
    "Fast R-CNN with proposals over Faster R-CNN by XLA, time",
}
STEMS = dict(zip(LESSONS, lesson_stems(), strict=True))
SCALES = [(name, s) for name in LESSONS for s in ("small", "full") if measured(name, s)]


def bounds(name, scale="small"):
    """The bounds of a lesson's checks; at scale small, those that its notebooks were built with."""
    if scale != "small":
        return measured(name, scale)["bounds"]
    notebook = nbformat.read(notebook_path(STEMS[name], "en"), as_version=4)
    return notebook.metadata["layer_by_layer"]["bounds"]


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_was_measured(name):
    assert measured(name) is not None, f"run `make seeds LESSON={name}`"


@pytest.mark.parametrize(("name", "scale"), SCALES)
def test_measurements_are_of_the_lesson_as_it_is(name, scale):
    entry = measured(name, scale)
    assert entry["key"] == seeds_key(read_lesson(STEMS[name])), f"run `make seeds LESSON={name}`"
    assert entry["seeds"] == [0, 1, 2, 3, 4]
    assert set(entry["checks"]) == set(bounds(name, scale)), f"run `make seeds LESSON={name}`"


def test_there_is_no_measurement_without_a_lesson():
    found = set((ROOT / "measured").iterdir())
    assert found == {measured_path(name, scale) for name, scale in SCALES} | {
        of.path for of in study.STUDIES.values()
    }


@pytest.mark.parametrize("lesson", study.STUDIES)
def test_a_study_is_of_the_lesson_as_it_is(lesson):
    of = study.STUDIES[lesson]
    entry = measured(of.name)
    assert entry["key"] == study.key(of), f"run `python -m tools.study {lesson}`"
    assert set(entry["checks"]) == {f"AP, {variant}" for variant in of.variants}
    assert {len(values) for values in entry["checks"].values()} == {5}


def holds_with_a_sixth(values, bound, timed=False):
    """Whether all values keep to their bound, and would if one were worse by their spread.

    Where times were measured: and would if one were twice as bad.
    """
    if "equals" in bound:
        return all(value == bound["equals"] for value in values)
    if not bound or isinstance(values[0], str | list):
        return True
    low, high = min(values), max(values)
    worst = (low / 2, 2 * high) if timed else (low - (high - low), high + (high - low))
    return (
        bound.get("at_least", worst[0]) <= worst[0] and bound.get("at_most", worst[1]) >= worst[1]
    )


def test_every_timed_check_is_a_check():
    known = {check for name in LESSONS if measured(name) for check in measured(name)["checks"]}
    assert known >= TIMED


@pytest.mark.parametrize(("name", "scale"), SCALES)
def test_every_check_holds_with_every_seed_and_would_with_a_sixth(name, scale):
    checks = measured(name, scale)["checks"]
    wrong = {
        check: (sorted(checks[check]), bound)
        for check, bound in bounds(name, scale).items()
        if not holds_with_a_sixth(checks[check], bound, check in TIMED)
    }
    assert not wrong


@pytest.mark.parametrize(
    ("values", "bound", "expected"),
    [
        ([8.0, 17.0], {"at_least": 4}, False),
        ([0.93, 0.94], {"at_least": 0.92}, True),
        ([0.93, 0.94], {"at_least": 0.921}, False),
        ([3, 5], {"at_most": 7}, True),
        ([3, 5], {"at_most": 6}, False),
        ([3, 3], {"equals": 3}, True),
        ([3, 4], {"equals": 3}, False),
        ([[2, 3]] * 2, {"equals": [2, 3]}, True),
        ([0.1, -0.1], {}, True),
    ],
)
def test_bounds_are_judged_against_the_values(values, bound, expected):
    assert holds_with_a_sixth(values, bound) is expected


def test_bounds_of_times_have_a_twofold_margin():
    assert holds_with_a_sixth([8.0, 17.0], {"at_least": 4}, timed=True)
    assert not holds_with_a_sixth([8.0, 17.0], {"at_least": 4.1}, timed=True)
    assert not holds_with_a_sixth([2.0, 3.0], {"at_most": 5.9}, timed=True)


@pytest.mark.parametrize("name", LESSONS)
def test_time_and_memory_are_within_the_budget(name):
    """Seconds on two cores: the median of the runs, since one may be disturbed; CPU in all."""
    entry, budget = measured(name), SECONDS.get(name, 90)
    assert median(entry["seconds"]) <= budget and max(entry["cpu_seconds"]) <= 2 * budget
    assert max(entry["megabytes"]) <= 3_000

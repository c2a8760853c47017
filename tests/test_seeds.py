"""Five seeds are five different runs, every value is kept, and verdicts follow the rule."""

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lesson_code import run_limited
from small_course import LESSON

from tools import seeds
from tools.compose import compose
from tools.keys import seeds_key
from tools.measured import measured, phrase, range_text, verdict
from tools.source import ROOT, LessonError, read_lesson

CELL = """import os
from helpers.checks import check, report
ballast = "x" * 300_000_000
check("seed", int(os.environ["LESSON_SEED"]), at_least=0)
check("scale", os.environ["LESSON_SCALE"], equals="small")
report("square", int(os.environ["LESSON_SEED"]) ** 2)
check("too much", 1, at_least=2)"""


MEASURE = """import json, sys
from pathlib import Path
from tools.seeds import measure
print(json.dumps(measure("98_tiny", root=Path(sys.argv[1]))))"""


def test_five_seeds_are_five_runs_and_all_values_are_kept(small_course):
    """In a process of its own: a child's peak memory counts from before its `exec`."""
    small_course.write(CELL)
    command = [sys.executable, "-c", MEASURE, small_course.root]
    entry = json.loads(run_limited(command, 300, cwd=ROOT).stdout.splitlines()[-1])
    assert entry["checks"] == {
        "seed": [0, 1, 2, 3, 4],
        "scale": ["small"] * 5,
        "square": [0, 1, 4, 9, 16],
        "too much": [1] * 5,
    }
    assert entry["key"] == seeds_key(read_lesson("98_tiny", small_course.root), small_course.root)
    assert len(entry["seconds"]) == len(entry["megabytes"]) == 5
    assert all(0.3 < value < 60 for value in entry["seconds"] + entry["cpu_seconds"])
    assert all(300 < value < 1_000 for value in entry["megabytes"])  # the kernel's, not ours

    text = seeds.text_of(entry)
    assert json.loads(text) == entry
    (small_course.root / "measured").mkdir()
    (small_course.root / "measured" / "tiny.json").write_text(text)
    assert measured("tiny", root=small_course.root) == entry
    assert measured("tiny", "full", small_course.root) is None


def test_at_another_scale_the_bounds_are_kept_too(small_course, monkeypatch):
    monkeypatch.setattr(seeds, "SEEDS", range(1))
    small_course.write(CELL.replace('"small"', '"full"'))
    entry = seeds.measure("98_tiny", "full", small_course.root)
    assert entry["checks"]["scale"] == ["full"]
    assert entry["bounds"]["too much"] == {"at_least": 2} and entry["bounds"]["square"] == {}


def test_a_lesson_may_quote_what_it_has_not_measured_yet(small_course, monkeypatch):
    monkeypatch.setattr(seeds, "SEEDS", range(1))
    text = LESSON.replace("# ## Section", "# ## Section [[range: seed]]")
    small_course.write(CELL, text.replace("# ## 절", "# ## 절 [[range: seed]]"))
    (small_course.root / "measured").mkdir()
    (small_course.root / "measured" / "tiny.json").write_text('{"checks": {"old": [1]}}')
    with pytest.raises(LessonError, match="expected a check that was measured"):
        compose(read_lesson("98_tiny", small_course.root), "en", small_course.root)
    assert seeds.measure("98_tiny", root=small_course.root)["checks"]["seed"] == [0]


def test_a_lesson_that_fails_and_checks_that_come_and_go_are_refused(small_course):
    small_course.write("import os; assert os.environ['LESSON_SEED'] != '1'")
    with pytest.raises(LessonError, match="98_tiny failed with seed 1"):
        seeds.measure("98_tiny", root=small_course.root)
    with pytest.raises(LessonError, match="the same checks with every seed, got {'b'} not so"):
        seeds._by_name("98_tiny", [{"a": 1, "b": 1}, {"a": 1}])


@pytest.mark.parametrize(
    ("values", "english", "korean"),
    [
        ([10, 11, 10], "10–11", "10–11"),
        ([10, 10], "10", "10"),
        ([61_706, 61_707], "61,706–61,707", "61,706–61,707"),
        ([0.9813, 0.9828], "0.981–0.983", "0.981–0.983"),
        ([0.9915, 0.9955], "0.991–0.996", "0.991–0.996"),
        ([0.93, 0.93 + 1e-12], "0.930", "0.930"),
        ([0.66279, 0.66279], "0.663", "0.663"),  # the same in all runs
        ([0.674, 0.72500002], "0.674–0.725", "0.674–0.725"),  # a 32-bit float
        ([4.2, 4.267], "4.20–4.27", "4.20–4.27"),
        ([315.2, 355.1], "315–356", "315–356"),
        ([-0.014, 0.0072], "−0.014 to +0.008", "−0.014~+0.008"),
        ([-0.02, -0.01], "−0.020 to −0.010", "−0.020~−0.010"),
        ([-2, 3], "−2 to +3", "−2~+3"),
        ([-30, 0], "−30 to 0", "−30~0"),
        ([2e-8, 3.1e-7], "2.0e−08–3.1e−07", "2.0e−08–3.1e−07"),
        ([0.0, 0.0], "0", "0"),
    ],
)
def test_ranges(values, english, korean):
    assert (range_text(values, "en"), range_text(values, "ko")) == (english, korean)


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        ([0.02, 0.03, 0.025, 0.02, 0.03], 1),
        ([-0.02, -0.03, -0.025, -0.02, -0.03], -1),
        ([0.02, 0.03, 0.025, 0.02, -0.001], 0),  # one of them disagrees
        ([0.001, 0.03, 0.002, 0.001, 0.002], 0),  # they agree, but the spread is larger
        ([0.0, 0.1, 0.1, 0.1, 0.1], 0),
        ([0.0] * 5, 0),
    ],
)
def test_verdicts(differences, expected):
    assert verdict(differences) == expected


@given(st.lists(st.floats(-1, 1), min_size=5, max_size=5))
def test_a_verdict_turns_with_the_sign_and_not_with_the_order(differences):
    assert verdict([-value for value in differences]) == -verdict(differences)
    assert verdict(differences[::-1]) == verdict(differences)


@pytest.mark.parametrize(
    "kind, check, expected",
    [
        ("range", "accuracy", "0.700–0.900"),
        ("range", "before: accuracy", "0.600–0.700"),
        ("range", "accuracy − before: accuracy", "0.100–0.200"),
        ("verdict", "accuracy − before: accuracy", "helps"),
        ("verdict", "before: accuracy − accuracy", "hurts"),
        ("range", "own: with a colon", "7"),  # a check of this lesson, not of a lesson `own`
        ("range", "before: no such check", None),
        ("range", "accuracy − before: no such check", None),
        ("range", "nowhere: accuracy", None),
        ("range", "no such check", None),
    ],
)
def test_a_lesson_quotes_another_and_the_difference_seed_by_seed(tmp_path, kind, check, expected):
    ours = {"accuracy": [0.8, 0.7, 0.9, 0.75, 0.8], "own: with a colon": [7] * 5}
    (tmp_path / "measured").mkdir()
    for name, checks in (("after", ours), ("before", {"accuracy": [0.65, 0.6, 0.7, 0.65, 0.65]})):
        text = json.dumps({"checks": checks})
        (tmp_path / "measured" / f"{name}.json").write_text(text, encoding="utf-8")
    assert phrase(kind, check, "after", "en", tmp_path) == expected
    assert phrase(kind, check, "not_measured", "en", tmp_path) == "(not measured yet)"

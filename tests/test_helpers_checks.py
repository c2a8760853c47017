"""check, same and exercise: what they print, record and refuse."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.checks import TOLERANCE, check, exercise, same, show_source, shown


@pytest.fixture
def lenient(monkeypatch):
    monkeypatch.delenv("LESSON_STRICT")


@pytest.mark.parametrize(
    ("value", "bound", "line"),
    [
        (101_770, {"equals": 101_770}, "✓ n equals 101,770\n"),
        ((8000, 28, 28), {"equals": (8000, 28, 28)}, "✓ n equals (8000, 28, 28)\n"),
        ([2, 3], {"equals": (2, 3)}, "✓ n equals (2, 3)\n"),
        (np.float32(0.5), {"at_least": 0.25}, "✓ n is at least 0.25\n"),
        (np.int64(3), {"at_most": 3}, "✓ n is at most 3\n"),
        (2.3, {"at_least": 2.1, "at_most": 2.6}, "✓ n is at least 2.1 and at most 2.6\n"),
        (np.array([1, 2]), {"equals": [1, 2]}, "✓ n equals (1, 2)\n"),
        (True, {"equals": True}, "✓ n equals True\n"),
        (0, {"equals": 0}, "✓ n equals 0\n"),
    ],
)
def test_a_claim_that_holds_never_prints_its_value(value, bound, line, capsys):
    check("n", value, **bound)
    assert capsys.readouterr().out == line


@pytest.mark.parametrize(
    ("value", "bound"),
    [
        (0.9, {"at_least": 0.91}),
        (4, {"equals": 5}),
        (float("nan"), {"at_least": 0}),
        (float("nan"), {"at_most": 0}),
        (3, {"at_least": 1, "at_most": 2}),
        ((1, 2), {"equals": (1, 2, 3)}),
    ],
)
def test_a_claim_that_fails_raises_when_strict_and_goes_on_otherwise(
    value, bound, capsys, monkeypatch
):
    with pytest.raises(AssertionError, match="✗ n: measured"):
        check("n", value, **bound)
    monkeypatch.setenv("LESSON_STRICT", "0")
    check("n", value, **bound)
    assert capsys.readouterr().out.startswith(f"✗ n: measured {shown(value)}, expected: ")


def test_a_check_without_a_bound_or_with_two_kinds_is_refused():
    with pytest.raises(ValueError, match=r"expected equals=.*got \[\]"):
        check("n", 1)
    with pytest.raises(ValueError, match="got .*at_least.*equals"):
        check("n", 1, equals=1, at_least=0)


def test_checks_are_recorded_with_value_and_bound(tmp_path, monkeypatch, lenient):
    record = tmp_path / "checks.jsonl"
    monkeypatch.setenv("LESSON_RECORD", str(record))
    check("accuracy", np.float32(0.5), at_least=0.75)
    check("shape", (2, 3), equals=(2, 3))
    first, second = map(json.loads, record.read_text(encoding="utf-8").splitlines())
    assert first == {
        "name": "accuracy",
        "value": 0.5,
        "bound": {"at_least": 0.75},
        "claim": "is at least 0.75",
        "holds": False,
    }
    assert second["holds"] and second["value"] == [2, 3]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), st.floats(-1, 1))
def test_same_draws_the_line_at_its_tolerance(numbers, shift):
    expected = np.array(numbers)
    size = max(1.0, np.abs(expected).max())
    if abs(shift) < 0.9:
        same(expected + shift * TOLERANCE * size, expected)
    far = expected.copy()
    far[0] += 1.1 * TOLERANCE * size
    with pytest.raises(AssertionError):
        same(far, expected)


def test_same_refuses_other_shapes_nothing_and_nan(capsys):
    with pytest.raises(AssertionError, match=r"\(3,\) and \(1, 3\)"):
        same(np.ones(3), np.ones((1, 3)))
    with pytest.raises(AssertionError, match=r"\(\) and \(1,\)"):
        same(1.0, [1.0])
    with pytest.raises(ValueError, match="two empty arrays"):
        same([], [])
    with pytest.raises(AssertionError):
        same([np.nan], [np.nan])
    same([1, 2], [1, 2], "counts")
    assert capsys.readouterr().out == "✓ counts agree to 1e-05\n"


def test_same_agrees_with_keras_tensors():
    import keras

    same(keras.ops.ones((2, 3)), np.ones((2, 3)))


CASES = [((2, 3), 6), ((0, 1), 0)]


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda a, b: None, "… <lambda>: not attempted yet"),
        (lambda a, b: a * b, "✓ <lambda>: all 2 cases are right"),
        (lambda a, b: a + b, "✗ not yet: <lambda>(2, 3) gave 5, expected 6"),
        (
            lambda a, b: 1 / 0,
            "✗ not yet: <lambda>(2, 3) raised ZeroDivisionError: division by zero",
        ),
        (lambda a, b: [6, 6], "✗ not yet: <lambda>(2, 3) gave [6, 6], expected 6"),
        (lambda a, b: "six", "✗ not yet: <lambda>(2, 3) gave 'six', expected 6"),
        (lambda a, b: float("nan"), "✗ not yet: <lambda>(2, 3) gave nan, expected 6"),
        (lambda a, b: {}, "✗ not yet: <lambda>(2, 3) gave {}, expected 6"),
        (lambda a, b: [[1], [1, 2]], "✗ not yet: <lambda>(2, 3) gave [[1], [1, 2]], expected 6"),
    ],
)
def test_an_exercise_says_how_far_it_is_and_never_raises(function, said, capsys):
    exercise(function, CASES)
    assert capsys.readouterr().out.strip() == said


def test_a_source_is_shown_as_it_is(capsys):
    show_source(shown)
    printed = capsys.readouterr().out
    assert printed.startswith("def shown(value: Any) -> str:") and "return" in printed


def test_a_shape_of_tensorflow_is_a_shape(tmp_path, monkeypatch, capsys):
    import tensorflow as tf

    monkeypatch.setenv("LESSON_RECORD", str(tmp_path / "checks.jsonl"))
    check("shape", tf.zeros((1, 28, 28, 1)).shape, equals=(1, 28, 28, 1))
    assert capsys.readouterr().out == "✓ shape equals (1, 28, 28, 1)\n"

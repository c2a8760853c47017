"""check, same and exercise: what they print, record and refuse."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.checks import TOLERANCE, check, exercise, report, same, show_source, shown


@pytest.fixture
def lenient(monkeypatch):
    monkeypatch.delenv("LESSON_STRICT")


@pytest.mark.parametrize(
    ("value", "bound", "line"),
    [
        (101_770, {"equals": 101_770}, "✓ n equals 101,770\n"),
        ((8000, 28, 28), {"equals": (8000, 28, 28)}, "✓ n equals (8000, 28, 28)\n"),
        ([2, 3], {"equals": (2, 3)}, "✓ n equals (2, 3)\n"),
        (np.array([1, 2]), {"equals": [1, 2]}, "✓ n equals (1, 2)\n"),
        (True, {"equals": True}, "✓ n equals True\n"),
        (0, {"equals": 0}, "✓ n equals 0\n"),
        (np.float32(0.934), {"at_least": 0.91}, "✓ n is at least 0.91 · measured 0.934\n"),
        (np.int64(3), {"at_most": 3}, "✓ n is at most 3 · measured 3\n"),
        (
            2.3,
            {"at_least": 2.1, "at_most": 2.6},
            "✓ n is at least 2.1 and at most 2.6 · measured 2.3\n",
        ),
        (0.91204, {"at_least": 0.912}, "✓ n is at least 0.912 · measured 0.91204\n"),
        (61_706.0, {"at_least": 6e4}, "✓ n is at least 60,000 · measured 61,706\n"),
        (3e-7, {"at_most": 1e-5}, "✓ n is at most 1e-05 · measured 3e-07\n"),
    ],
)
def test_a_claim_that_holds_shows_its_bound_and_what_was_measured(value, bound, line, capsys):
    check("n", value, **bound)
    assert capsys.readouterr().out == line


@pytest.mark.parametrize(
    ("value", "bound", "line"),
    [
        (0.9, {"at_least": 0.91}, "✗ n is at least 0.91 · measured 0.9"),
        (0.91199999, {"at_least": 0.912}, "✗ n is at least 0.912 · measured 0.91199999"),
        (4, {"equals": 5}, "✗ n equals 5 · measured 4"),
        (float("nan"), {"at_least": 0}, "✗ n is at least 0 · measured nan"),
        (float("nan"), {"at_most": 0}, "✗ n is at most 0 · measured nan"),
        (3, {"at_least": 1, "at_most": 2}, "✗ n is at least 1 and at most 2 · measured 3"),
        ((1, 2), {"equals": (1, 2, 3)}, "✗ n equals (1, 2, 3) · measured (1, 2)"),
    ],
)
def test_a_claim_that_fails_raises_when_strict_and_goes_on_otherwise(
    value, bound, line, capsys, monkeypatch
):
    with pytest.raises(AssertionError) as raised:
        check("n", value, **bound)
    assert str(raised.value) == line and capsys.readouterr().out == ""
    monkeypatch.setenv("LESSON_STRICT", "0")
    check("n", value, **bound)
    assert capsys.readouterr().out == f"{line}\n"


@given(st.floats(-1e9, 1e9), st.sampled_from([0.0, 1e-12, 1e-4]), st.sampled_from([-1, 1]))
def test_a_value_is_shown_on_its_side_of_the_bound(value, away, sign):
    bound = float(f"{value * (1 + sign * away):.15g}")
    text = shown(value, beside=[bound]).replace(",", "")
    assert np.sign(float(text) - bound) == np.sign(value - bound)


@given(st.floats(1e-9, 1e9))
def test_four_digits_are_shown_and_never_a_wrong_one(value):
    assert float(shown(value).replace(",", "")) == pytest.approx(value, rel=5.1e-4)
    assert "e+" not in shown(value)
    assert float(shown(value, exact=True).replace(",", "")) == pytest.approx(value, rel=1e-14)


def test_a_report_has_no_bound(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LESSON_RECORD", str(tmp_path / "checks.jsonl"))
    report("gain from dropout", np.float32(-0.004))
    assert capsys.readouterr().out == "• gain from dropout · measured -0.004\n"
    line = json.loads((tmp_path / "checks.jsonl").read_text(encoding="utf-8"))
    assert line["name"] == "gain from dropout" and line["bound"] == {} and line["holds"]
    assert line["value"] == pytest.approx(-0.004)


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


@given(
    st.lists(st.floats(-1, 1), min_size=1, max_size=20),
    st.integers(-12, 12),
    st.sampled_from([1e-3, TOLERANCE, 1e-9]),
)
def test_same_draws_the_line_at_its_tolerance_whatever_the_size(numbers, power, tolerance):
    expected = np.array([1.0, *numbers]) * 10.0**power  # the first one is the largest
    for factor, agree in ((0.9, True), (1.1, False)):
        actual = expected.copy()
        actual[-1] -= factor * tolerance * 10.0**power
        if agree:
            same(actual, expected, tolerance=tolerance)
            same(expected, actual, tolerance=tolerance)
        else:
            with pytest.raises(AssertionError):
                same(actual, expected, tolerance=tolerance)


def test_same_has_no_floor():
    for small in (9e-6, 1e-30):
        with pytest.raises(AssertionError):
            same(np.zeros(3), np.full(3, small))
    same(np.zeros(3), np.zeros(3))
    same(np.full(3, 1e-20), np.full(3, 1e-20 * (1 + 1e-6)))


def test_same_refuses_other_shapes_nothing_and_nan(capsys):
    with pytest.raises(AssertionError, match=r"measured \(3,\) and \(1, 3\)"):
        same(np.ones(3), np.ones((1, 3)))
    with pytest.raises(AssertionError, match=r"measured \(\) and \(1,\)"):
        same(1.0, [1.0])
    with pytest.raises(ValueError, match="two empty arrays"):
        same([], [])
    with pytest.raises(AssertionError):
        same([np.nan], [np.nan])
    same([1, 2], [1, 2], "counts")
    same([1, 2], [1, 2.001], "sums", tolerance=1e-3)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "✓ counts agree to 1e-05 · measured 0"
    assert said[1].startswith("✓ sums agree to 0.001 · measured 0.0004998")


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


def test_an_exercise_forgives_a_rounding_error_beside_0_and_nothing_small_else(capsys):
    exercise(lambda: [1e-17, 2.0], [((), [0, 2])])
    exercise(lambda: 1e-17, [((), 0)])
    exercise(lambda: 0.0, [((), 1e-6)])
    said = capsys.readouterr().out.splitlines()
    assert [line[0] for line in said] == ["✓", "✓", "✗"]


def test_an_exercise_may_expect_nothing_in_a_list(capsys):
    exercise(lambda: [], [((), [])])
    exercise(lambda: [1], [((), [])])
    said = capsys.readouterr().out.splitlines()
    assert [line[0] for line in said] == ["✓", "✗"]


def test_an_exercise_sees_a_small_quantity_beside_a_large_one(capsys):
    """A tuple holds quantities of several kinds; an array is one, and rounds as one."""
    for share in (0.6, 0.4):
        exercise(lambda share=share: (True, 79_040, share), [((), (True, 79_040, 0.6))])
    exercise(lambda: [79_040, 0.4], [((), [79_040, 0.6])])
    exercise(lambda: (1, 2, 3), [((), (1, 2))])
    said = capsys.readouterr().out.splitlines()
    assert [line[0] for line in said] == ["✓", "✗", "✓", "✗"]


def test_a_source_is_shown_as_it_is(capsys):
    show_source(shown)
    printed = capsys.readouterr().out
    assert printed.startswith("def shown(value: Any") and "return" in printed


def test_a_shape_of_tensorflow_is_a_shape(tmp_path, monkeypatch, capsys):
    import tensorflow as tf

    monkeypatch.setenv("LESSON_RECORD", str(tmp_path / "checks.jsonl"))
    check("shape", tf.zeros((1, 28, 28, 1)).shape, equals=(1, 28, 28, 1))
    assert capsys.readouterr().out == "✓ shape equals (1, 28, 28, 1)\n"

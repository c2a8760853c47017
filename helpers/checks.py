"""Claims that a lesson proves (`check`, `same`), measured numbers, exercises, sources."""

import inspect
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

TOLERANCE = 1e-5
"""How far two computations of one thing may lie apart, relative to the largest number in it."""

MEASURED = " · measured "
"""What follows it on a line may differ from machine to machine; tests do not compare it."""


def check(
    name: str, value: Any, *, equals: Any = None, at_least: Any = None, at_most: Any = None
) -> None:
    """Print a claim and what was measured: `✓ test accuracy is at least 0.91 · measured 0.934`.

    Everything up to ` · measured ` is the same on every machine, and notebook tests compare it. A
    claim that does not hold prints ✗ in the place of ✓ and goes on, unless the environment has
    `LESSON_STRICT=1`. With `LESSON_RECORD=file` each call appends one JSON line to that file.

    Args:
        name: what is measured, as it should stand in the sentence.
        value: a number, a text, a shape; a NumPy or Keras scalar will do.
        equals: the value it must equal exactly; stands alone.
        at_least: the smallest value it may have.
        at_most: the largest value it may have; both bounds together make a range.

    Raises:
        ValueError: if there is no bound, or `equals` beside another one.
        AssertionError: if the claim does not hold and `LESSON_STRICT=1`.
    """
    bounds = {"equals": equals, "at_least": at_least, "at_most": at_most}
    given = {key: _plain(bound) for key, bound in bounds.items() if bound is not None}
    if not given or ("equals" in given and len(given) > 1):
        raise ValueError(
            f"check {name!r} expected equals=, or at_least= and/or at_most=, got {sorted(given)}"
        )
    value = _plain(value)
    if "equals" in given:
        holds = bool(value == given["equals"])
        claim = f"equals {shown(given['equals'], exact=True)}"
    else:
        holds = bool(
            value >= given.get("at_least", -np.inf) and value <= given.get("at_most", np.inf)
        )
        claim = "is " + " and ".join(
            f"{key.replace('_', ' ')} {shown(bound, exact=True)}" for key, bound in given.items()
        )
    _report(name, claim, value, given, holds)


def same(actual: Any, expected: Any, name: str = "both ways", tolerance: float = TOLERANCE) -> None:
    """Check that two arrays agree: equal shapes, and within a tolerance of the largest number.

    Args:
        actual: array-like of any shape, computed one way.
        expected: array-like of the same shape, computed another way.
        name: what is compared, as it should stand in the printed sentence.
        tolerance: largest difference, relative to the largest magnitude in either array.

    Raises:
        ValueError: if there is nothing to compare (an empty array).
        AssertionError: if they differ and `LESSON_STRICT=1`; otherwise the difference is printed.
    """
    left, right = np.asarray(actual), np.asarray(expected)
    if left.size == 0 and right.size == 0:
        raise ValueError(f"same {name!r} expected numbers to compare, got two empty arrays")
    if left.shape != right.shape:
        _report(name, "have equal shapes", f"{left.shape} and {right.shape}", {}, holds=False)
        return
    difference = _difference(left, right)
    bound = {"at_most": tolerance}
    _report(name, f"agree to {tolerance:g}", difference, bound, difference <= tolerance)


def report(name: str, value: Any) -> None:
    """Print and record a measured number that has no bound: `• gain from dropout · measured 0.004`.

    For a difference whose verdict comes from five paired seeds (`[[verdict: …]]` in the text).

    Args:
        name: what is measured.
        value: a number; a NumPy or Keras scalar will do.
    """
    value = _plain(value)
    _record({"name": name, "value": value, "bound": {}, "claim": "", "holds": True})
    print(f"• {name}{MEASURED}{shown(value)}")


def exercise(function: Callable[..., Any], cases: Sequence[tuple[tuple[Any, ...], Any]]) -> None:
    """Say how far an exercise is: not attempted yet, not yet (and what differs), or ✓.

    Args:
        function: the reader's function; one that returns None counts as not attempted.
        cases: pairs (arguments, expected result); results compare as in `same`, those that are
            expected as a tuple entry by entry; a rounding error beside a 0 is forgiven.
    """
    for arguments, expected in cases:
        call = f"{function.__name__}({', '.join(_short(argument) for argument in arguments)})"
        try:
            result = function(*arguments)
        except Exception as error:
            print(f"✗ not yet: {call} raised {type(error).__name__}: {error}")
            return
        if result is None:
            print(f"… {function.__name__}: not attempted yet")
            return
        try:
            left, right = np.asarray(result), np.asarray(expected)
            if isinstance(expected, tuple):  # quantities of several kinds: each by its own size
                pairs = list(zip(left, right, strict=True))
            else:
                pairs = [(left, right)]
            agree = left.shape == right.shape and all(
                not pair[0].size or _difference(*pair, smallest=1e-7) <= TOLERANCE for pair in pairs
            )
        except (TypeError, ValueError):
            agree = False
        if not agree:
            print(f"✗ not yet: {call} gave {_short(result)}, expected {_short(expected)}")
            return
    print(f"✓ {function.__name__}: all {len(cases)} cases are right")


def show_source(function: Callable[..., Any]) -> None:
    """Print the source of a function that lives in `helpers`, as it is.

    Args:
        function: written in Python, in a file.
    """
    print(inspect.getsource(function).rstrip())


def _difference(left: np.ndarray, right: np.ndarray, smallest: float = 0.0) -> float:
    """Largest absolute difference, relative to the largest magnitude (or `smallest`, if larger)."""
    left, right = left.astype(float), right.astype(float)
    if not (np.isfinite(left).all() and np.isfinite(right).all()):
        return float("inf")
    difference = np.abs(left - right).max()
    largest = max(np.abs(left).max(), np.abs(right).max(), smallest)
    return float(difference / largest) if difference else 0.0


def _plain(value: Any) -> Any:
    """Scalars as Python numbers, arrays and shapes as (nested) tuples."""
    if isinstance(value, list | tuple):
        return tuple(_plain(item) for item in value)
    if hasattr(value, "as_list"):  # TensorFlow's TensorShape
        return tuple(value.as_list())
    if hasattr(value, "shape"):
        return _plain(np.asarray(value).tolist())
    return value


def shown(value: Any, beside: Sequence[float] = (), exact: bool = False) -> str:
    """A number, text or shape as it is printed: 101,770 and 0.9123.

    Args:
        value: as `check` takes it.
        beside: numbers that it is compared with: it gets the digits that show on which side it is.
        exact: print all digits that a decimal fraction has, as for a bound.
    """
    if isinstance(value, bool | str | list | tuple):
        return str(_plain(value))
    if isinstance(value, int):
        return f"{value:,}"
    whole = len(f"{abs(value):.0f}") if abs(value) < 1e15 else 0  # digits before the point
    for digits in range(15 if exact else 4, 18):
        text = f"{value:,.{max(digits, whole)}g}"
        rounded = float(text.replace(",", ""))
        if all(np.sign(rounded - other) == np.sign(value - other) for other in beside):
            break
    return text


def _short(value: Any) -> str:
    try:
        numbers = np.asarray(value)
    except ValueError:  # lists of unequal lengths
        return repr(value)
    if numbers.dtype.kind not in "biuf":
        return repr(value)
    text = np.array2string(numbers, precision=4, separator=", ", threshold=12)
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"an array of shape {np.shape(value)}"


def _report(name: str, claim: str, value: Any, bound: dict[str, Any], holds: bool) -> None:
    _record({"name": name, "value": value, "bound": bound, "claim": claim, "holds": holds})
    sentence = f"{'✓' if holds else '✗'} {name} {claim}"
    if not (holds and "equals" in bound):  # which names the value already
        others = [bound for bound in bound.values() if isinstance(bound, int | float)]
        sentence += MEASURED + shown(value, beside=others)
    if not holds and os.environ.get("LESSON_STRICT") == "1":
        raise AssertionError(sentence)
    print(sentence)


def _record(line: dict[str, Any]) -> None:
    if record := os.environ.get("LESSON_RECORD"):
        with Path(record).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

"""fastest_seconds: the smallest of several timings."""

import time

import pytest

from helpers import timing
from helpers.timing import fastest_seconds


def test_the_fastest_call_counts(monkeypatch):
    clock = iter([0.0, 5.0, 10.0, 12.0, 20.0, 23.0])  # calls of 5, 2 and 3 seconds
    monkeypatch.setattr(timing, "perf_counter", lambda: next(clock))
    assert fastest_seconds(lambda: None, 3) == 2.0


def test_seconds_are_those_of_a_clock():
    assert 0.05 <= fastest_seconds(lambda: time.sleep(0.05), 1) < 30


def test_every_repeat_is_a_call():
    calls = []
    assert fastest_seconds(lambda: calls.append(1), 4) >= 0 and len(calls) == 4


@pytest.mark.parametrize("repeats", [0, -1])
def test_nothing_to_time_is_refused(repeats):
    with pytest.raises(ValueError, match=f"expected one call or more, got {repeats}"):
        fastest_seconds(lambda: None, repeats)

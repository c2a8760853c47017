"""fastest: the smallest of several timings."""

import time

import pytest

from helpers.timing import fastest


def test_the_fastest_call_counts():
    pauses = iter([0.2, 0.01, 0.2])
    assert 0.01 <= fastest(lambda: time.sleep(next(pauses)), 3) < 0.2


def test_every_repeat_is_a_call():
    calls = []
    assert fastest(lambda: calls.append(1), 4) >= 0 and len(calls) == 4


@pytest.mark.parametrize("repeats", [0, -1])
def test_nothing_to_time_is_refused(repeats):
    with pytest.raises(ValueError, match=f"expected one call or more, got {repeats}"):
        fastest(lambda: None, repeats)

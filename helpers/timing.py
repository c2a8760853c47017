"""How long something takes, for ratios measured in one run."""

from collections.abc import Callable
from time import perf_counter


def fastest_seconds(function: Callable[[], object], repeats: int) -> float:
    """Time a function, and keep the call that other work on the machine disturbed least.

    Args:
        function: called without arguments; what it returns is dropped.
        repeats: calls, one or more.

    Returns:
        Seconds of the fastest call.

    Raises:
        ValueError: if there is no call to time.
    """
    if repeats < 1:
        raise ValueError(f"expected one call or more, got {repeats}")
    seconds = []
    for _ in range(repeats):
        started = perf_counter()
        function()
        seconds.append(perf_counter() - started)
    return min(seconds)

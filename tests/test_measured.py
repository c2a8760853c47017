"""What `make seeds` measured belongs to the lessons as they are now, and the bounds to it."""

import pytest

from tools.seeds import measured
from tools.source import names, read

SECONDS = {"09_deep_cnn": 120}  # the others have 90


@pytest.mark.parametrize("name", names())
def test_measurements_are_of_the_lesson_as_it_is(name):
    assert measured()[name]["code"] == read(name).code_hash, f"run `make seeds LESSON={name[:2]}`"


@pytest.mark.parametrize("name", names())
def test_every_check_held_with_every_seed_and_would_with_a_sixth(name):
    for check in measured()[name]["checks"]:
        assert check["held"] == 5, check
        if "min" not in check or "equals" in check["bound"]:
            continue
        spread = check["max"] - check["min"]
        assert check["bound"].get("at_least", check["min"] - spread) <= check["min"] - spread, check
        assert check["bound"].get("at_most", check["max"] + spread) >= check["max"] + spread, check


@pytest.mark.parametrize("name", names())
def test_time_and_memory_are_within_the_budget(name):
    entry = measured()[name]
    assert entry["seconds"]["max"] <= SECONDS.get(name, 90) and entry["megabytes"]["max"] <= 3_000

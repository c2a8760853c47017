"""Every exercise: its solution passes; its stub and its wrong answer do not."""

import re

import pytest
from lesson_code import definitions

from tools.source import lesson_stems, read_lesson


def exercises(stem):
    """(stub, solution, wrong, check) of each exercise, which stand in this order in the lesson."""
    places = [place for place in read_lesson(stem).places if place.kind == "code"]
    found = []
    for index, place in enumerate(places):
        if "exercise" in place.tags:
            four = places[index : index + 4]
            tags = [next(iter(part.tags), "") for part in four]
            assert tags == ["exercise", "solution", "wrong", ""], f"{stem}: {tags}"
            found.append(tuple(part.text["en"] for part in four))
    return found


ALL = [(stem, number) for stem in lesson_stems() for number in range(len(exercises(stem)))]
DIFFERS = re.compile(r"✗ not yet: .+ gave .+, expected .+", re.DOTALL)  # not "raised"


def said(stem, answer, check, capsys):
    namespace = definitions(stem)
    capsys.readouterr()
    exec(answer, namespace)
    exec(check, namespace)
    return capsys.readouterr().out


@pytest.mark.parametrize("stem", lesson_stems())
def test_there_are_two_to_four(stem):
    assert 2 <= len(exercises(stem)) <= 4


@pytest.mark.parametrize(("stem", "number"), ALL)
def test_the_solution_passes_and_stub_and_wrong_answer_do_not(stem, number, capsys):
    stub, solution, wrong, check = exercises(stem)[number]
    assert said(stem, solution, check, capsys).splitlines()[-1].startswith("✓ ")
    assert said(stem, stub, check, capsys).endswith("not attempted yet\n")
    assert DIFFERS.match(said(stem, wrong, check, capsys)), "refused, but not for its result"


def test_a_wrong_answer_that_raises_does_not_count_as_refused(capsys):
    stem = ALL[0][0]
    check = "from helpers.checks import exercise\nexercise(one, [((1,), 1)])"
    said_when_raising = said(stem, "def one(x): return 1 / 0", check, capsys)
    assert said_when_raising.startswith("✗ not yet: ") and not DIFFERS.match(said_when_raising)
    assert DIFFERS.match(said(stem, "def one(x): return 2", check, capsys))

"""Every exercise: its solution passes; its stub and its wrong answer do not."""

import pytest
from lesson_code import definitions

from tools.source import names, read


def exercises(name):
    """(stub, solution, wrong, check) of each exercise, which stand in this order in the lesson."""
    places = [place for place in read(name).places if place.kind == "code"]
    found = []
    for index, place in enumerate(places):
        if "exercise" in place.tags:
            four = places[index : index + 4]
            tags = [next(iter(part.tags), "") for part in four]
            assert tags == ["exercise", "solution", "wrong", ""], f"{name}: {tags}"
            found.append(tuple(part.text["en"] for part in four))
    return found


ALL = [(name, number) for name in names() for number in range(len(exercises(name)))]


def said(name, answer, check, capsys):
    namespace = definitions(name)
    capsys.readouterr()
    exec(answer, namespace)
    exec(check, namespace)
    return capsys.readouterr().out


@pytest.mark.parametrize("name", names())
def test_there_are_two_or_three(name):
    assert 2 <= len(exercises(name)) <= 3


@pytest.mark.parametrize(("name", "number"), ALL)
def test_the_solution_passes_and_stub_and_wrong_answer_do_not(name, number, capsys):
    stub, solution, wrong, check = exercises(name)[number]
    assert said(name, solution, check, capsys).startswith("✓ ")
    assert said(name, stub, check, capsys).endswith("not attempted yet\n")
    assert said(name, wrong, check, capsys).startswith("✗ not yet: ")

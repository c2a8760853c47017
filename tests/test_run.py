"""`make run`: progress, a table, the executed notebook; it goes on and tells at the end."""

import os
import re
import subprocess
import sys

import nbformat
import pytest

from tools import run
from tools.source import ROOT, LessonError


def running(small_course, lang="en"):
    return run.run("98_tiny", lang, "small", small_course.root / "build", small_course.root)


def test_run_shows_progress_a_table_and_leaves_the_notebook(small_course, capsys):
    small_course.write(
        "from helpers.checks import check, report\ncheck('half', 0.5, at_least=0.25)\n"
        "check('most', 0.91204, at_least=0.912)\nreport('gain', 0.1)"
    )
    assert running(small_course, "ko") == []
    said = capsys.readouterr().out
    assert re.search(r"^tiny +1/3 +\d+\.\d s  import sys$", said, re.M)
    assert re.search(r"^✓ half is at least 0.25 +0.5$", said, re.M)
    assert re.search(r"^✓ most is at least 0.912 +0.91204$", said, re.M)
    assert re.search(r"^• gain +0.1$", said, re.M)
    executed = nbformat.read(small_course.root / "build" / "ko" / "98_tiny.ipynb", 4)
    assert executed.cells[0].source.startswith("# 98 · 제목")
    assert executed.cells[3].outputs[0].text.startswith("✓ half is at least 0.25 · measured 0.5\n")


def test_run_goes_on_behind_a_claim_that_fails_and_says_so_at_the_end(small_course, capsys):
    small_course.write(
        "from helpers.checks import check\ncheck('half', 0.5, at_least=0.75)\n"
        "check('third', 0.3, at_least=0.2)"
    )
    assert running(small_course) == ["98_tiny: ✗ half"]
    said = capsys.readouterr().out
    assert re.search(r"^✗ half is at least 0.75 +0.5$", said, re.M)
    assert re.search(r"^✓ third is at least 0.2 +0.3$", said, re.M)


def test_run_keeps_what_was_executed_and_measured_when_a_cell_fails(small_course, capsys):
    small_course.write("from helpers.checks import check\ncheck('half', 0.5, at_least=0.25)\n1 / 0")
    (wrong,) = running(small_course)
    assert "code cell 2 of 3" in wrong and "ZeroDivisionError" in wrong
    assert re.search(r"^✓ half is at least 0.25 +0.5$", capsys.readouterr().out, re.M)
    executed = nbformat.read(small_course.root / "build" / "en" / "98_tiny.ipynb", 4)
    assert executed.cells[2].outputs and executed.cells[3].outputs


def test_all_lessons_are_run_whatever_the_first_one_did(monkeypatch, capsys):
    calls = []

    def one(stem, lang, scale):
        calls.append(stem)
        return [f"{stem}: ✗ half"] if len(calls) < 3 else []

    monkeypatch.setattr(run, "run", one)
    monkeypatch.setattr(run, "lessons_named", lambda wanted: ["00_a", "01_b", "02_c"])
    assert run.main(["all"]) == 1
    assert calls == ["00_a", "01_b", "02_c"]
    assert capsys.readouterr().err == "00_a: ✗ half\n01_b: ✗ half\n"


def test_a_folder_that_cannot_be_written_is_told_before_the_run(small_course):
    (small_course.root / "build").write_text("a file in the way of a folder")
    with pytest.raises(LessonError, match="could not write .*nothing was changed"):
        running(small_course)


def command(module, *arguments):
    return subprocess.run(
        [sys.executable, "-m", f"tools.{module}", *arguments], cwd=ROOT, check=False,
        capture_output=True, text=True, env=os.environ, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "99"), "no lesson '99': there are 00_start_here"),
        (("run", "06", "--scale", "huge"), "expected one of small, full, got 'huge'"),
        (("run", "06", "--lang", "fr"), "expected one of ko, en, got 'fr'"),
        (("seeds", "99"), "no lesson '99': there are 00_start_here"),
        (("seeds", "06", "--scale", "huge"), "expected one of small, full, got 'huge'"),
        (("notebooks", "99"), "no lesson '99': there are 00_start_here"),
        (("weights", "99"), "no lesson '99': there are 00_start_here"),
        (("check", "no-such-commit"), "expected a commit, got 'no-such-commit'"),
    ],
)
def test_wrong_words_on_the_command_line_are_one_sentence(arguments, said):
    done = command(*arguments)
    assert done.returncode == 1 and said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_make_passes_the_exit_code_on_and_runs_the_main_lesson_by_itself():
    def make(*words):
        return subprocess.run(
            ["make", "-s", *words], cwd=ROOT, capture_output=True, text=True, check=False,
            timeout=120, env=os.environ | {"MAKEFLAGS": ""},
        )  # fmt: skip

    done = make("run", "LESSON=99")
    assert done.returncode != 0 and "no lesson '99'" in done.stderr
    assert "tools.run mnist_mlp --lang en" in make("-n", "run").stdout

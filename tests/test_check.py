"""`make check` tests what a change touches."""

import subprocess

import pytest

from tools import check
from tools.source import ROOT, LessonError

MAKE = ["-c", "user.name=test", "-c", "user.email=test@example.com"]


@pytest.fixture
def committed(small_course):
    """The tiny course with a helper, two lessons and all of it committed."""
    (small_course.root / "helpers" / "waves.py").write_text("def wave(x):\n    return x\n")
    small_course.write("from helpers.waves import wave\nwave(1)")
    small_course.write("print(3)", stem="97_other")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        subprocess.run(["git", *MAKE, *command], cwd=small_course.root, check=True, timeout=60)
    return small_course


def test_a_lesson_is_touched_by_its_code_and_by_the_helper_that_it_reaches(committed):
    root = committed.root
    assert check.changed_lessons("HEAD", root) == check.changed_files("HEAD", root) == []
    (root / "helpers" / "waves.py").write_text("def wave(x):\n    return -x\n")
    assert check.changed_lessons("HEAD", root) == ["98_tiny"]
    committed.write("print(4)", stem="97_other")
    committed.write("print(5)", stem="99_new")
    assert check.changed_lessons("HEAD", root) == ["97_other", "98_tiny", "99_new"]
    assert check.changed_files("HEAD", root) == [
        "helpers/waves.py", "lessons/97_other.py", "lessons/99_new.py",
    ]  # fmt: skip


def test_prose_and_numbers_touch_no_lesson(committed):
    path = committed.root / "lessons" / "98_tiny.py"
    path.write_text(path.read_text().replace("질문", "물음"))
    path.rename(path.with_name("99_tiny.py"))
    assert check.changed_lessons("HEAD", committed.root) == []


def test_what_is_tested(monkeypatch):
    assert {"tests/test_notebooks.py", "tests/test_measured.py"} <= set(check.tests_for([], []))
    assert "tests/test_as_on_colab.py" not in check.tests_for([], [])
    chosen = check.tests_for(["helpers/checks.py"], ["06_mnist_mlp"])
    assert {"tests/test_helpers_checks.py", "tests/test_as_on_colab.py"} <= set(chosen)
    assert "notebooks/en/06_mnist_mlp.ipynb" in chosen
    assert "tests/test_keys.py" in check.tests_for(["tools/keys.py"], [])
    assert "tests/test_files.py" in check.tests_for(["tools/files.py"], [])
    for names in (check.ALWAYS, check.BY_LESSON, check.OF_TOOLS):
        assert all((ROOT / "tests" / name).is_file() for name in names)


def test_no_such_commit_is_one_sentence(committed):
    with pytest.raises(LessonError, match="expected a commit, got 'nothing'"):
        check.changed_files("nothing", committed.root)

"""Several files are written together or not at all."""

import os
import re
import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tools import files, notebooks
from tools.files import write_all
from tools.source import ROOT, LessonError


def test_a_disk_that_fills_up_changes_nothing(tmp_path):
    """The second file meets a real limit on file size; the first one must not be new either."""
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_text("old")
    script = (
        "import resource, signal, sys; from pathlib import Path; from tools.files import write_all;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
        f"write_all({{Path({str(small)!r}): 'new', Path({str(large)!r}): 'x' * 5000}})"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert done.returncode != 0
    said = done.stderr.strip().splitlines()[-1]
    assert re.search("LessonError: could not write .*: File too large; nothing was changed", said)
    assert small.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small"]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_a_full_disk_while_notebooks_are_built_changes_neither(small_course, monkeypatch):
    notebooks.build("98_tiny", root=small_course.root)
    before = [path.read_bytes() for path in small_course.notebooks().values()]
    small_course.write("print(2 + 1)")
    calls = []

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(LessonError, match="No space left on device; nothing was changed"):
        notebooks.build("98_tiny", root=small_course.root)
    assert before == [path.read_bytes() for path in small_course.notebooks().values()]
    folders = [path.parent for path in small_course.notebooks().values()]
    assert all([path.name for path in folder.iterdir()] == ["98_tiny.ipynb"] for folder in folders)


@pytest.fixture
def third_cannot_be_replaced(tmp_path, monkeypatch):
    """Paths of three files, of which the third is read-only in the middle of the replacing."""
    replace = Path.replace

    def failing(self, target):
        if target.name == "third":
            raise OSError(30, "Read-only file system")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    (tmp_path / "first").write_text("old")
    return [tmp_path / name for name in ("first", "second", "third")]


def test_what_was_replaced_before_a_failure_is_put_back(third_cannot_be_replaced, tmp_path):
    with pytest.raises(LessonError, match="Read-only file system; nothing was changed"):
        write_all(dict.fromkeys(third_cannot_be_replaced, "new"))
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"first": "old"}


def test_what_cannot_be_put_back_is_said(third_cannot_be_replaced, monkeypatch):
    def refusing(self, content):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "write_bytes", refusing)
    with pytest.raises(LessonError, match="Read-only file system; only .*first changed$"):
        write_all(dict.fromkeys(third_cannot_be_replaced, "new"))


def test_two_runs_at_once_do_not_meet(tmp_path):
    """Each target ends whole, of one writer or the other, and nothing else is left."""
    target, errors = tmp_path / "target", []

    def write(letter):
        try:
            for _ in range(50):
                write_all({target: letter * 100_000})
        except LessonError as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert target.read_text() in ("a" * 100_000, "b" * 100_000)
    assert os.listdir(tmp_path) == ["target"]  # noqa: PTH208

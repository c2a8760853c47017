"""The study changes what it names in the lesson, and is measured anew when the training changes."""

import ast

import pytest

from tools import study
from tools.source import ROOT, LessonError


@pytest.mark.parametrize("variant", study.VARIANTS)
def test_each_variant_changes_the_code_that_is_trained_and_no_more(variant):
    whole = study.source()
    changed = study.changed(whole, study.VARIANTS[variant])
    ast.parse(changed)
    lines, others = whole.splitlines(), changed.splitlines()
    assert len(set(lines) - set(others)) <= len(study.VARIANTS[variant])
    assert (changed == whole) is (variant == "as it is")


def test_the_code_ends_before_the_test_data():
    assert study.UNTIL not in study.source() and "detector.fit(" in study.source()
    assert "def found_in(" in study.source() and "plt.show" not in study.source()


def test_what_does_not_stand_there_just_once_is_refused():
    for old, times in (("COPIES = 13", 0), ("x", study.source().count("x"))):
        with pytest.raises(
            LessonError, match=rf"^expected '{old}' once .* found it {times} times$"
        ):
            study.changed(study.source(), {old: ""})


def lesson_in(folder, change):
    """A copy of the lesson, with its code changed."""
    (folder / "lessons").mkdir(exist_ok=True)
    text = (ROOT / "lessons" / "24_faster_rcnn.py").read_text(encoding="utf-8")
    (folder / "lessons" / "24_faster_rcnn.py").write_text(change(text), encoding="utf-8")
    return folder


def test_the_key_is_of_what_is_trained(tmp_path):
    key = study.key(lesson_in(tmp_path, lambda text: text))
    assert key == study.key()
    same = [("# as in lesson rpn", "# others"), ("equals=110_928", "equals=1"), ("AP75", "AP76")]
    for old, new in same:
        changed = lesson_in(tmp_path, lambda text, pair=(old, new): text.replace(*pair))
        assert study.key(changed) == key
    other = lesson_in(tmp_path, lambda text: text.replace("COPIES = 12", "COPIES = 11"))
    assert study.key(other) != key
    nothing = lesson_in(tmp_path, lambda text: text.replace(study.UNTIL, "tests = other("))
    with pytest.raises(LessonError, match=r"^24_faster_rcnn: expected a cell .* found none$"):
        study.source(nothing)

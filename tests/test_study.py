"""Studies change what they name in a lesson, and are measured anew when its training changes."""

import ast

import pytest

from tools import study
from tools.source import ROOT, LessonError, lessons_named

BOTH = list(study.STUDIES.values())
VARIANTS = [(each, variant) for each in BOTH for variant in each.variants]
FASTER = study.FASTER_RCNN


@pytest.mark.parametrize(("of", "variant"), VARIANTS, ids=[name for _, name in VARIANTS])
def test_each_variant_changes_the_code_that_is_trained_and_no_more(of, variant):
    whole = study.source(of)
    changed = study.changed(whole, of.variants[variant])
    ast.parse(study.changed(changed, of.fewer))
    lines, others = whole.splitlines(), changed.splitlines()
    assert len(set(lines) - set(others)) <= len(of.variants[variant])
    assert (changed == whole) is (variant == "as it is")


@pytest.mark.parametrize("of", BOTH, ids=[each.lesson for each in BOTH])
def test_the_code_ends_before_the_test_data(of):
    assert study.UNTIL not in study.source(of) and ".fit(" in study.source(of)
    assert "plt.show" not in study.source(of)
    assert all(name in study.source(of) for name in of.uses)


def test_what_does_not_stand_there_just_once_is_refused():
    for old, times in (("COPIES = 13", 0), ("x", study.source(FASTER).count("x"))):
        with pytest.raises(
            LessonError, match=rf"^expected '{old}' once .* found it {times} times$"
        ):
            study.changed(study.source(FASTER), {old: ""})


def test_a_study_that_there_is_not_is_refused(capsys):
    for arguments in ([], ["resnet"], ["faster_rcnn", "mask_rcnn"]):
        assert study.main(arguments) == 1
        assert capsys.readouterr().err.startswith("expected one of faster_rcnn, mask_rcnn, got")


def lesson_in(folder, of, change):
    """A copy of the lesson, with its code changed."""
    (folder / "lessons").mkdir(exist_ok=True)
    (stem,) = lessons_named(of.lesson)
    text = (ROOT / "lessons" / f"{stem}.py").read_text(encoding="utf-8")
    (folder / "lessons" / f"{stem}.py").write_text(change(text), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("of", "same", "other"),
    [
        (
            FASTER,
            [("# as in lesson rpn", "# others"), ("equals=110_928", "equals=1"), ("AP75", "AP76")],
            ("COPIES = 12", "COPIES = 11"),
        ),
        (
            study.MASK_RCNN,
            [("# 14x14 -> 28x28", "# larger"), ("equals=51_322", "equals=1")],
            ("[0.05, 0.05, 0.075, 0.075]", "[0.05, 0.05, 0.1, 0.1]"),
        ),
    ],
    ids=["faster_rcnn", "mask_rcnn"],
)
def test_the_key_is_of_what_is_trained(tmp_path, of, same, other):
    key = study.key(of, lesson_in(tmp_path, of, lambda text: text))
    assert key == study.key(of)
    for pair in same:
        changed = lesson_in(tmp_path, of, lambda text, pair=pair: text.replace(*pair))
        assert study.key(of, changed) == key
    changed = lesson_in(tmp_path, of, lambda text: text.replace(*other))
    assert study.key(of, changed) != key
    nothing = lesson_in(tmp_path, of, lambda text: text.replace(study.UNTIL, "tests = other("))
    with pytest.raises(LessonError, match=rf"^\d\d_{of.lesson}: expected a cell .* found none$"):
        study.source(of, nothing)

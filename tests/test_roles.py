"""Folded cells, numbered captions, and names of lessons in the place of numbers."""

import json

import nbformat
import pytest
from small_course import CAPTION, DRAWN, LESSON

from tools import notebooks, tables
from tools.compose import compose
from tools.source import LANGS, LessonError, read_lesson


def composed(course, lang="en", stem="98_tiny"):
    return compose(read_lesson(stem, course.root), lang, course.root)


def test_a_figure_is_folded_numbered_and_described(small_course):
    small_course.figure(DRAWN, DRAWN.replace("[1, 2]", "[2, 3, 5]"))
    notebooks.build("98_tiny", root=small_course.root)
    korean, english = (nbformat.read(path, 4) for path in small_course.notebooks().values())
    for first, number in ((3, 1), (5, 2)):
        cell, caption = english.cells[first], english.cells[first + 1]
        assert cell.source.startswith(f"# @title Figure {number} · growth\nimport")
        assert cell.metadata["cellView"] == "form" and cell.metadata["jupyter"]["source_hidden"]
        assert cell.metadata["tags"] == ["figure", "hide-input"]
        assert caption.source == f"*Figure {number}. The value `grows`.*"
        assert korean.cells[first + 1].source == f"*그림 {number}. 값(value)이 `커진다`.*"
        (picture,) = cell.outputs
        assert picture.metadata["image/png"]["alt"] == f"Figure {number}. The value grows."
        (korean_picture,) = korean.cells[first].outputs
        assert korean_picture.metadata["image/png"]["alt"] == f"그림 {number}. 값(value)이 커진다."
        assert korean_picture.data == picture.data


@pytest.mark.parametrize(
    "caption",
    [
        "",
        CAPTION.replace("# *그림 [[figure]]. 값(value)이 `커진다`.*", "# 그림"),
        CAPTION.replace("Figure [[figure]]", "Picture [[figure]]"),
        CAPTION.replace("*\n# %%", "\n# %%"),
    ],
    ids=["none", "not in Korean", "other word", "no end"],
)
def test_a_figure_without_captions_in_both_languages_is_refused(small_course, caption):
    small_course.figure(caption=caption)
    with pytest.raises(LessonError, match="98_tiny: expected a caption"):
        composed(small_course)


def test_a_caption_without_a_figure_is_refused(small_course):
    small_course.write(text=LESSON.replace("# %% [markdown]\n# $1 + 1$", CAPTION.rstrip()))
    with pytest.raises(LessonError, match="98_tiny: expected a caption .* right behind a figure"):
        composed(small_course)


def test_a_proof_is_folded(small_course):
    small_course.write(text=LESSON.replace("# %%\n{", '# %% tags=["proof"] title="all"\n{'))
    cell = composed(small_course).cells[3]
    assert cell.source.startswith("# @title Proof · all\n")
    assert cell.metadata["jupyter"]["source_hidden"] and cell.metadata["cellView"] == "form"


@pytest.mark.parametrize(("source", "hidden"), [("n = 3  # @param {}", False), ("film()", True)])
def test_what_a_reader_turns_stays_open_where_there_are_no_sliders(small_course, source, hidden):
    play = LESSON.replace("# %%\n{cell}", f'# %% tags=["play"] title="depth"\n{source}')
    small_course.write(text=play)
    cell = composed(small_course).cells[3]
    assert cell.source == f"# @title Try it · depth\n{source}"
    assert cell.metadata["cellView"] == "form"  # a form with sliders in Colab
    assert ("jupyter" in cell.metadata) == ("hide-input" in cell.metadata["tags"]) == hidden


def test_a_lessons_name_becomes_number_and_link(small_course):
    text = LESSON.replace("A question?", "What is in [[other]]?").replace(
        "질문", "[[other]]의 질문"
    )
    small_course.write(text=text)
    small_course.write(stem="11_other")
    assert "What is in [11](11_other.ipynb)?" in composed(small_course).cells[0].source
    assert "[11](11_other.ipynb)의 질문일까?" in composed(small_course, "ko").cells[0].source
    (_, row) = tables.lessons_table("en", small_course.root)
    assert "| What is in [11](notebooks/en/11_other.ipynb)? |" in row


def test_a_name_that_no_lesson_has_is_refused(small_course):
    small_course.write(text=LESSON.replace("A question?", "What is in [[other]]?"))
    with pytest.raises(LessonError, match=r"98_tiny: expected a lesson's name, got \[\[other\]\]"):
        composed(small_course)


def test_only_code_of_the_setup_cell_is_filled_in(small_course):
    small_course.write('start("[[name]]", "[[version]]")\nx[[index]]\nx[[0]]')
    source = composed(small_course).cells[3].source
    assert source.startswith('start("tiny", "') and source.endswith('")\nx[[index]]\nx[[0]]')


def test_a_lesson_moves_with_one_git_mv_and_a_build_that_executes_nothing(
    small_course, monkeypatch
):
    small_course.write(text=LESSON.replace("A question?", "After [[other]]?"))
    small_course.write(stem="97_other")
    for stem in ("97_other", "98_tiny"):
        notebooks.build(stem, root=small_course.root)
    readme = small_course.root / "README.md"
    readme.write_text("As [[other]] says.\n<!-- lessons -->\n<!-- end -->\nAnd [[tiny]].\n")
    for path, text in tables.filled(small_course.root).items():
        path.write_text(text)
    lessons = small_course.root / "lessons"
    (lessons / "97_other.py").rename(lessons / "99_other.py")
    small_course.write(stem="97_inserted")

    execute = notebooks.execute
    executed = []

    def noted(notebook, environment):
        executed.append(notebook.metadata["layer_by_layer"]["lesson"])
        execute(notebook, environment)

    monkeypatch.setattr(notebooks, "execute", noted)
    for stem in ("97_inserted", "98_tiny", "99_other"):
        notebooks.build(stem, root=small_course.root)
    assert executed == ["inserted"]
    for lang in LANGS:
        found = {path.name for path in (small_course.root / "notebooks" / lang).iterdir()}
        assert found == {"97_inserted.ipynb", "98_tiny.ipynb", "99_other.ipynb"}
    tiny = nbformat.read(small_course.notebooks()["en"], 4)
    assert "After [99](99_other.ipynb)?" in tiny.cells[0].source
    other = nbformat.read(small_course.notebooks("99_other")["ko"], 4)
    assert other.cells[0].source.startswith("# 99 · 제목")
    text = tables.filled(small_course.root)[readme]
    assert text.startswith("As [99](notebooks/en/99_other.ipynb) says.")
    assert text.endswith("And [98](notebooks/en/98_tiny.ipynb).\n")


def test_ranges_and_verdicts_come_from_what_was_measured(small_course):
    english, korean = "It [[verdict: gain]] by [[range: gain]].", "[[verdict: gain]]([[range: n]])."
    text = LESSON.replace("A question?", english).replace("질문일까?", korean)
    small_course.write(text=text)
    assert "It (not measured yet) by" in composed(small_course).cells[0].source
    (small_course.root / "measured").mkdir()
    checks = {"gain": [0.02, 0.03, 0.025, 0.02, 0.03], "n": [10, 11, 10, 10, 11]}
    (small_course.root / "measured/tiny.json").write_text(json.dumps({"checks": checks}))
    assert "**It helps by 0.020–0.030.**" in composed(small_course).cells[0].source
    assert "**도움이 된다(10–11).**" in composed(small_course, "ko").cells[0].source
    del checks["gain"]
    (small_course.root / "measured/tiny.json").write_text(json.dumps({"checks": checks}))
    with pytest.raises(LessonError, match=r"expected a check that was measured, got .*gain\]\]"):
        composed(small_course)

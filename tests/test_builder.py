"""What the builder makes of a lesson, and one sentence for everything that can go wrong."""

import nbformat
import pytest
from small_course import LESSON

from tools import notebooks
from tools.compose import compose
from tools.execute import execute
from tools.source import LessonError, lesson_stems, lessons_named, read_lesson


def test_lessons_are_found_by_number_name_or_all():
    assert lessons_named("06") == lessons_named("mnist_mlp") == ["06_mnist_mlp"]
    assert lessons_named("06_mnist_mlp") == ["06_mnist_mlp"]
    assert lessons_named("all") == lesson_stems()
    with pytest.raises(LessonError, match="no lesson '99': there are 00_start_here, .* and all"):
        lessons_named("99")


@pytest.mark.parametrize(("stem", "said"), [("98_other", "number"), ("97_tiny", "name")])
def test_two_lessons_with_one_number_or_one_name_are_refused(small_course, stem, said):
    small_course.write(stem=stem)
    with pytest.raises(LessonError, match=f"expected a {said} of its own for each of 9._"):
        lesson_stems(small_course.root)


def test_both_editions_share_code_outputs_and_ids(small_course):
    assert notebooks.build("98_tiny", root=small_course.root)
    korean, english = (nbformat.read(path, 4) for path in small_course.notebooks().values())
    assert [cell.id for cell in korean.cells] == [cell.id for cell in english.cells]
    assert korean.cells[0].source.startswith("# 98 · 제목")
    assert english.cells[0].source.startswith("# 98 · Title")
    assert korean.cells[1].source == english.cells[1].source == "$1 + 1$"
    assert korean.cells[2:4] == english.cells[2:4]
    assert english.cells[3].outputs[0].text == "2\n"
    assert [output.name for output in english.cells[2].outputs] == ["stdout"]
    assert "return 1" in english.cells[4].source and "<details>" in english.cells[4].source
    assert "return 2" not in small_course.notebooks()["en"].read_text()


def test_notebooks_are_built_strictly_at_scale_small_with_seed_0(small_course, monkeypatch):
    for name in ("SCALE", "SEED", "STRICT"):
        monkeypatch.setenv(f"LESSON_{name}", "other")
    names = "'SCALE', 'SEED', 'STRICT'"
    small_course.write(f"import os\nprint([os.environ['LESSON_' + n] for n in ({names})])")
    notebooks.build("98_tiny", root=small_course.root)
    built = nbformat.read(small_course.notebooks()["ko"], 4)
    assert built.cells[3].outputs[0].text == "['small', '0', '1']\n"


def test_bounds_of_checks_are_noted_and_their_names_are_their_own(small_course):
    claim = "from helpers.checks import check, report\ncheck('half', 0.5, at_least=0.25)\n"
    small_course.write(claim + "report('gain', 0.1)")
    notebooks.build("98_tiny", root=small_course.root)
    built = nbformat.read(small_course.notebooks()["en"], 4)
    assert built.metadata["layer_by_layer"]["bounds"] == {"half": {"at_least": 0.25}, "gain": {}}
    small_course.write(claim + "check('half', 0.6, at_least=0.25)")
    with pytest.raises(LessonError, match="98_tiny: expected a name of its own for each"):
        notebooks.build("98_tiny", root=small_course.root)


def test_prose_alone_keeps_outputs_and_ids_and_code_does_not(small_course):
    notebooks.build("98_tiny", root=small_course.root)
    before = nbformat.read(small_course.notebooks()["en"], 4)
    small_course.write(text=LESSON.replace("A question?", "Another question?"))
    assert notebooks.build("98_tiny", root=small_course.root) is False
    after = nbformat.read(small_course.notebooks()["en"], 4)
    assert "Another question?" in after.cells[0].source
    assert after.cells[2:] == before.cells[2:]
    assert [cell.id for cell in after.cells] == [cell.id for cell in before.cells]
    small_course.write("print(2 + 1)")
    assert notebooks.build("98_tiny", root=small_course.root) is True


def test_what_is_out_of_step_is_said(small_course):
    notebooks.build("98_tiny", root=small_course.root)
    tables = ["README.ko.md", "docs/decks.ko.md", "README.md", "docs/decks.md"]
    said = notebooks.out_of_step(small_course.root)
    assert said == [f"{name}: run `make notebooks`" for name in tables]
    small_course.write(text=LESSON.replace("질문", "물음"))
    said = notebooks.out_of_step(small_course.root)
    assert said[0] == "notebooks/ko/98_tiny.ipynb: run `make notebooks`"
    small_course.write("print(2 + 1)")
    assert notebooks.out_of_step(small_course.root)[0].startswith("98_tiny: its code changed")


def test_building_twice_gives_the_same_bytes(small_course):
    notebooks.build("98_tiny", root=small_course.root)
    before = [path.read_bytes() for path in small_course.notebooks().values()]
    notebooks.build("98_tiny", force=True, root=small_course.root)
    assert before == [path.read_bytes() for path in small_course.notebooks().values()]


def test_a_broken_lesson_names_the_cell_and_leaves_the_old_notebooks(small_course):
    notebooks.build("98_tiny", root=small_course.root)
    before = [path.read_bytes() for path in small_course.notebooks().values()]
    small_course.write("def inner():\n    return 1 / 0\n\n\ninner()")
    with pytest.raises(LessonError, match=r"tiny: code cell 2 of 3 \(cell-003\) failed") as said:
        notebooks.build("98_tiny", root=small_course.root)
    assert "ZeroDivisionError" in str(said.value) and "inner()" in str(said.value)
    assert before == [path.read_bytes() for path in small_course.notebooks().values()]


def test_a_kernel_that_dies_is_one_clear_error(small_course):
    small_course.write("import os; os._exit(3)")
    with pytest.raises(LessonError, match=r"code cell 2 of 3 \(cell-003\) took the kernel down"):
        notebooks.build("98_tiny", root=small_course.root)


@pytest.mark.parametrize(
    "text",
    [
        LESSON.replace('# %% [markdown] lang="en"\n# # [[', '# %% [markdown] lang="ko"\n# # [['),
        LESSON.split('# %% [markdown] lang="en"')[0],
        LESSON.replace('lang="ko" slides', 'lang="en" slides'),
    ],
    ids=["ko twice", "no en at the end", "en first"],
)
def test_languages_out_of_step_are_refused(small_course, text):
    small_course.write(text=text)
    with pytest.raises(LessonError, match="98_tiny.py: expected a ko cell and then its en cell at"):
        read_lesson("98_tiny", small_course.root)


def test_a_notebook_over_its_size_is_refused(small_course, monkeypatch):
    monkeypatch.setattr(notebooks, "MAX_BYTES", 1000)
    with pytest.raises(LessonError, match="98_tiny: its notebook is over 1,000 bytes"):
        notebooks.build("98_tiny", root=small_course.root)
    assert not any(path.exists() for path in small_course.notebooks().values())


def test_checkpoints_of_jupyter_are_no_notebooks(small_course):
    """`make lab` leaves them beside the notebooks."""
    notebooks.build("98_tiny", root=small_course.root)
    checkpoints = small_course.root / "notebooks" / "en" / ".ipynb_checkpoints"
    checkpoints.mkdir()
    (checkpoints / "98_tiny-checkpoint.ipynb").write_text("{}")
    found = notebooks.all_notebooks(small_course.root)
    assert set(found) == set(small_course.notebooks().values())
    assert notebooks.build("98_tiny", root=small_course.root) is False


def test_execute_does_not_leave_a_runs_folder_behind(small_course):
    before = sorted(small_course.root.iterdir())
    notebook = compose(read_lesson("98_tiny", small_course.root), "en", small_course.root)
    execute(notebook, {})
    assert sorted(small_course.root.iterdir()) == before

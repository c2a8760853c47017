"""The builder: what it makes of a lesson, and one sentence for everything that can go wrong."""

import json
import os
import re
import resource
import shutil
import subprocess
import sys

import nbformat
import pytest

from tools import files, notebooks, readme, run, seeds
from tools.execute import execute
from tools.files import write_all
from tools.source import LANGS, ROOT, LessonError, compose, find, names, read

LESSON = """# %% [markdown] lang="ko" headline="accuracy"
# # 98 · 제목
#
# **질문일까?**
# %% [markdown] lang="en"
# # 98 · Title
#
# **A question?**
# %% [markdown]
# $1 + 1$
# %% tags=["nbval-ignore-output"]
import sys
print("measured", 0.5)
print("log", file=sys.stderr)
# %%
{cell}
# %% [markdown] lang="ko" slides="002 7) 학습; 001 다른 쪽"
# ## 절 [[solutions]]
# %% [markdown] lang="en"
# ## Section [[solutions]]
# %% tags=["exercise"]
def one(): ...
# %% tags=["solution"]
def one():
    return 1
# %% tags=["wrong"]
def one():
    return 2
"""


@pytest.fixture
def house(tmp_path):
    """A checkout of the course with one tiny lesson; `house.lesson(cell)` writes it anew."""

    class House:
        root = tmp_path

        def lesson(self, cell="print(1 + 1)", text=LESSON):
            (tmp_path / "lessons" / "98_tiny.py").write_text(text.replace("{cell}", cell))

        def notebooks(self):
            return {lang: (tmp_path / f"notebooks/{lang}/98_tiny.ipynb") for lang in LANGS}

    (tmp_path / "lessons").mkdir()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    House().lesson()
    return House()


def test_lessons_are_found_by_number_name_or_all():
    assert find("06") == find("06_mnist_mlp") == ["06_mnist_mlp"]
    assert find("all") == names()
    with pytest.raises(LessonError, match="no lesson '99': there are 00_start_here, .* and all"):
        find("99")


def test_both_editions_share_code_outputs_and_ids(house):
    assert notebooks.build("98_tiny", root=house.root)
    korean, english = (nbformat.read(path, 4) for path in house.notebooks().values())
    assert [cell.id for cell in korean.cells] == [cell.id for cell in english.cells]
    assert korean.cells[0].source.startswith("# 98 · 제목")
    assert english.cells[0].source.startswith("# 98 · Title")
    assert korean.cells[1].source == english.cells[1].source == "$1 + 1$"
    assert korean.cells[2:4] == english.cells[2:4]
    assert english.cells[3].outputs[0].text == "2\n"
    assert [output.name for output in english.cells[2].outputs] == ["stdout"]
    assert "return 1" in english.cells[4].source and "<details>" in english.cells[4].source
    assert "return 2" not in house.notebooks()["en"].read_text()


def test_prose_alone_keeps_outputs_and_ids_and_code_does_not(house):
    notebooks.build("98_tiny", root=house.root)
    before = nbformat.read(house.notebooks()["en"], 4)
    house.lesson(text=LESSON.replace("A question?", "Another question?"))
    assert notebooks.build("98_tiny", root=house.root) is False
    after = nbformat.read(house.notebooks()["en"], 4)
    assert "Another question?" in after.cells[0].source
    assert after.cells[2:] == before.cells[2:]
    assert [cell.id for cell in after.cells] == [cell.id for cell in before.cells]
    house.lesson("print(2 + 1)")
    assert notebooks.build("98_tiny", root=house.root) is True


def test_building_twice_gives_the_same_bytes(house):
    notebooks.build("98_tiny", root=house.root)
    before = [path.read_bytes() for path in house.notebooks().values()]
    notebooks.build("98_tiny", force=True, root=house.root)
    assert before == [path.read_bytes() for path in house.notebooks().values()]


def test_a_broken_lesson_names_the_cell_and_leaves_the_old_notebooks(house):
    notebooks.build("98_tiny", root=house.root)
    before = [path.read_bytes() for path in house.notebooks().values()]
    house.lesson("def inner():\n    return 1 / 0\n\n\ninner()")
    with pytest.raises(LessonError, match=r"98_tiny: code cell 2 of 3 \(cell-003\) failed") as said:
        notebooks.build("98_tiny", root=house.root)
    assert "ZeroDivisionError" in str(said.value) and "inner()" in str(said.value)
    assert before == [path.read_bytes() for path in house.notebooks().values()]


def test_a_kernel_that_dies_is_one_clear_error(house):
    house.lesson("import os; os._exit(3)")
    with pytest.raises(LessonError, match=r"code cell 2 of 3 \(cell-003\) took the kernel down"):
        notebooks.build("98_tiny", root=house.root)


@pytest.mark.parametrize(
    "text",
    [
        LESSON.replace('# %% [markdown] lang="en"\n# # 98', '# %% [markdown] lang="ko"\n# # 98'),
        LESSON.split('# %% [markdown] lang="en"')[0],
        LESSON.replace('lang="ko" slides', 'lang="en" slides'),
    ],
    ids=["ko twice", "no en at the end", "en first"],
)
def test_languages_out_of_step_are_refused(house, text):
    house.lesson(text=text)
    with pytest.raises(LessonError, match="98_tiny.py: expected a ko cell and then its en cell at"):
        read("98_tiny", house.root)


def test_a_notebook_over_its_size_is_refused(house, monkeypatch):
    monkeypatch.setattr(notebooks, "MAX_BYTES", 1000)
    with pytest.raises(LessonError, match="98_tiny: its notebook is over 1,000 bytes"):
        notebooks.build("98_tiny", root=house.root)
    assert not any(path.exists() for path in house.notebooks().values())


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
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    said = done.stderr.strip().splitlines()[-1]
    assert re.search("LessonError: could not write .*: File too large; nothing was changed", said)
    assert small.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small"]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_a_full_disk_while_notebooks_are_built_changes_neither(house, monkeypatch):
    notebooks.build("98_tiny", root=house.root)
    before = [path.read_bytes() for path in house.notebooks().values()]
    house.lesson("print(2 + 1)")
    calls = []

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(LessonError, match="No space left on device; nothing was changed"):
        notebooks.build("98_tiny", root=house.root)
    assert before == [path.read_bytes() for path in house.notebooks().values()]
    folders = [path.parent for path in house.notebooks().values()]
    assert all([path.name for path in folder.iterdir()] == ["98_tiny.ipynb"] for folder in folders)


def test_a_read_only_folder_is_one_sentence(tmp_path):
    folder = tmp_path / "build"
    folder.write_text("a file in the way of a folder")
    with pytest.raises(LessonError, match="could not write .*nothing was changed"):
        write_all({folder / "en" / "x.ipynb": "text"})


def command(module, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", f"tools.{module}", *arguments], cwd=ROOT, check=False,
        capture_output=True, text=True, env=os.environ | environment,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "99"), "no lesson '99': there are 00_start_here"),
        (("run", "06", "--scale", "huge"), "expected one of small, full, got 'huge'"),
        (("run", "06", "--lang", "fr"), "expected one of ko, en, got 'fr'"),
        (("seeds", "99"), "no lesson '99': there are 00_start_here"),
        (("notebooks", "99"), "no lesson '99': there are 00_start_here"),
    ],
)
def test_wrong_words_on_the_command_line_are_one_sentence(arguments, said):
    done = command(*arguments)
    assert done.returncode == 1 and said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_make_passes_the_exit_code_on():
    done = subprocess.run(
        ["make", "-s", "run", "LESSON=99"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0 and "no lesson '99'" in done.stderr


def test_run_shows_progress_a_table_and_leaves_the_notebook(house, monkeypatch, capsys):
    house.lesson("from helpers.checks import check\ncheck('half', 0.5, at_least=0.25)")
    monkeypatch.setattr(run, "read", lambda name: read(name, house.root))
    monkeypatch.setattr(run, "compose", lambda lesson, lang: compose(lesson, lang, house.root))
    run.run("98_tiny", "ko", "small", house.root / "build")
    said = capsys.readouterr().out
    assert re.search(r"^98_tiny +1/3 +\d+\.\d s  import sys$", said, re.M)
    assert re.search(r"^✓ half is at least 0.25 +0.5$", said, re.M)
    executed = nbformat.read(house.root / "build" / "ko" / "98_tiny.ipynb", 4)
    assert executed.cells[0].source.startswith("# 98 · 제목")
    assert executed.cells[3].outputs[0].text == "✓ half is at least 0.25\n"


def test_run_keeps_what_was_executed_and_measured_when_a_check_fails(house, monkeypatch, capsys):
    house.lesson("from helpers.checks import check\ncheck('half', 0.5, at_least=0.75)")
    monkeypatch.setattr(run, "read", lambda name: read(name, house.root))
    monkeypatch.setattr(run, "compose", lambda lesson, lang: compose(lesson, lang, house.root))
    with pytest.raises(LessonError, match="✗ half: measured 0.5, expected: is at least 0.75"):
        run.run("98_tiny", "en", "small", house.root / "build")
    assert re.search(r"^✗ half is at least 0.75 +0.5$", capsys.readouterr().out, re.M)
    assert (house.root / "build" / "en" / "98_tiny.ipynb").is_file()


def test_execute_does_not_leave_a_runs_folder_behind(house):
    notebook = compose(read("98_tiny", house.root), "en", house.root)
    execute(notebook, {})
    assert sorted(path.name for path in house.root.iterdir()) == ["lessons", "pyproject.toml"]


def test_readme_tables(house):
    (house.root / "data").mkdir()
    entry = {
        "code": "",
        "seconds": {"min": 1, "median": 2.4, "max": 3},
        "megabytes": {"min": 700, "median": 800, "max": 1900},
        "checks": [
            {"name": "n", "claim": "", "bound": {"equals": 1}, "min": 1, "max": 1},
            {"name": "accuracy", "claim": "", "bound": {"at_least": 0}, "min": 0.9, "max": 0.95},
        ],
    }
    (house.root / "data" / "measured.json").write_text(json.dumps({"98_tiny": entry}))
    (row,) = readme.lessons_table("ko", house.root)
    assert row.startswith(
        "| [98 · 제목](notebooks/ko/98_tiny.ipynb) | 질문일까? | [![Open in Colab]"
    )
    assert row.endswith("| 2 | 1,900 | accuracy 0.900–0.950 |")
    assert readme.decks_table("en", house.root) == [
        "| 001 | 다른 쪽 | [98 · Section [[solutions]]](notebooks/en/98_tiny.ipynb) |",
        "| 002 | 7) 학습 | [98 · Section [[solutions]]](notebooks/en/98_tiny.ipynb) |",
    ]
    entry["checks"].pop()
    (house.root / "data" / "measured.json").write_text(json.dumps({"98_tiny": entry}))
    with pytest.raises(LessonError, match="expected a check named 'accuracy', found none"):
        readme.lessons_table("ko", house.root)
    (house.root / "data" / "measured.json").unlink()
    (house.root / "README.md").write_text("# no tables here\n")
    with pytest.raises(LessonError, match="README.md: expected <!-- lessons --> and <!-- end -->"):
        readme.written("en", house.root)


def test_ranges_over_seeds():
    rows = tuple(
        {
            "name": "a",
            "claim": "is at least 0",
            "bound": {"at_least": 0},
            "value": v,
            "holds": v < 3,
        }
        for v in (1, 3, 2)
    )
    entry = seeds._check_range(rows)
    assert (entry["min"], entry["median"], entry["max"], entry["held"]) == (1, 2, 3, 2)
    shapes = seeds._check_range(tuple(row | {"value": [2, 3]} for row in rows))
    assert "min" not in shapes

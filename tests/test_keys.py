"""What asks for a new build and what for new seeds, and what for neither."""

import shutil

import pytest
from small_course import CAPTION, LESSON

from tools.keys import notebook_key, seeds_key
from tools.source import ROOT, lesson_stems, read_lesson

CELL = '''from helpers.checks import check, same
from helpers.datasets import load_digits
from helpers.plots import grid


def twice(x):
    """Two times x."""
    return 2 * x  # doubled


digits = load_digits()
check("digits", twice(digits), at_least=3)
grid(digits)'''
DATASETS = '''"""Data."""
SIZE = 10

def load_digits():
    """Digits."""
    print("loading digits")
    if _names() is None:
        raise ValueError("no digits")
    return len(_names()) + SIZE

def _names():
    return ["digits.npz", "letters/"]

def load_letters():
    return 26
'''
PLOTS = "def grid(digits):\n    return digits\n"


@pytest.fixture
def keys(small_course):
    """(notebook, seeds) after a change: `keys(old, new)`, or in a file: `keys(old, new, path)`."""
    root = small_course.root
    files = {
        "lessons/98_tiny.py": LESSON.replace("{cell}", CELL) + "# %%\ngrid(digits)\n",
        "helpers/datasets.py": DATASETS,
        "helpers/plots.py": PLOTS,
        "data/SHA256SUMS": "01  digits.npz\n02  letters/a.png\n03  photos/b.png\n",
    }
    for path, text in files.items():
        (root / path).write_text(text)

    def both(old="", new="", path="lessons/98_tiny.py"):
        assert old in files[path]
        (root / path).write_text(files[path].replace(old, new) if old else files[path])
        lesson = read_lesson("98_tiny", root)
        found = notebook_key(lesson, root), seeds_key(lesson, root)
        (root / path).write_text(files[path])
        return found

    return both


# what is changed: (old, new, where), then whether the notebook and the seeds are stale
NEITHER, BUILD, BOTH = (False, False), (True, False), (True, True)


@pytest.mark.parametrize(
    ("change", "stale"),
    [
        (("질문일까?", "다른 질문일까?"), NEITHER),
        (("  # doubled", ""), NEITHER),
        (('"""Two times x."""', '"""Twice."""'), NEITHER),
        (("return 2 * x", "return (2 * x)"), NEITHER),
        (("return 2 * x", "return x * 2"), BOTH),
        (("at_least=3", "at_least=2"), BUILD),
        (("at_least=3", "at_most=900"), BUILD),
        (('"digits", twice(digits)', '"digits", digits'), BOTH),
        (("grid(digits)\n", "grid(digits + 1)\n"), BUILD),
        (("import grid", "import bars, grid"), BUILD),
        (("def one(): ...", "def one():\n    ...\n    print(1)"), BUILD),
        (("return 1\n", "return 1.0\n"), NEITHER),  # a solution, which notebooks do not run
    ],
)
def test_a_change_in_the_lesson(keys, change, stale):
    before, after = keys(), keys(*change)
    assert tuple(old != new for old, new in zip(before, after, strict=True)) == stale


@pytest.mark.parametrize(
    ("path", "change", "stale"),
    [
        ("helpers/datasets.py", ("SIZE = 10", "SIZE = 11"), BOTH),
        ("helpers/datasets.py", ('["digits.npz", "letters/"]', '["digits.npz"]'), BOTH),
        ("helpers/datasets.py", ("return 26", "return 27"), NEITHER),
        ("helpers/datasets.py", ('"""Digits."""', '"""All digits."""'), NEITHER),
        ("helpers/datasets.py", ('"loading digits"', '"loading"'), NEITHER),
        ("helpers/datasets.py", ('"no digits"', '"none"'), NEITHER),
        ("helpers/datasets.py", ("is None", "is False"), BOTH),
        ("helpers/plots.py", ("return digits", "return 0"), NEITHER),
        ("data/SHA256SUMS", ("01", "11"), BOTH),
        ("data/SHA256SUMS", ("02", "12"), BOTH),
        ("data/SHA256SUMS", ("03", "13"), NEITHER),
    ],
)
def test_a_change_in_what_the_lesson_imports(keys, path, change, stale):
    before, after = keys(), keys(*change, path)
    assert tuple(old != new for old, new in zip(before, after, strict=True)) == stale


CLASS = """class {}:
    def fit(self):
        return self._step()

    def _step(self):
        return 1

    def history(self):
        return 2
"""


@pytest.mark.parametrize(("name", "any_object"), [("Lesson", False), ("Net", True)])
def test_methods_count_where_they_are_called(small_course, name, any_object):
    root, variable = small_course.root, name.lower()
    path = root / "helpers" / f"{variable}.py"
    for call, history_counts in (("fit()", False), ("fit().history", any_object)):
        source = f"from helpers.{variable} import {name}\n{variable} = {name}()\n{variable}.{call}"
        small_course.write(source)
        path.write_text(CLASS.format(name))
        before = seeds_key(read_lesson("98_tiny", root), root)
        for old, counts in (("return 1", True), ("return 2", history_counts)):
            path.write_text(CLASS.format(name).replace(old, "return 3"))
            assert (seeds_key(read_lesson("98_tiny", root), root) != before) is counts, (call, old)


def test_methods_that_keras_calls_count_though_no_code_names_them(small_course):
    root = small_course.root
    small_course.write("from helpers.net import Net\nnet = Net()")
    path = root / "helpers" / "net.py"
    code = CLASS.format("Net").replace("_step", "other").replace("fit", "compute_loss")
    path.write_text(code)
    before = seeds_key(read_lesson("98_tiny", root), root)
    path.write_text(code.replace("return 1", "return 3"))
    assert seeds_key(read_lesson("98_tiny", root), root) != before


def test_a_figure_is_no_matter_of_seeds_and_a_number_of_neither(small_course):
    small_course.figure("import matplotlib.pyplot as plt")
    lesson = read_lesson("98_tiny", small_course.root)
    small_course.figure("import matplotlib.pyplot as plot")
    other = read_lesson("98_tiny", small_course.root)
    assert seeds_key(lesson, small_course.root) == seeds_key(other, small_course.root)
    assert notebook_key(lesson, small_course.root) != notebook_key(other, small_course.root)
    path = small_course.root / "lessons" / "98_tiny.py"
    moved = path.rename(path.with_name("12_tiny.py"))
    assert moved.read_text().count(CAPTION) == 1
    lesson = read_lesson("12_tiny", small_course.root)
    assert notebook_key(lesson, small_course.root) == notebook_key(other, small_course.root)


@pytest.mark.parametrize("stem", lesson_stems())
def test_every_lesson_reaches_start_and_what_it_imports(stem, tmp_path):
    """Changing `start`, or the digits where they are read, changes the keys of the real lessons."""
    shutil.copytree(ROOT / "helpers", tmp_path / "helpers")
    (tmp_path / "data").mkdir()
    shutil.copy(ROOT / "data" / "SHA256SUMS", tmp_path / "data")
    lesson = read_lesson(stem)
    before = seeds_key(lesson, tmp_path)
    assert before == seeds_key(lesson)
    path = tmp_path / "helpers" / "lesson.py"
    text = path.read_text()
    assert "keras.utils.set_random_seed(seed)" in text
    path.write_text(text.replace("set_random_seed(seed)", "set_random_seed(seed + 1)"))
    assert seeds_key(lesson, tmp_path) != before
    path.write_text(text.replace("scale {scale}, ", "at scale {scale}, "))
    assert seeds_key(lesson, tmp_path) == before
    if "load_mnist(" in "\n".join(lesson.code):
        sums = tmp_path / "data" / "SHA256SUMS"
        sums.write_text(sums.read_text().replace("  mnist.npz", "0  mnist.npz"))
        assert seeds_key(lesson, tmp_path) != before

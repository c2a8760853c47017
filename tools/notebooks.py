"""`make notebooks`: build both editions of the lessons whose code changed, and the README tables.

A lesson is executed once; Korean and English get the same code, outputs and cell ids. Where only
prose changed, the stored outputs are used again.
"""

import argparse
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools import readme
from tools.execute import execute
from tools.files import write_all
from tools.source import LANGS, ROOT, Lesson, LessonError, compose, find, names, one_sentence, read

ENVIRONMENT = {"LESSON_SCALE": "small", "LESSON_SEED": "0", "LESSON_STRICT": "1"}
MAX_BYTES = 1_000_000


def notebook_path(name: str, lang: str, root: Path = ROOT) -> Path:
    return root / "notebooks" / lang / f"{name}.ipynb"


def stored(lesson: Lesson, root: Path = ROOT) -> NotebookNode | None:
    """The notebook that was built from the same code, if there is one."""
    for lang in LANGS:
        path = notebook_path(lesson.name, lang, root)
        if not path.is_file():
            return None
        notebook: NotebookNode = nbformat.read(path, as_version=4)
        if notebook.metadata.get("layer_by_layer", {}).get("code") != lesson.code_hash:
            return None
    return notebook


def editions(lesson: Lesson, executed: NotebookNode, root: Path = ROOT) -> dict[Path, str]:
    """Both notebooks as text, with the outputs of an executed one."""
    outputs = [cell for cell in executed.cells if cell.cell_type == "code"]
    texts = {}
    for lang in LANGS:
        notebook = compose(lesson, lang, root)
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for cell, run in zip(cells, outputs, strict=True):
            cell.outputs, cell.execution_count = run.outputs, run.execution_count
        nbformat.validate(notebook)
        text = nbformat.writes(notebook) + "\n"
        if len(text.encode()) > MAX_BYTES:
            raise LessonError(f"{lesson.name}: its notebook is over {MAX_BYTES:,} bytes")
        texts[notebook_path(lesson.name, lang, root)] = text
    return texts


def build(name: str, force: bool = False, root: Path = ROOT) -> bool:
    """Build one lesson's notebooks; True if it had to be executed."""
    lesson = read(name, root)
    executed = None if force else stored(lesson, root)
    run = executed is None
    if executed is None:
        executed = compose(lesson, "en", root)
        execute(executed, ENVIRONMENT)
    write_all(editions(lesson, executed, root))
    return run


@one_sentence
def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lesson", nargs="?", help="such as 06: build it even if nothing changed")
    wanted = parser.parse_args(arguments).lesson
    for name in find(wanted) if wanted else names():
        print(name, "executed" if build(name, force=bool(wanted)) else "outputs kept")
    readme.write()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

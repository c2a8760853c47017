"""`make notebooks`: build both editions of the lessons whose code changed, and the tables.

A lesson is executed once; Korean and English get the same code, outputs and cell ids. Where only
prose or its number changed, the stored outputs are used again. `--check` builds nothing and says
what is out of step.
"""

import argparse
import copy
import sys
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools import tables
from tools.compose import alternative_texts, compose
from tools.execute import execute
from tools.files import write_all
from tools.keys import notebook_key
from tools.run import records
from tools.source import (
    LANGS,
    ROOT,
    Lesson,
    LessonError,
    lesson_stems,
    lessons_named,
    one_sentence,
    read_lesson,
)

ENVIRONMENT = {"LESSON_SCALE": "small", "LESSON_SEED": "0", "LESSON_STRICT": "1"}
MAX_BYTES = 1_000_000


def notebook_path(stem: str, lang: str, root: Path = ROOT) -> Path:
    return root / "notebooks" / lang / f"{stem}.ipynb"


def all_notebooks(root: Path = ROOT) -> list[Path]:
    """Every notebook of the course; Jupyter's own folders of checkpoints do not count."""
    return sorted((root / "notebooks").glob("*/*.ipynb"))


def notebooks_of(name: str, lang: str, root: Path = ROOT) -> list[Path]:
    """The files of a lesson's notebook, whatever their number."""
    return sorted((root / "notebooks" / lang).glob(f"[0-9][0-9]_{name}.ipynb"))


def notebook_with_outputs(lesson: Lesson, root: Path = ROOT) -> NotebookNode | None:
    """The notebook that was built from the same code, if there is one in both languages."""
    key, notebook = notebook_key(lesson, root), None
    for lang in LANGS:
        candidates = [nbformat.read(path, 4) for path in notebooks_of(lesson.name, lang, root)]
        same = [n for n in candidates if n.metadata.get("layer_by_layer", {}).get("key") == key]
        if not same:
            return None
        notebook = same[0]
    return notebook


def executed_notebook(lesson: Lesson, root: Path = ROOT) -> NotebookNode:
    """A lesson's notebook, run from top to bottom, and in its metadata the bounds of its checks."""
    notebook = compose(lesson, "en", root)
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "checks.jsonl"
        execute(notebook, ENVIRONMENT | {"LESSON_RECORD": str(record)})
        rows = records(record)
    bounds = {row["name"]: row["bound"] for row in rows}
    if len(bounds) < len(rows):
        raise LessonError(f"{lesson.stem}: expected a name of its own for each of its checks")
    notebook.metadata["layer_by_layer"]["bounds"] = bounds
    return notebook


def editions(lesson: Lesson, executed: NotebookNode, root: Path = ROOT) -> dict[Path, str]:
    """Both notebooks as text, with the outputs of an executed one."""
    outputs = [cell for cell in executed.cells if cell.cell_type == "code"]
    texts = {}
    for lang in LANGS:
        notebook = compose(lesson, lang, root)
        bounds = executed.metadata["layer_by_layer"].get("bounds", {})
        notebook.metadata["layer_by_layer"]["bounds"] = bounds
        alternative = alternative_texts(lesson, lang, root)
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for cell, run in zip(cells, outputs, strict=True):
            cell.outputs, cell.execution_count = copy.deepcopy(run.outputs), run.execution_count
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    words = alternative.get(cell.id)
                    output.metadata = {"image/png": {"alt": words}} if words else {}
        nbformat.validate(notebook)
        text = nbformat.writes(notebook) + "\n"
        if len(text.encode()) > MAX_BYTES:
            raise LessonError(f"{lesson.stem}: its notebook is over {MAX_BYTES:,} bytes")
        texts[notebook_path(lesson.stem, lang, root)] = text
    return texts


def build(stem: str, force: bool = False, root: Path = ROOT) -> bool:
    """Build one lesson's notebooks; True if it had to be executed."""
    lesson = read_lesson(stem, root)
    found = None if force else notebook_with_outputs(lesson, root)
    texts = editions(lesson, found or executed_notebook(lesson, root), root)
    write_all(texts)
    for lang in LANGS:  # under the number that it had before
        for path in notebooks_of(lesson.name, lang, root):
            if path not in texts:
                path.unlink()
    return found is None


def out_of_step(root: Path = ROOT) -> list[str]:
    """What `make notebooks` would change, one sentence each."""
    said = []
    for stem in lesson_stems(root):
        lesson = read_lesson(stem, root)
        found = notebook_with_outputs(lesson, root)
        if found is None:
            said.append(f"{stem}: its code changed; run `make notebooks`")
            continue
        for path, text in editions(lesson, found, root).items():
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                said.append(f"{path.relative_to(root)}: run `make notebooks`")
    for path, text in tables.filled(root).items():
        if path.read_text(encoding="utf-8") != text:
            said.append(f"{path.relative_to(root)}: run `make notebooks`")
    return said


@one_sentence
def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lesson", nargs="?", help="such as mnist_mlp: build it in any case")
    parser.add_argument("--check", action="store_true", help="only say what is out of step")
    options = parser.parse_args(arguments)
    if options.check:
        if said := out_of_step():
            raise LessonError("\n".join(said))
        return
    for stem in lessons_named(options.lesson) if options.lesson else lesson_stems():
        print(stem, "executed" if build(stem, force=bool(options.lesson)) else "outputs kept")
    write_all(tables.filled())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Read lessons (percent scripts, both languages side by side) and compose notebooks from them."""

import functools
import hashlib
import re
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from helpers import __version__

ROOT = Path(__file__).resolve().parent.parent
LANGS = ("ko", "en")
UNSEEN = ("solution", "wrong")  # tags of code cells that notebooks do not show as cells
COLAB = "https://colab.research.google.com"
SOLUTION = {"ko": "풀이", "en": "Solution"}
BEFORE, AFTER = {"ko": "이전", "en": "Previous"}, {"ko": "다음", "en": "Next"}


class LessonError(Exception):
    """A lesson that cannot be found, read or built; the text is one sentence for a person."""


def one_sentence(main: Callable[[list[str]], None]) -> Callable[[list[str]], int]:
    """Make a command's main return its exit code, a LessonError being its text on stderr and 1."""

    @functools.wraps(main)
    def exit_code(arguments: list[str]) -> int:
        try:
            main(arguments)
        except LessonError as error:
            print(error, file=sys.stderr)
            return 1
        return 0

    return exit_code


@dataclass(frozen=True)
class Place:
    """One place in a lesson: a code cell, or one markdown text in each language."""

    kind: str  # "code" or "markdown"
    text: dict[str, str]  # by language; code is the same in both
    tags: tuple[str, ...] = ()
    slides: str = ""  # the deck's slides that a section runs, such as "002 4) 데이터 스케일링하기"
    headline: str = ""  # on the title: the check that README's table shows


@dataclass(frozen=True)
class Lesson:
    """A lesson's places, in order."""

    name: str
    places: tuple[Place, ...]

    @property
    def code(self) -> list[str]:
        """The sources of all code cells, exercises' solutions and wrong answers included."""
        return [place.text["en"] for place in self.places if place.kind == "code"]

    @property
    def code_hash(self) -> str:
        """Changes with the code that notebooks run; prose, solutions and tags do not count."""
        run = [
            place.text["en"]
            for place in self.places
            if place.kind == "code" and not set(place.tags) & set(UNSEEN)
        ]
        return hashlib.sha256("\n# %%\n".join(run).encode()).hexdigest()[:16]

    def title(self, lang: str) -> str:
        """The text of the first heading."""
        return self._first(r"^# (.+)$", lang)

    def question(self, lang: str) -> str:
        """The one-line question under the title."""
        return self._first(r"^\*\*(.+)\*\*$", lang)

    def _first(self, pattern: str, lang: str) -> str:
        for place in self.places:
            if place.kind == "markdown" and (found := re.search(pattern, place.text[lang], re.M)):
                return found[1]
        raise LessonError(f"{self.name}: expected a line like {pattern} in {lang}, found none")


def names(root: Path = ROOT) -> list[str]:
    """All lessons, in order."""
    return sorted(path.stem for path in (root / "lessons").glob("[0-9][0-9]_*.py"))


def find(wanted: str, root: Path = ROOT) -> list[str]:
    """The lessons that `06`, `06_mnist_mlp` or `all` names."""
    known = names(root)
    found = [name for name in known if wanted in ("all", name, name[:2])]
    if not found:
        raise LessonError(f"no lesson {wanted!r}: there are {', '.join(known) or 'none'}, and all")
    return found


def read(name: str, root: Path = ROOT) -> Lesson:
    """Parse `lessons/<name>.py`; `lang` cells must come in pairs, Korean first."""
    path = root / "lessons" / f"{name}.py"
    cells = jupytext.read(path, fmt="py:percent").cells
    places: list[Place] = []
    while cells:
        cell = cells.pop(0)
        lang = cell.metadata.get("lang")
        tags = tuple(cell.metadata.get("tags", ()))
        if cell.cell_type == "code" or lang is None:
            text = dict.fromkeys(LANGS, cell.source)
        else:
            twin = cells.pop(0) if cells else nbformat.v4.new_markdown_cell()
            langs = (lang, twin.metadata.get("lang"))
            if langs != LANGS:
                line = cell.source.strip().splitlines()[0]
                raise LessonError(
                    f"{path.name}: expected a ko cell and then its en cell at {line!r}, got {langs}"
                )
            text = {"ko": cell.source, "en": twin.source}
        notes = {key: cell.metadata.get(key, "") for key in ("slides", "headline")}
        places.append(Place(cell.cell_type, text, tags, **notes))
    return Lesson(name, tuple(places))


def compose(lesson: Lesson, lang: str, root: Path = ROOT) -> NotebookNode:
    """The notebook of a lesson in one language, without outputs."""
    notebook: NotebookNode = nbformat.v4.new_notebook(
        metadata={
            "accelerator": "GPU",  # Colab offers one; without it the lesson runs at scale small
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "layer_by_layer": {"lesson": lesson.name, "lang": lang, "code": lesson.code_hash},
        }
    )
    fills = _fills(lesson, lang, root)
    for index, place in enumerate(lesson.places):
        if set(place.tags) & set(UNSEEN):
            continue
        new_cell = getattr(nbformat.v4, f"new_{place.kind}_cell")
        cell = new_cell(_filled(place.text[lang], fills), id=f"cell-{index:03d}")
        if place.tags:
            cell.metadata["tags"] = list(place.tags)
        notebook.cells.append(cell)
    return notebook


def repository(root: Path = ROOT) -> str:
    """The repository's URL, from pyproject.toml: the one place where it is written."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["urls"]["Repository"])


def badge(name: str, lang: str, root: Path = ROOT) -> str:
    """Markdown of the button that opens a notebook in Colab."""
    path = repository(root).removeprefix("https://github.com/")
    target = f"{COLAB}/github/{path}/blob/main/notebooks/{lang}/{name}.ipynb"
    return f"[![Open in Colab]({COLAB}/assets/colab-badge.svg)]({target})"


def _fills(lesson: Lesson, lang: str, root: Path) -> dict[str, str]:
    order = names(root)
    at = order.index(lesson.name)
    links = []
    if at > 0:
        links.append(f"← {BEFORE[lang]}: {_link(order[at - 1], lang, root)}")
    if at + 1 < len(order):
        links.append(f"{AFTER[lang]}: {_link(order[at + 1], lang, root)} →")
    return {
        "badge": badge(lesson.name, lang, root),
        "neighbours": " · ".join(links),
        "repository": repository(root),
        "solutions": "\n\n".join(
            f"<details><summary>{SOLUTION[lang]} {number}</summary>\n\n"
            f"```python\n{place.text[lang]}\n```\n\n</details>"
            for number, place in enumerate(
                (place for place in lesson.places if "solution" in place.tags), start=1
            )
        ),
        "version": __version__,
    }


def _link(name: str, lang: str, root: Path) -> str:
    return f"[{read(name, root).title(lang)}]({name}.ipynb)"


def _filled(text: str, fills: dict[str, str]) -> str:
    return re.sub(r"\[\[(\w+)\]\]", lambda found: fills.get(found[1], found[0]), text)

"""Read lessons: percent scripts, both languages side by side."""

import functools
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat

ROOT = Path(__file__).resolve().parent.parent
LANGS = ("ko", "en")
UNSEEN = ("solution", "wrong")  # tags of code cells that notebooks do not show as cells
NOTES = ("slides", "headline", "keeps", "keeps_accuracy", "title")  # attributes of a cell's line


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
    headline: str = ""  # on the lesson's title: the check that README's table shows
    keeps: str = ""  # on the lesson's title: the file that `make weights` keeps in data/
    keeps_accuracy: str = ""  # and the check that says how good it is
    title: str = ""  # of a folded cell

    @property
    def seen(self) -> bool:
        """Whether notebooks have it as a cell."""
        return not set(self.tags) & set(UNSEEN)


@dataclass(frozen=True)
class Lesson:
    """A lesson's places, in order."""

    stem: str  # of its file: "06_mnist_mlp"
    places: tuple[Place, ...]

    @property
    def number(self) -> str:
        """Its place in the course, "06": only the file's name has it."""
        return self.stem[:2]

    @property
    def name(self) -> str:
        """Without the number, "mnist_mlp": what everything else calls it by."""
        return self.stem[3:]

    @property
    def code(self) -> list[str]:
        """The sources of all code cells, exercises' solutions and wrong answers included."""
        return [place.text["en"] for place in self.places if place.kind == "code"]

    def title(self, lang: str) -> str:
        """The text of the first heading, with its number."""
        return self._first(r"^# (.+)$", lang).replace("[[number]]", self.number)

    def question(self, lang: str) -> str:
        """The one-line question under the title."""
        return self._first(r"^\*\*(.+)\*\*$", lang)

    def _first(self, pattern: str, lang: str) -> str:
        for place in self.places:
            if place.kind == "markdown" and (found := re.search(pattern, place.text[lang], re.M)):
                return found[1]
        raise LessonError(f"{self.stem}: expected a line like {pattern} in {lang}, found none")


def lesson_stems(root: Path = ROOT) -> list[str]:
    """All lessons' files without `.py`, in order.

    Raises:
        LessonError: if two have one number, or one name.
    """
    stems = sorted(path.stem for path in (root / "lessons").glob("[0-9][0-9]_*.py"))
    for part, what in ((slice(2), "number"), (slice(3, None), "name")):
        shared = [stem for stem in stems if sum(stem[part] == other[part] for other in stems) > 1]
        if shared:
            raise LessonError(f"expected a {what} of its own for each of {', '.join(shared)}")
    return stems


def lessons_named(wanted: str, root: Path = ROOT) -> list[str]:
    """The lessons' stems that `06`, `mnist_mlp`, `06_mnist_mlp` or `all` means."""
    stems = lesson_stems(root)
    found = [stem for stem in stems if wanted in ("all", stem, stem[:2], stem[3:])]
    if not found:
        raise LessonError(f"no lesson {wanted!r}: there are {', '.join(stems) or 'none'}, and all")
    return found


def read_lesson(stem: str, root: Path = ROOT) -> Lesson:
    """Parse `lessons/<stem>.py`; `lang` cells must come in pairs, Korean first."""
    path = root / "lessons" / f"{stem}.py"
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
        notes = {key: cell.metadata.get(key, "") for key in NOTES}
        places.append(Place(cell.cell_type, text, tags, **notes))
    return Lesson(stem, tuple(places))

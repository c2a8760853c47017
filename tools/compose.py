"""Compose notebooks from lessons: numbers, links, captions, and cells folded by their role."""

import re
import tomllib
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from helpers import __version__
from tools.keys import notebook_key
from tools.measured import phrase
from tools.source import LANGS, ROOT, Lesson, LessonError, Place, lesson_stems, read_lesson

COLAB = "https://colab.research.google.com"
SOLUTION = {"ko": "풀이", "en": "Solution"}
BEFORE, AFTER = {"ko": "이전", "en": "Previous"}, {"ko": "다음", "en": "Next"}
CAPTION = {"ko": r"\*그림 \[\[figure\]\]\. .+\*", "en": r"\*Figure \[\[figure\]\]\. .+\*"}
ROLES = {"figure": "Figure", "proof": "Proof", "play": "Try it"}  # folded, and how it is titled


def compose(lesson: Lesson, lang: str, root: Path = ROOT, quoting: bool = True) -> NotebookNode:
    """The notebook of a lesson in one language, without outputs.

    Args:
        lesson: to compose.
        lang: ko or en.
        root: of the course.
        quoting: whether measured values are filled in; what measures them leaves their marks.

    Raises:
        LessonError: if a figure has no caption, or a `[[name]]` in the text stands for nothing.
    """
    own = {"lesson": lesson.name, "lang": lang, "key": notebook_key(lesson, root)}
    notebook: NotebookNode = nbformat.v4.new_notebook(
        metadata={
            "accelerator": "GPU",  # Colab offers one; without it the lesson runs at scale small
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "layer_by_layer": own,
        }
    )
    fills, figures = _fills(lesson, lang, root), figure_numbers(lesson)
    for index, place in enumerate(lesson.places):
        if not place.seen:
            continue
        text = place.text[lang]
        if place.kind == "code":
            cell = nbformat.v4.new_code_cell(_filled_code(text, fills), id=f"cell-{index:03d}")
            _give_role(cell, place, figures.get(index))
        else:
            text = _filled_text(text, fills | {"figure": str(figures.get(index, ""))})
            text = linked(text, lang, lesson.stem, root) if quoting else text
            cell = nbformat.v4.new_markdown_cell(text, id=f"cell-{index:03d}")
        if place.tags:
            cell.metadata["tags"] = [*place.tags, *cell.metadata.get("tags", [])]
        notebook.cells.append(cell)
    return notebook


def figure_numbers(lesson: Lesson) -> dict[int, int]:
    """The figure's number by the index of a figure cell, and of its caption.

    Raises:
        LessonError: if a figure cell and its caption do not follow each other, in both languages.
    """
    numbers: dict[int, int] = {}
    for index, place in enumerate(lesson.places):
        before = lesson.places[index - 1] if index else Place("markdown", {})
        if "[[figure]]" in place.text["en"] + place.text["ko"]:
            caption = all(re.fullmatch(CAPTION[lang], place.text[lang], re.S) for lang in LANGS)
            if not caption or before.kind != "code":
                raise LessonError(
                    f"{lesson.stem}: expected a caption *그림 [[figure]]. …* and "
                    f"*Figure [[figure]]. …* right behind a figure, got {place.text['en'][:60]!r}"
                )
            numbers[index - 1] = numbers[index] = len(numbers) // 2 + 1
        elif "figure" in before.tags:
            raise LessonError(
                f"{lesson.stem}: expected a caption in both languages behind the figure cell "
                f"{before.text['en'].splitlines()[0]!r}, got {place.text['en'][:60]!r}"
            )
    return numbers


def alternative_texts(lesson: Lesson, lang: str, root: Path = ROOT) -> dict[str, str]:
    """What a picture shows, in words, by the id of its cell: its caption without markup."""
    texts = {}
    for index, number in figure_numbers(lesson).items():
        if lesson.places[index].kind == "code":
            text = lesson.places[index + 1].text[lang].replace("[[figure]]", str(number))
            text = linked(_filled_text(text, {}), lang, lesson.stem, root)
            text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)
            texts[f"cell-{index:03d}"] = " ".join(re.sub(r"[*`$]", "", text).split())
    return texts


def linked(text: str, lang: str, stem: str | None, root: Path = ROOT, folder: str = "") -> str:
    """A text with `[[mnist_mlp]]`, `[[range: …]]` and `[[verdict: …]]` filled in.

    Args:
        text: markdown.
        lang: of the text.
        stem: the lesson whose measured values it quotes, if any.
        folder: from the text's own place to the notebooks.

    Raises:
        LessonError: if a name is no lesson's, or a check was not measured.
    """
    stems = {known[3:]: known for known in lesson_stems(root)}

    def link(found: re.Match[str]) -> str:
        if found[1] not in stems:
            raise LessonError(f"{stem or folder}: expected a lesson's name, got {found[0]}")
        return f"[{stems[found[1]][:2]}]({folder}{stems[found[1]]}.ipynb)"

    def quote(found: re.Match[str]) -> str:
        words = phrase(found[1], found[2], stem[3:], lang, root) if stem else None
        if words is None:
            raise LessonError(f"{stem}: expected a check that was measured, got {found[0]}")
        return words

    text = re.sub(r"\[\[(range|verdict): ([^\]]+)\]\]", quote, text)
    return re.sub(r"\[\[([a-z]\w*)\]\]", link, text)


def repository(root: Path = ROOT) -> str:
    """The repository's URL, from pyproject.toml: the one place where it is written."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["urls"]["Repository"])


def badge(stem: str, lang: str, root: Path = ROOT) -> str:
    """Markdown of the button that opens a notebook in Colab, of the version that it installs."""
    path = repository(root).removeprefix("https://github.com/")
    target = f"{COLAB}/github/{path}/blob/v{__version__}/notebooks/{lang}/{stem}.ipynb"
    return f"[![Open in Colab]({COLAB}/assets/colab-badge.svg)]({target})"


def _give_role(cell: NotebookNode, place: Place, figure: int | None) -> None:
    """Fold a cell for Jupyter, Colab and the site, under a title."""
    role = next((tag for tag in place.tags if tag in ROLES), None)
    if role is None:
        return
    words = [f"{ROLES[role]} {figure}" if role == "figure" else ROLES[role], place.title]
    if not cell.source.startswith("# @title"):
        cell.source = f"# @title {' · '.join(filter(None, words))}\n{cell.source}"
    cell.metadata["cellView"] = "form"
    if "# @param" not in cell.source:  # outside Colab a reader turns these in the code itself
        cell.metadata["jupyter"] = {"source_hidden": True}
        cell.metadata["tags"] = ["hide-input"]


def _fills(lesson: Lesson, lang: str, root: Path) -> dict[str, str]:
    order = lesson_stems(root)
    at = order.index(lesson.stem)
    links = []
    if at > 0:
        links.append(f"← {BEFORE[lang]}: {_titled_link(order[at - 1], lang, root)}")
    if at + 1 < len(order):
        links.append(f"{AFTER[lang]}: {_titled_link(order[at + 1], lang, root)} →")
    return {
        "badge": badge(lesson.stem, lang, root),
        "name": lesson.name,
        "neighbours": " · ".join(links),
        "number": lesson.number,
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


def _titled_link(stem: str, lang: str, root: Path) -> str:
    return f"[{read_lesson(stem, root).title(lang)}]({stem}.ipynb)"


def _filled_text(text: str, fills: dict[str, str]) -> str:
    return re.sub(r"\[\[(\w+)\]\]", lambda found: fills.get(found[1], found[0]), text)


def _filled_code(text: str, fills: dict[str, str]) -> str:
    """Only these words: `x[[index]]` is NumPy's."""
    return re.sub(r"\[\[(name|repository|version)\]\]", lambda found: fills[found[1]], text)

"""Fill the tables of README.md and README.ko.md from the lessons and from what was measured.

A table stands between `<!-- lessons -->` (or `<!-- decks -->`) and the next `<!-- end -->`.
"""

import json
import re
from pathlib import Path
from typing import Any

from tools.files import write_all
from tools.source import ROOT, LessonError, badge, names, read

READMES = {"en": "README.md", "ko": "README.ko.md"}
HEADS = {
    "lessons": {
        "en": "| lesson | question | open | seconds | MB | measured over five seeds |",
        "ko": "| 수업 | 질문 | 열기 | 초 | MB | 다섯 시드에서 잰 값 |",
    },
    "decks": {
        "en": "| deck | slides | lesson and section |",
        "ko": "| 강의 자료 | 슬라이드 | 수업과 절 |",
    },
}
RULES = {"lessons": "|---|---|---|---|---|---|", "decks": "|---|---|---|"}


def lessons_table(lang: str, root: Path = ROOT) -> list[str]:
    """One row a lesson: link, question, badge, seconds, peak memory, its headline number."""
    path = root / "data" / "measured.json"
    measured = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    rows = []
    for name in names(root):
        lesson, entry = read(name, root), measured.get(name)
        link = f"[{lesson.title(lang)}](notebooks/{lang}/{name}.ipynb)"
        figures = ["–", "–", "–"]
        if entry:
            seconds, megabytes = entry["seconds"], entry["megabytes"]
            figures = [
                f"{seconds['median']:.0f}",
                f"{megabytes['max']:,}",
                _headline(lesson.places[0].headline, entry),
            ]
        cells = [link, lesson.question(lang), badge(name, lang, root), *figures]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def decks_table(lang: str, root: Path = ROOT) -> list[str]:
    """One row for each section that runs slides of a deck, in the decks' order."""
    rows = []
    for name in names(root):
        for place in read(name, root).places:
            if not place.slides:
                continue
            heading = re.search(r"^#+ (.+)$", place.text[lang], re.M)
            if heading is None:
                raise LessonError(f"{name}: expected a heading in the cell for {place.slides!r}")
            for slide in place.slides.split("; "):
                deck, what = slide.split(maxsplit=1)
                target = f"[{name[:2]} · {heading[1]}](notebooks/{lang}/{name}.ipynb)"
                rows.append((deck, f"| {deck} | {what} | {target} |"))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def written(lang: str, root: Path = ROOT) -> tuple[Path, str]:
    """A README with its tables filled in."""
    path = root / READMES[lang]
    text = path.read_text(encoding="utf-8")
    for table, rows in (("lessons", lessons_table(lang, root)), ("decks", decks_table(lang, root))):
        block = "\n".join([HEADS[table][lang], RULES[table], *rows, ""])
        before, mark, rest = text.partition(f"<!-- {table} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        if not (mark and end):
            raise LessonError(f"{path.name}: expected <!-- {table} --> and <!-- end -->")
        text = before + mark + block + end + after
    return path, text


def write(root: Path = ROOT) -> None:
    """Bring both READMEs up to date."""
    write_all(dict(written(lang, root) for lang in READMES))


def _headline(name: str, entry: dict[str, Any]) -> str:
    """The range of the check that the lesson's title names."""
    for check in entry["checks"]:
        if check["name"] == name:
            return f"{name} {check['min']:.3f}–{check['max']:.3f}"
    raise LessonError(f"expected a check named {name!r}, found none in data/measured.json")

"""Fill the tables of the READMEs and of docs/decks.md from the lessons and from what was measured.

A table stands between `<!-- lessons -->` (or `<!-- decks -->`) and the next `<!-- end -->`. Links
to lessons in the text, `[[mnist_mlp]]` or what an earlier build made of it, get today's number.
"""

import re
from pathlib import Path
from typing import Any

from tools.compose import badge, linked
from tools.measured import measured, range_text
from tools.source import LANGS, ROOT, LessonError, lesson_stems, read_lesson

README = {"en": "README.md", "ko": "README.ko.md"}
DECKS = {"en": "docs/decks.md", "ko": "docs/decks.ko.md"}
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


def lessons_table(lang: str, root: Path = ROOT) -> list[str]:
    """One row a lesson: link, question, badge, seconds, peak memory, its headline number."""
    rows = []
    for stem in lesson_stems(root):
        lesson, entry = read_lesson(stem, root), measured(stem[3:], root=root)
        link = f"[{lesson.title(lang)}](notebooks/{lang}/{stem}.ipynb)"
        question = linked(lesson.question(lang), lang, None, root, f"notebooks/{lang}/")
        figures = ["–", "–", "–"]
        if entry:
            figures = [
                f"{sorted(entry['seconds'])[len(entry['seconds']) // 2]:.0f}",
                f"{max(entry['megabytes']):,}",
                _headline(lesson.places[0].headline, entry, lang),
            ]
        cells = [link, question, badge(stem, lang, root), *figures]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def decks_table(lang: str, root: Path = ROOT) -> list[str]:
    """One row for each section that runs slides of a deck, in the decks' order."""
    rows = []
    for stem in lesson_stems(root):
        for place in read_lesson(stem, root).places:
            if not place.slides:
                continue
            heading = re.search(r"^#+ (.+)$", place.text[lang], re.M)
            if heading is None:
                raise LessonError(f"{stem}: expected a heading in the cell for {place.slides!r}")
            for slide in place.slides.split("; "):
                deck, what = slide.split(maxsplit=1)
                target = f"[{stem[:2]} · {heading[1]}](../notebooks/{lang}/{stem}.ipynb)"
                rows.append((deck, f"| {deck} | {what} | {target} |"))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def filled(root: Path = ROOT) -> dict[Path, str]:
    """The texts of READMEs and docs/decks.md with their tables and links as they should be."""
    texts = {}
    for lang in LANGS:
        for name, table, rows, folder in (
            (README[lang], "lessons", lessons_table(lang, root), f"notebooks/{lang}/"),
            (DECKS[lang], "decks", decks_table(lang, root), f"../notebooks/{lang}/"),
        ):
            path = root / name
            text = path.read_text(encoding="utf-8")
            before, mark, rest = text.partition(f"<!-- {table} -->\n")
            _, end, after = rest.partition("<!-- end -->")
            if not (mark and end):
                raise LessonError(f"{name}: expected <!-- {table} --> and <!-- end -->")
            head = HEADS[table][lang]
            block = "\n".join([head, "|---" * (head.count("|") - 1) + "|", *rows, ""])
            before, after = (_renumbered(part, lang, folder, root) for part in (before, after))
            texts[path] = before + mark + block + end + after
    return texts


def _renumbered(text: str, lang: str, folder: str, root: Path) -> str:
    """Links to lessons in running text, with today's numbers."""
    old = rf"\[\d\d\]\({re.escape(folder)}\d\d_(\w+)\.ipynb\)"
    return linked(re.sub(old, r"[[\1]]", text), lang, None, root, folder)


def _headline(name: str, entry: dict[str, Any], lang: str) -> str:
    """The range of the check that the lesson's title names."""
    if name not in entry["checks"]:
        raise LessonError(f"expected a check named {name!r}, found none in measured/")
    return f"{name} {range_text(entry['checks'][name], lang)}"

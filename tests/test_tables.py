"""The tables of READMEs and docs/decks.md are made from lessons and measurements."""

import json
import re

import pytest

from tools import tables
from tools.source import LANGS, ROOT, LessonError

FILES = [*tables.README.values(), *tables.DECKS.values()]


@pytest.mark.parametrize("path", [ROOT / name for name in FILES], ids=FILES)
def test_they_are_up_to_date(path):
    assert path.read_text(encoding="utf-8") == tables.filled()[path], "run `make notebooks`"


@pytest.mark.parametrize("path", [ROOT / name for name in FILES], ids=FILES)
def test_every_link_leads_somewhere(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\[\[\w+\]\]", text)
    for picture in re.findall(r"<img [^>]+>", text):
        source, alt = re.search(r'src="([^"]+)".* alt="([^"]+)"', picture).groups()
        assert (path.parent / source).is_file() and len(alt) > 20
    for alt, target in re.findall(r"(!?\[[^\]]*\])\(([^)]+)\)", text):
        assert alt != "![]"
        if not target.startswith("http"):
            assert (path.parent / target.split("#")[0]).exists(), target


@pytest.mark.parametrize("lang", LANGS)
def test_the_decks_table_is_whole(lang):
    text = (ROOT / tables.DECKS[lang]).read_text(encoding="utf-8")
    assert len(re.findall(r"^\| 00\d \|", text, re.M)) >= 15
    assert "| 00" not in (ROOT / tables.README[lang]).read_text(encoding="utf-8")


ENTRY = {
    "seconds": [3, 1, 2.4, 2.5, 2.2],
    "megabytes": [700, 1_900, 800, 800, 800],
    "checks": {"n": [1] * 5, "accuracy": [0.9, 0.95, 0.93, 0.92, 0.91]},
}


def test_rows(small_course):
    root = small_course.root
    (root / "measured").mkdir()
    (row,) = tables.lessons_table("ko", root)
    assert row.endswith("| – | – | – |")
    (root / "measured" / "tiny.json").write_text(json.dumps(ENTRY))
    (row,) = tables.lessons_table("ko", root)
    start = "| [98 · 제목](notebooks/ko/98_tiny.ipynb) | 질문일까? | [![Open in Colab]"
    assert row.startswith(start)
    assert row.endswith("| 2 | 1,900 | accuracy 0.900–0.950 |")
    assert tables.decks_table("en", root) == [
        "| 001 | 다른 쪽 | [98 · Section [[solutions]]](../notebooks/en/98_tiny.ipynb) |",
        "| 002 | 7) 학습 | [98 · Section [[solutions]]](../notebooks/en/98_tiny.ipynb) |",
    ]


def test_counts_have_no_decimals(small_course):
    (small_course.root / "measured").mkdir()
    entry = ENTRY | {"checks": {"accuracy": [10, 11, 10, 10, 11]}}
    (small_course.root / "measured" / "tiny.json").write_text(json.dumps(entry))
    (row,) = tables.lessons_table("en", small_course.root)
    assert row.endswith("| accuracy 10–11 |")


def test_what_is_missing_is_one_sentence(small_course):
    (small_course.root / "measured").mkdir()
    entry = ENTRY | {"checks": {"n": [1] * 5}}
    (small_course.root / "measured" / "tiny.json").write_text(json.dumps(entry))
    with pytest.raises(LessonError, match="expected a check named 'accuracy', found none"):
        tables.lessons_table("ko", small_course.root)
    (small_course.root / "measured" / "tiny.json").unlink()
    (small_course.root / "README.md").write_text("# no tables here\n")
    with pytest.raises(LessonError, match="README.md: expected <!-- lessons --> and <!-- end -->"):
        tables.filled(small_course.root)

"""Every notebook is what its lesson builds, and is fit to be read."""

import re
from pathlib import Path

import nbformat
import pytest

from tools import readme
from tools.notebooks import MAX_BYTES, editions, notebook_path, stored
from tools.source import LANGS, ROOT, badge, names, read

PAIRS = [(name, lang) for name in names() for lang in LANGS]
BOLD_TERM = re.compile(r"\*\*([^*]+)\*\*\(([^)]+)\)")


def notebook(name, lang):
    return nbformat.read(notebook_path(name, lang), as_version=4)


def code_cells(name, lang="en"):
    return [cell for cell in notebook(name, lang).cells if cell.cell_type == "code"]


def printed(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


@pytest.mark.parametrize("name", names())
def test_notebooks_are_what_their_lesson_builds(name):
    lesson = read(name)
    executed = stored(lesson)
    assert executed is not None, f"{name}: its code changed; run `make notebooks`"
    for path, text in editions(lesson, executed).items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run `make notebooks`"


def test_there_is_no_notebook_without_a_lesson():
    found = {path.relative_to(ROOT / "notebooks") for path in (ROOT / "notebooks").rglob("*.ipynb")}
    assert found == {Path(lang) / f"{name}.ipynb" for name, lang in PAIRS}


@pytest.mark.parametrize(("name", "lang"), PAIRS)
def test_cells_were_executed_in_order_and_left_no_mess(name, lang):
    cells = code_cells(name, lang)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr"
            assert not any("widget" in kind for kind in output.get("data", {}))
        assert not re.search(r"^✗", printed(cell), re.M), cell.id
    assert notebook_path(name, lang).stat().st_size < MAX_BYTES


@pytest.mark.parametrize("name", names())
def test_both_editions_have_the_same_code_outputs_and_ids(name):
    korean, english = notebook(name, "ko"), notebook(name, "en")
    assert [cell.id for cell in korean.cells] == [cell.id for cell in english.cells]
    for one, other in zip(korean.cells, english.cells, strict=True):
        assert one.cell_type == other.cell_type
        if one.cell_type == "code":
            assert one == other
    assert len({cell.id for cell in english.cells}) == len(english.cells)


@pytest.mark.parametrize("name", names())
def test_both_languages_say_as_much(name):
    """Same headings, lists, tables, formulas and code words; the sentences are for people."""
    for place in read(name).places:
        if place.kind == "markdown":
            texts = [re.sub("```.*?```", "", text, flags=re.S) for text in place.text.values()]
            shapes = [
                {
                    "headings": re.findall(r"^#+(?= )", text, re.M),
                    "bullets": len(re.findall(r"^- ", text, re.M)),
                    "table rows": len(re.findall(r"^\|", text, re.M)),
                    "formulas": sorted(re.findall(r"\$\$[^$]+\$\$|\$[^$]+\$", text)),
                    "bold": len(re.findall(r"\*\*[^*]+\*\*", text)),
                    "code": sorted(set(re.findall(r"`[^`]+`", text))),
                }
                for text in texts
            ]
            assert shapes[0] == shapes[1], place.text["en"]


@pytest.mark.parametrize(("name", "lang"), PAIRS)
def test_korean_is_in_korean_and_english_in_english(name, lang):
    for place in read(name).places:
        if place.kind == "markdown":
            prose = re.sub(r"\[\[\w+\]\]|`[^`]*`|\$[^$]*\$", "", place.text[lang])
            hangul = len(re.findall("[가-힣]", prose))
            if lang == "ko":
                assert hangul or not prose.strip(), place.text[lang]
            else:
                assert hangul <= 2, place.text[lang]  # 정오 / Erratum
        else:
            assert not re.search("[가-힣]", place.text[lang]), place.text[lang]


@pytest.mark.parametrize(("name", "lang"), PAIRS)
def test_the_page_is_complete_and_in_order(name, lang):
    headings = {
        "en": "What you will be able|Where it stands|Exercises|Summary|Sources|Solutions",
        "ko": "이 수업을 마치면|관련 강의 자료|연습 문제|요약|출처|풀이",
    }
    first, second, *rest = headings[lang].split("|")
    parts = ["# ", "[![Open in Colab]", f"### {first}", f"### {second}", "start("]
    parts += [*(f"## {heading}" for heading in rest), "<details>"]
    page = "\n".join(cell.source for cell in notebook(name, lang).cells)
    places = [page.find(part) for part in parts]
    assert -1 not in places and places == sorted(places), dict(zip(parts, places, strict=True))
    assert badge(name, lang) in page
    assert f"/notebooks/{lang}/{name}.ipynb" in badge(name, lang)
    assert not re.search(r"\[\[\w+\]\]", page)
    heading = "## Summary" if lang == "en" else "## 요약"
    summary = next(c.source for c in notebook(name, lang).cells if c.source.startswith(heading))
    assert len(re.findall(r"^- ", summary, re.M)) == 5


@pytest.mark.parametrize(("name", "lang"), PAIRS)
def test_links_lead_somewhere_and_pictures_have_alt_text(name, lang):
    for cell in notebook(name, lang).cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"!\[\s*\]\(", cell.source), "a picture without alt text"
            for target in re.findall(r"\]\(([^)#]+\.ipynb)\)", cell.source):
                if not target.startswith("https://"):
                    assert (notebook_path(name, lang).parent / target).is_file(), target


def test_setup_cells_differ_in_the_lesson_name_only():
    setups = {
        next(c.source for c in code_cells(name) if "start(" in c.source).replace(name, "NAME")
        for name in names()
    }
    assert len(setups) == 1


@pytest.mark.parametrize("name", names())
def test_most_printing_cells_are_compared_to_the_letter(name):
    printing = [cell for cell in code_cells(name) if printed(cell)]
    compared = [c for c in printing if "nbval-ignore-output" not in c.metadata.get("tags", [])]
    assert len(compared) >= 0.6 * len(printing), f"{len(compared)} of {len(printing)}"


@pytest.mark.parametrize("name", names())
def test_measured_numbers_are_printed_only_where_outputs_are_not_compared(name):
    """A decimal fraction in a compared output must be a bound of its check line, or source."""
    for cell in code_cells(name):
        if "nbval-ignore-output" not in cell.metadata.get("tags", []):
            if re.fullmatch(r"show_source\(\w+\)", cell.source.strip()):
                continue
            for line in printed(cell).splitlines():
                if not line.startswith("✓"):
                    assert not re.search(r"\d\.\d", line), f"{cell.id}: {line}"


@pytest.mark.parametrize("name", names())
def test_code_is_current_keras(name):
    code = "\n".join(read(name).code)
    for relic in ("tf.keras", "tensorflow.keras", "keras.src", "Lambda(", "allow_pickle=True"):
        assert relic not in code
    for cell in code_cells(name):
        assert len(cell.source.splitlines()) <= 25, f"{cell.id} is too long to be one idea"
        if ".plot(" in cell.source or "imshow(" in cell.source:
            assert any("image/png" in output.get("data", {}) for output in cell.outputs), cell.id


def terms():
    rows = []
    for line in (ROOT / "lessons" / "terms.md").read_text(encoding="utf-8").splitlines()[6:]:
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def test_no_term_is_blank_or_double():
    assert all(len(row) == 5 and all(row) for row in terms())
    for column in (0, 1):
        entries = [row[column].lower() for row in terms()]
        assert len(entries) == len(set(entries))


def test_every_term_is_bold_in_its_first_lesson_and_every_bold_term_is_listed():
    for name in names():
        own = {(row[1], row[0]) for row in terms() if row[4] == name[:2]}
        earlier = {(row[1], row[0]) for row in terms() if row[4] < name[:2]}
        text = {
            lang: "\n".join(c.source for c in notebook(name, lang).cells if c.cell_type != "code")
            for lang in LANGS
        }
        bold = set(BOLD_TERM.findall(text["ko"]))
        assert own <= bold <= own | earlier, bold ^ own
        for _, english in bold:
            assert f"**{english}**".lower() in text["en"].lower()


@pytest.mark.parametrize("name", names())
def test_korean_bold_ends_where_commonmark_ends_it(name):
    """`**…(…)**은` is not bold: a closing ** after a bracket must not touch a letter."""
    for place in read(name).places:
        if place.kind == "markdown":
            assert not re.search(r"[)’”」.]\*\*[가-힣A-Za-z]", place.text["ko"]), place.text["ko"]


@pytest.mark.parametrize("lang", LANGS)
def test_readme_tables_are_made_from_lessons_and_measurements(lang):
    path, text = readme.written(lang)
    assert path.read_text(encoding="utf-8") == text, f"{path.name}: run `make notebooks`"


@pytest.mark.parametrize("lang", LANGS)
def test_every_link_of_the_readmes_leads_somewhere(lang):
    text = (ROOT / readme.READMES[lang]).read_text(encoding="utf-8")
    assert len(re.findall(r"^\| 00\d \|", text, re.M)) >= 15  # the decks table
    for picture in re.findall(r"<img [^>]+>", text):
        source, alt = re.search(r'src="([^"]+)".* alt="([^"]+)"', picture).groups()
        assert (ROOT / source).is_file() and len(alt) > 20
    for alt, target in re.findall(r"(!?\[[^\]]*\])\(([^)]+)\)", text):
        assert alt != "![]"
        if not target.startswith("http"):
            assert (ROOT / target.split("#")[0]).exists(), target

"""Every notebook is what its lesson builds, and is fit to be read."""

import copy
import re

import nbformat
import pytest

from helpers import __version__
from helpers.checks import MEASURED
from helpers.korean import PARTICLES, number_words, particle
from tools.compose import badge
from tools.notebooks import (
    MAX_BYTES,
    all_notebooks,
    editions,
    notebook_path,
    notebook_with_outputs,
)
from tools.source import LANGS, lesson_stems, read_lesson

AFTER_A_NUMBER = r"(\d)\]?(은|는|이|가|을|를|과|와|으로|로)(?=[\s,.·])"
PAIRS = [(stem, lang) for stem in lesson_stems() for lang in LANGS]


def notebook(stem, lang):
    return nbformat.read(notebook_path(stem, lang), as_version=4)


def code_cells(stem, lang="en"):
    return [cell for cell in notebook(stem, lang).cells if cell.cell_type == "code"]


def tags(cell):
    return cell.metadata.get("tags", [])


def printed(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def pictures(cell):
    return [output for output in cell.outputs if "image/png" in output.get("data", {})]


@pytest.mark.parametrize("stem", lesson_stems())
def test_notebooks_are_what_their_lesson_builds(stem):
    lesson = read_lesson(stem)
    executed = notebook_with_outputs(lesson)
    assert executed is not None, f"{stem}: its code changed; run `make notebooks`"
    for path, text in editions(lesson, executed).items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run `make notebooks`"


def test_there_is_no_notebook_without_a_lesson():
    assert set(all_notebooks()) == {notebook_path(stem, lang) for stem, lang in PAIRS}


@pytest.mark.parametrize(("stem", "lang"), PAIRS)
def test_cells_were_executed_in_order_and_left_no_mess(stem, lang):
    cells = code_cells(stem, lang)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr"
            assert not any("widget" in kind for kind in output.get("data", {}))
        assert not re.search(r"^✗", printed(cell), re.M), cell.id
    assert notebook_path(stem, lang).stat().st_size < MAX_BYTES


@pytest.mark.parametrize("stem", lesson_stems())
def test_both_editions_have_the_same_code_outputs_and_ids(stem):
    """All but the words that describe a picture."""
    korean, english = notebook(stem, "ko"), notebook(stem, "en")
    assert [cell.id for cell in korean.cells] == [cell.id for cell in english.cells]
    for one, other in zip(korean.cells, english.cells, strict=True):
        assert one.cell_type == other.cell_type
        if one.cell_type == "code":
            one, other = copy.deepcopy(one), copy.deepcopy(other)
            for output in pictures(one) + pictures(other):
                output.metadata = {}
            assert one == other
    assert len({cell.id for cell in english.cells}) == len(english.cells)


@pytest.mark.parametrize(("stem", "lang"), PAIRS)
def test_the_page_is_complete_and_in_order(stem, lang):
    headings = {
        "en": "What you will be able|Where it stands|Exercises|Summary|Sources|Solutions",
        "ko": "이 수업을 마치면|관련 강의 자료|연습 문제|요약|출처|풀이",
    }
    first, second, *rest = headings[lang].split("|")
    parts = [f"# {stem[:2]} · ", "[![Open in Colab]", f"### {first}", f"### {second}", "start("]
    parts += [*(f"## {heading}" for heading in rest), "<details>"]
    page = "\n".join(cell.source for cell in notebook(stem, lang).cells)
    places = [page.find(part) for part in parts]
    assert -1 not in places and places == sorted(places), dict(zip(parts, places, strict=True))
    assert badge(stem, lang) in page
    assert f"/blob/v{__version__}/notebooks/{lang}/{stem}.ipynb" in badge(stem, lang)
    assert f"@v{__version__}" in page  # the setup cell installs what the badge opens
    assert not re.search(r"\[\[[a-z]\w*(: [^\]]+)?\]\]", page)
    assert "not measured yet" not in page and "아직 재지 않음" not in page
    heading = "## Summary" if lang == "en" else "## 요약"
    summary = next(c.source for c in notebook(stem, lang).cells if c.source.startswith(heading))
    assert len(re.findall(r"^- ", summary, re.M)) == 5


@pytest.mark.parametrize(("stem", "lang"), PAIRS)
def test_links_lead_somewhere_and_pictures_have_alt_text(stem, lang):
    for cell in notebook(stem, lang).cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"!\[\s*\]\(", cell.source), "a picture without alt text"
            for target in re.findall(r"\]\(([^)#]+\.ipynb)\)", cell.source):
                if not target.startswith("https://"):
                    assert (notebook_path(stem, lang).parent / target).is_file(), target
        elif "figure" in tags(cell):
            (picture,) = pictures(cell)
            words = {"en": "Figure", "ko": "그림"}[lang]
            assert re.match(rf"{words} \d+\. .{{20}}", picture.metadata["image/png"]["alt"])


@pytest.mark.parametrize("stem", lesson_stems())
def test_figure_cells_only_draw_and_are_folded(stem):
    for cell in code_cells(stem):
        if "figure" in tags(cell):
            assert len(pictures(cell)) == len(cell.outputs) == 1, cell.id
            assert not re.search(r"\b(check|same|report)\(", cell.source), cell.id
            assert re.match(r"# @title Figure \d+ · \S", cell.source), cell.id
            assert cell.metadata["jupyter"]["source_hidden"] is True


@pytest.mark.parametrize("stem", lesson_stems())
def test_at_least_half_of_the_lines_that_draw_are_folded(stem):
    lines = {True: 0, False: 0}
    for cell in code_cells(stem):
        if pictures(cell):
            lines["figure" in tags(cell)] += len(cell.source.splitlines())
    assert lines[True] >= lines[False], lines


@pytest.mark.parametrize("stem", lesson_stems())
def test_most_printing_cells_are_compared_to_the_letter(stem):
    printing = [cell for cell in code_cells(stem) if printed(cell)]
    compared = [cell for cell in printing if "nbval-ignore-output" not in tags(cell)]
    assert len(compared) >= 0.6 * len(printing), f"{len(compared)} of {len(printing)}"


@pytest.mark.parametrize("stem", lesson_stems())
def test_measured_numbers_are_printed_only_where_outputs_are_not_compared(stem):
    """A decimal fraction in a compared output must be a bound, or source; figures have no size."""
    for cell in code_cells(stem):
        if "nbval-ignore-output" not in tags(cell):
            for picture in pictures(cell):
                assert picture.data["text/plain"] == "<Figure>", cell.id
            if re.search(r"^show_source\(\w+\)$", cell.source.strip(), re.M):
                continue
            for line in printed(cell).splitlines():
                compared = line.split(MEASURED)[0]
                if not line.startswith("✓"):
                    assert not re.search(r"\d\.\d", compared), f"{cell.id}: {line}"


@pytest.mark.parametrize("stem", lesson_stems())
def test_korean_particles_fit_the_numbers_that_were_filled_in(stem):
    """A lesson's number or a measured value may change, and with it the particle behind."""
    for cell in notebook(stem, "ko").cells:
        text = re.sub(r"\]\([^)]*\)", "]", cell.source) if cell.cell_type == "markdown" else ""
        for found in re.finditer(AFTER_A_NUMBER, text):
            form = {"과": "은", "와": "는"}.get(found[2], found[2])
            pair = next(pair for pair in PARTICLES if form in pair.split("/"))
            around = text[max(found.start() - 30, 0) : found.end() + 10]
            assert particle(number_words(int(found[1])), pair) == form, around

"""What holds for the lessons' sources: languages in step, current Keras, terms, figure cells."""

import ast
import io
import re
import symtable
import tokenize

import pytest

from tools.source import LANGS, ROOT, lesson_stems, read_lesson

PAIRS = [(stem, lang) for stem in lesson_stems() for lang in LANGS]
BOLD_TERM = re.compile(r"\*\*([^*]+)\*\*\(([^)]+)\)")
MARK = r"\[\[[^\]]+\]\]"


def texts(stem):
    """The markdown places of a lesson."""
    return [place for place in read_lesson(stem).places if place.kind == "markdown"]


@pytest.mark.parametrize("stem", lesson_stems())
def test_both_languages_say_as_much(stem):
    """Same headings, lists, tables, formulas and code words; the sentences are for people."""
    for place in texts(stem):
        shapes = []
        for text in place.text.values():
            text = re.sub("```.*?```", "", text, flags=re.S)
            shapes.append(
                {
                    "headings": re.findall(r"^#+(?= )", text, re.M),
                    "bullets": len(re.findall(r"^- ", text, re.M)),
                    "table rows": len(re.findall(r"^\|", text, re.M)),
                    "formulas": sorted(re.findall(r"\$\$[^$]+\$\$|\$[^$]+\$", text)),
                    "bold": len(re.findall(r"\*\*[^*]+\*\*", text)),
                    "code": sorted(set(re.findall(r"`[^`]+`", text))),
                    "names, ranges, verdicts": sorted(re.findall(MARK, text)),
                }
            )
        assert shapes[0] == shapes[1], place.text["en"]


def without_magics(source):
    """Code that Python alone can read."""
    return re.sub(r"^(\s*)%.*$", r"\1pass", source, flags=re.M)


def misplaced_korean(code, tags=()):
    """Lines of a code cell with Korean that is not data: words to be read, in a string.

    Not in comments, docstrings, f-strings and names, nor in figures, whose fonts have no Korean.
    """
    code = without_magics(code)
    places = [
        (token.start[0], token.string)
        for token in tokenize.generate_tokens(io.StringIO(code).readline)
        if re.search("[가-힣]", token.string)
    ]
    docstrings = {
        node.body[0].lineno
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node)
    }
    return [
        text
        for line, text in places
        if "figure" in tags or line in docstrings or not text.startswith(("'", '"'))
    ]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('WORDS = {"나는": "I"}', 0),
        ('print("I")  # 나는', 1),
        ("나 = 1", 1),
        ('def f():\n    """나"""', 1),
        ('print(f"나 {1}")', 1),
    ],
)
def test_korean_in_code_is_data(code, found):
    assert len(misplaced_korean(code)) == found
    assert len(misplaced_korean(code, ["figure"])) == max(found, 1)


@pytest.mark.parametrize(("stem", "lang"), PAIRS)
def test_korean_is_in_korean_and_english_in_english(stem, lang):
    for place in read_lesson(stem).places:
        if place.kind == "markdown":
            prose = re.sub(rf"{MARK}|`[^`]*`|\$[^$]*\$", "", place.text[lang])
            hangul = len(re.findall("[가-힣]", prose))
            if lang == "ko":
                assert hangul or not prose.strip(), place.text[lang]
            else:
                assert hangul <= 2, place.text[lang]  # 정오 / Erratum
        else:
            assert not misplaced_korean(place.text[lang], place.tags), place.text[lang]


@pytest.mark.parametrize("stem", lesson_stems())
def test_korean_bold_ends_where_commonmark_ends_it(stem):
    """`**…(…)**은` is not bold: a closing ** after a bracket must not touch a letter."""
    for place in texts(stem):
        assert not re.search(r"[)’”」.]\*\*[가-힣A-Za-z]", place.text["ko"]), place.text["ko"]


@pytest.mark.parametrize("stem", lesson_stems())
def test_lessons_are_named_and_not_numbered(stem):
    """A number of a lesson is written once, in its file's name."""
    names = "|".join(known[3:] for known in lesson_stems())
    for place in read_lesson(stem).places:
        for text in place.text.values():
            assert not re.search(rf"\d\d_({names})\b", text), text
            if place.kind == "markdown":
                assert not re.search(r"(lesson|수업) \d\d\b|\b\d\d번 수업", text, re.I), text


@pytest.mark.parametrize("stem", lesson_stems())
def test_setup_cells_are_all_the_same(stem):
    (setup,) = (place.text["en"] for place in read_lesson(stem).places if "setup" in place.tags)
    first = next(p for p in read_lesson(lesson_stems()[0]).places if "setup" in p.tags)
    assert setup == first.text["en"]
    assert 'start("[[name]]", notebook_version="[[version]]")' in setup


@pytest.mark.parametrize("stem", lesson_stems())
def test_code_is_current_keras_and_cells_are_small(stem):
    for code in read_lesson(stem).code:
        for relic in ("tf.keras", "tensorflow.keras", "keras.src", "Lambda(", "allow_pickle=True"):
            assert relic not in code
        assert not re.search(r"^\s*_ = ", code, re.M), "IPython shows only a cell's last expression"
        assert len(code.splitlines()) <= 25, f"too long to be one idea:\n{code}"


def assigned_and_used(source):
    """The global names that a cell assigns, and those that it reads, in functions too."""
    table = symtable.symtable(without_magics(source), "cell", "exec")
    own = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned()}
    own |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_imported()}
    used = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    scopes = list(table.get_children())
    for scope in scopes:
        scopes += scope.get_children()
        used |= {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global()}
    return own, used


@pytest.mark.parametrize("stem", lesson_stems())
def test_no_open_cell_needs_a_name_of_a_figure_cell(stem):
    """With the folded cells closed, what is left is one program."""
    drawn = set()
    for place in read_lesson(stem).places:
        if place.kind == "code" and place.seen:
            own, used = assigned_and_used(place.text["en"])
            if "figure" in place.tags:
                drawn |= own
            else:
                assert not drawn & (used - own), place.text["en"]
                drawn -= own


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
    names = [stem[3:] for stem in lesson_stems()]
    assert {row[4] for row in terms()} <= set(names)
    for stem in lesson_stems():
        own = {(row[1], row[0]) for row in terms() if row[4] == stem[3:]}
        earlier = {
            (row[1], row[0]) for row in terms() if names.index(row[4]) < names.index(stem[3:])
        }
        text = {lang: "\n".join(place.text[lang] for place in texts(stem)) for lang in LANGS}
        bold = set(BOLD_TERM.findall(text["ko"]))
        assert own <= bold <= own | earlier, bold ^ own
        for _, english in bold:
            assert f"**{english}**".lower() in text["en"].lower()

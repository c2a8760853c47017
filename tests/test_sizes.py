"""Files and functions stay small enough to be read."""

import ast

import pytest

from tools.source import ROOT

FILES = sorted(
    path for room in ("helpers", "tools", "tests") for path in (ROOT / room).glob("*.py")
)


def lines_of(function):
    """Lines of a function without its docstring."""
    first = function.body[0]
    documented = ast.get_docstring(function, clean=False) is not None
    docstring = first.end_lineno - first.lineno + 1 if documented else 0
    return function.end_lineno - function.lineno + 1 - docstring


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_has_at_most_300_lines_and_a_function_40(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    assert {f.name: lines_of(f) for f in functions if lines_of(f) > 40} == {}

"""Lessons as plain Python, for tests that run them without a notebook."""

import ast
import os
import re
from pathlib import Path
from typing import Any

from tools.source import ROOT, UNSEEN, read

ENVIRONMENT = {"PYTHONPATH": str(ROOT), "MPLBACKEND": "agg", "TF_CPP_MIN_LOG_LEVEL": "3"}


def script(name: str) -> list[str]:
    """The code cells of a lesson as the notebook has them; `%pip` becomes `pass`."""
    return [
        re.sub(r"^(\s*)%.*$", r"\1pass", place.text["en"], flags=re.M)
        for place in read(name).places
        if place.kind == "code" and not set(place.tags) & set(UNSEEN)
    ]


def definitions(name: str) -> dict[str, Any]:
    """What a lesson imports and defines (functions, classes, CONSTANTS), without running cells."""
    namespace: dict[str, Any] = {}
    for source in script(name):
        for node in ast.parse(source).body:
            constant = isinstance(node, ast.Assign) and all(
                isinstance(target, ast.Name) and target.id.isupper() for target in node.targets
            )
            kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
            if isinstance(node, kinds) or (constant and "lesson." not in ast.unparse(node)):
                exec(compile(ast.Module([node], []), name, "exec"), namespace)
    return namespace


def environment(runs: Path, **more: str) -> dict[str, str]:
    """This process's environment for a lesson in a subprocess, with its own runs folder."""
    return os.environ | ENVIRONMENT | {"LESSON_RUNS": str(runs)} | more

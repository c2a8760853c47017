"""Lessons as plain Python, for tests that run them without a notebook."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.source import ROOT, UNSEEN, names, read

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


TRAINING = [name for name in names() if any(".fit(" in cell for cell in script(name))]


def stand_in(name: str, what: str, folder: Path, **more: str) -> list[dict[str, Any]]:
    """Run a lesson in `standin.py`, one epoch a training; what `gpu` reports of each `fit`."""
    report = folder / "report.json"
    command = [sys.executable, str(Path(__file__).parent / "standin.py"), name, what, str(report)]
    variables = environment(folder, LESSON_STRICT="0", LESSON_EPOCHS="1", **more)
    done = subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    fits: list[dict[str, Any]] = json.loads(report.read_text())
    return fits

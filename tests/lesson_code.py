"""Lessons as plain Python, and subprocesses that cannot outlive a test."""

import ast
import contextlib
import multiprocessing
import os
import re
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from helpers import __version__
from tools.source import ROOT, UNSEEN, lessons_named, read_lesson

ENVIRONMENT = {"PYTHONPATH": str(ROOT), "MPLBACKEND": "agg", "TF_CPP_MIN_LOG_LEVEL": "3"}


def script(stem: str) -> list[str]:
    """The code cells of a lesson as the notebook has them; `%pip` becomes `pass`."""
    lesson = read_lesson(*lessons_named(stem))
    fills = {"[[name]]": lesson.name, "[[version]]": __version__}
    cells = []
    for place in lesson.places:
        if place.kind == "code" and not set(place.tags) & set(UNSEEN):
            source = re.sub(r"^(\s*)%.*$", r"\1pass", place.text["en"], flags=re.M)
            for mark, filled in fills.items():
                source = source.replace(mark, filled)
            cells.append(source)
    return cells


def definitions(stem: str) -> dict[str, Any]:
    """What a lesson imports and defines (functions, classes, CONSTANTS), without running cells."""
    namespace: dict[str, Any] = {}
    for source in script(stem):
        for node in ast.parse(source).body:
            constant = isinstance(node, ast.Assign) and all(
                isinstance(target, ast.Name) and target.id.isupper() for target in node.targets
            )
            kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
            if isinstance(node, kinds) or (constant and "lesson." not in ast.unparse(node)):
                exec(compile(ast.Module([node], []), stem, "exec"), namespace)
    return namespace


def environment(runs: Path, **more: str) -> dict[str, str]:
    """This process's environment for a lesson in a subprocess, with its own runs folder."""
    return os.environ | ENVIRONMENT | {"LESSON_RUNS": str(runs)} | more


def run_limited(
    command: Sequence[str | Path], seconds: float, expect: int | None = 0, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run a command; it and all that it started are killed when the time is over.

    Args:
        command: program and arguments.
        seconds: the most it may take.
        expect: its exit code, or None where any will do.
        options: as `subprocess.Popen` takes them.

    Raises:
        subprocess.TimeoutExpired: if it took longer.
        AssertionError: if it ended with another exit code; with the end of what it said.
    """
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        start_new_session=True, **options,
    )  # fmt: skip
    try:
        out, err = process.communicate(timeout=seconds)
    except BaseException:  # a timeout, or Ctrl-C
        with contextlib.suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:  # Windows
                process.kill()
        process.communicate()
        raise
    said = f"{' '.join(map(str, command))[:300]} ended with {process.returncode}\n{err[-3000:]}"
    assert expect is None or process.returncode == expect, said
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def run_forked(
    function: Callable[..., None],
    *arguments: Any,
    seconds: float,
    cwd: Path,
    env: dict[str, str],
    expect: int = 0,
) -> str:
    """Call a function in a process of its own, which has imported TensorFlow but not used it.

    Such processes are forked from one that did the importing (where the system can fork).

    Args:
        function: of a module in `tests`; it and its arguments can be pickled.
        arguments: its own.
        seconds: the most it may take.
        cwd: where it runs; what it prints goes into `said.txt` there.
        env: its environment.
        expect: its exit code; -9 where it kills itself.

    Returns:
        What it printed.

    Raises:
        AssertionError: if it took longer or ended otherwise; with the end of what it said.
    """
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload(["standin", "matplotlib.pyplot"])
    said = cwd / "said.txt"
    process = context.Process(target=_in_child, args=(function, arguments, cwd, env, said))
    process.start()
    process.join(seconds)
    if process.is_alive():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()
        process.join()
    text = said.read_text(encoding="utf-8", errors="replace") if said.is_file() else ""
    ended = f"{arguments[:1]} ended with {process.exitcode}\n{text[-3000:]}"
    assert process.exitcode == expect, ended
    return text


def _in_child(
    function: Callable[..., None], arguments: Any, cwd: Path, env: dict[str, str], said: Path
) -> None:
    if hasattr(os, "setsid"):
        os.setsid()
    descriptor = os.open(said, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.environ.clear()
    os.environ |= env
    os.chdir(cwd)
    function(*arguments)

"""`make check`: test what a change touches, by key.

The working tree is compared with a commit (`BASE`, otherwise `origin/main`, otherwise `HEAD`). Of
lessons whose notebook key differs, everything is tested; of the rest, that both editions are in
step. Helpers, tools and tests bring the test files that go with them.
"""

import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tools.keys import notebook_key
from tools.source import ROOT, LessonError, lesson_stems, one_sentence, read_lesson

ALWAYS = ["test_notebooks.py", "test_lessons.py", "test_measured.py", "test_tables.py"]
ALWAYS += ["test_community.py", "test_sizes.py"]
BY_LESSON = ["test_as_on_colab.py", "test_exercises.py", "test_resume.py"]  # CHECK_LESSONS chooses
OF_TOOLS = ["test_builder.py", "test_roles.py", "test_keys.py", "test_seeds.py", "test_run.py"]
PYTEST = "pytest -n 2 --nbval --nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg"
SHARED = (
    "conftest.py",
    "tests/lesson_code.py",
    "tests/standin.py",
    "tests/standin_kinds.py",
    "pyproject.toml",
    "Makefile",
)


def changed_files(base: str, root: Path = ROOT) -> list[str]:
    """Paths that differ from a commit, untracked ones included.

    Raises:
        LessonError: if there is no such commit.
    """
    git = ["git", "-C", str(root)]
    tracked = subprocess.run(
        [*git, "diff", "--name-only", base, "--"], capture_output=True, text=True, check=False
    )
    if tracked.returncode:
        raise LessonError(f"expected a commit, got {base!r}")
    others = [*git, "ls-files", "--others", "--exclude-standard"]
    untracked = subprocess.run(others, capture_output=True, text=True, check=True)
    return sorted({*tracked.stdout.splitlines(), *untracked.stdout.splitlines()})


def changed_lessons(base: str, root: Path = ROOT) -> list[str]:
    """Lessons whose notebook key is not what it was at a commit, or that are new since."""
    archive = subprocess.run(
        ["git", "-C", str(root), "archive", base], capture_output=True, check=True
    )
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder)
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
            tar.extractall(before, filter="data")
        old = {
            stem[3:]: notebook_key(read_lesson(stem, before), before)
            for stem in lesson_stems(before)
        }
    return [
        stem
        for stem in lesson_stems(root)
        if old.get(stem[3:]) != notebook_key(read_lesson(stem, root), root)
    ]


def tests_for(files: list[str], lessons: list[str]) -> list[str]:
    """The test files and notebooks that a change of these files and lessons asks for."""
    chosen = {f"tests/{name}" for name in ALWAYS}
    for file in files:
        path = Path(file)
        if path.parent.name == "tests" and path.name.startswith("test_"):
            chosen.add(file)
        elif path.parent.name == "helpers":
            chosen |= {f"tests/test_helpers_{path.stem}.py", f"tests/test_{path.stem}.py"}
            chosen |= {"tests/test_colab.py", "tests/test_install.py"}
        elif path.parent.name == "tools":
            chosen |= {f"tests/{name}" for name in OF_TOOLS} | {f"tests/test_{path.stem}.py"}
        elif path.parts[0] == "data":
            chosen |= {"tests/test_helpers_datasets.py", "tests/test_weights.py"}
            chosen.add("tests/test_install.py")
    if lessons:
        chosen |= {f"tests/{name}" for name in BY_LESSON}
        chosen |= {f"notebooks/en/{stem}.ipynb" for stem in lessons}
    return sorted(name for name in chosen if (ROOT / name).is_file())


def default_base() -> str:
    """`origin/main` where there is one, else `HEAD`."""
    known = ["git", "-C", str(ROOT), "rev-parse", "-q", "--verify", "origin/main"]
    found = subprocess.run(known, capture_output=True, check=False).returncode == 0
    return "origin/main" if found else "HEAD"


@one_sentence
def main(arguments: list[str]) -> None:
    base = arguments[0] if arguments else default_base()
    files = changed_files(base)
    everything = any(file in SHARED for file in files)
    lessons = lesson_stems() if everything else changed_lessons(base)
    print(f"against {base}: {len(files)} files, lessons {', '.join(lessons) or 'none'}", flush=True)
    commands = [
        ["-m", "ruff", "check", "."],
        ["-m", "ruff", "format", "--check", "."],
        ["-m", "mypy"],
        ["-m", *PYTEST.split(), *tests_for(files, lessons)],
    ]
    for command in commands:
        environment = os.environ | {"CHECK_LESSONS": " ".join(lessons)}
        if subprocess.run([sys.executable, *command], cwd=ROOT, env=environment).returncode:
            raise LessonError(f"{' '.join(command[:2])} found something, see above")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Run by hand: plant small faults in a copy of the course, one at a time; each must be caught.

`python tests/planted_faults.py [NUMBER …]` prints for each fault of `planted_faults.json` (what is
wrong, file, what stands there, what is put in its place, test file) whether its tests fail.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FAULTS = json.loads((ROOT / "tests" / "planted_faults.json").read_text(encoding="utf-8"))


def fails(tests: str, folder: Path) -> bool:
    """Whether a test file of the copy fails."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", f"tests/{tests}"], cwd=folder, timeout=600,
        capture_output=True, check=False, env=os.environ | {"PYTHONPATH": str(folder)},
    )  # fmt: skip
    return done.returncode == 1


def caught(fault: list[str], folder: Path) -> bool:
    """Whether the tests fail with the fault; the copy in `folder` is as before afterwards."""
    _, file, old, new, tests = fault
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} has no {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = fails(tests, folder)
    path.write_text(text, encoding="utf-8")
    return found


def main(numbers: list[str]) -> int:
    chosen = [FAULTS[int(number) - 1] for number in numbers] or FAULTS
    survived = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "course"
        ignored = shutil.ignore_patterns(".venv*", ".git", "build", "__pycache__")
        shutil.copytree(ROOT, folder, ignore=ignored)
        for tests in sorted({fault[4] for fault in chosen}):
            assert not fails(tests, folder), f"{tests} fails without a fault, too"
        for fault in chosen:
            found = caught(fault, folder)
            survived += not found
            number = FAULTS.index(fault) + 1
            print(f"{number:2d} {'caught  ' if found else 'SURVIVED'} {fault[0]}", flush=True)
    return 1 if survived else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Write several files so that either all of them are new or none has changed."""

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tools.source import LessonError


def write_all(contents: Mapping[Path, str | bytes]) -> None:
    """Write every text (as UTF-8) or bytes to its path, through temporary files beside the targets.

    The temporary files have names of their own, so that two runs at once do not meet. Where a
    target cannot be replaced, those replaced before it get their old contents back.

    Raises:
        LessonError: if one cannot be written (full disk, read-only folder); says what changed.
    """
    temporary: dict[Path, Path] = {}
    replaced: dict[Path, bytes | None] = {}  # with what stood there before
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(".new", f".{path.name}.", path.parent)
            temporary[path] = Path(name)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())
            temporary[path].chmod(0o644)
        for path in contents:
            before = path.read_bytes() if path.is_file() else None
            temporary[path].replace(path)
            replaced[path] = before
    except OSError as error:
        changed = [path for path, before in replaced.items() if not _put_back(path, before)]
        listed = ", ".join(map(str, changed))
        raise LessonError(
            f"could not write {', '.join(map(str, contents))}: {error.strerror}; "
            f"{f'only {listed} changed' if changed else 'nothing was changed'}"
        ) from error
    finally:
        for path in temporary.values():
            with contextlib.suppress(OSError):  # a read-only folder holds none
                path.unlink(missing_ok=True)


def _put_back(path: Path, before: bytes | None) -> bool:
    """Restore a file, or remove one that was not there; False if even that fails."""
    try:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)
    except OSError:
        return False
    return True

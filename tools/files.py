"""Write several files so that either all of them are new or none has changed."""

import contextlib
import os
from pathlib import Path

from tools.source import LessonError


def write_all(texts: dict[Path, str]) -> None:
    """Write every text to its path, through temporary files beside the targets.

    Raises:
        LessonError: if one cannot be written (full disk, read-only folder); no target changed.
    """
    temporary = {path: path.with_name(f".{path.name}.new") for path in texts}
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary[path].open("w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        for path in texts:
            temporary[path].replace(path)
    except OSError as error:
        raise LessonError(
            f"could not write {', '.join(str(path) for path in texts)}: {error.strerror}; "
            "nothing was changed"
        ) from error
    finally:
        for path in temporary.values():
            with contextlib.suppress(OSError):  # a read-only folder holds none
                path.unlink(missing_ok=True)
